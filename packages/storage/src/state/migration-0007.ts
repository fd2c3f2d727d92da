import { sql, type Kysely, type Migration } from "kysely";
import { KEY_BYTES, keyOf } from "./key-entry.ts";
import { bytes } from "./row.ts";

/** Rows taken over at once. */
const PAGE = 1_000;

interface OldTables {
  readonly inbox: { seq: number; body: string };
  readonly inbox_blocks: { first_seq: number; items: number; bodies: string };
  readonly key_log: { entries: Buffer };
}

/** The inbox in blocks, and its keys in runs: a row an item was most of what acknowledging cost. */
export const inboxInBlocks: Migration = {
  up: async (db: Kysely<OldTables>) => {
    await db.schema
      .createTable("inbox_blocks")
      .addColumn("first_seq", "integer", (c) => c.primaryKey())
      .addColumn("items", "integer", (c) => c.notNull())
      .addColumn("bodies", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("key_log")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("entries", "blob", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("key_runs")
      .addColumn("id", "integer", (c) => c.primaryKey())
      .addColumn("level", "integer", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("key_pages")
      .addColumn("id", "integer", (c) => c.primaryKey())
      .addColumn("entries", "blob", (c) => c.notNull())
      .execute();
    await takeOverItems(db);
    await takeOverKeys(db);
    await db.schema.dropTable("inbox").execute();
    await db.schema.dropTable("inbox_keys").execute();
    // The range of every closed segment was kept; the last one's numbers are enough.
    await sql`delete from segments where closed = 1 and number < (select max(number) from segments where closed = 1)`.execute(
      db,
    );
  },
};

async function takeOverItems(db: Kysely<OldTables>): Promise<void> {
  let last = 0;
  for (;;) {
    const rows = await db.selectFrom("inbox").selectAll().where("seq", ">", last).orderBy("seq").limit(PAGE).execute();
    const [first] = rows;
    if (first === undefined) return;
    const bodies = rows.map(({ body }) => body).join("\n");
    await db.insertInto("inbox_blocks").values({ first_seq: first.seq, items: rows.length, bodies }).execute();
    last = first.seq + rows.length - 1;
  }
}

interface Key {
  readonly source: string;
  readonly message_id: string;
}

async function takeOverKeys(db: Kysely<OldTables>): Promise<void> {
  let last: Key = { source: "", message_id: "" };
  for (;;) {
    const { rows } = await sql<Key>`select source, message_id, digest from inbox_keys
      where (source, message_id) > (${last.source}, ${last.message_id}) order by source, message_id limit ${PAGE}`.execute(
      db,
    );
    const end = rows.at(-1);
    if (end === undefined) return;
    const entries = rows.map((row) =>
      Buffer.concat([
        Buffer.from(keyOf(row.source, row.message_id), "latin1"),
        bytes(row, "digest").subarray(0, KEY_BYTES),
      ]),
    );
    await db
      .insertInto("key_log")
      .values({ entries: Buffer.concat(entries) })
      .execute();
    last = end;
  }
}
