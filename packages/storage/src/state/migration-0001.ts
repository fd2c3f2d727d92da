import { sql, type Kysely, type Migration } from "kysely";

/** Everything that the first release keeps. Never edited after release: what changes later is a migration of its own. */
export const initialTables: Migration = {
  up: async (db) => {
    await ledgerTables(db);
    await inboxTables(db);
    await db.schema
      .createTable("quarantine")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("source", "text", (c) => c.notNull())
      .addColumn("position", "text", (c) => c.notNull())
      .addColumn("code", "text", (c) => c.notNull())
      .addColumn("reason", "text", (c) => c.notNull())
      .addColumn("raw", "text", (c) => c.notNull())
      .addColumn("at", "integer", (c) => c.notNull())
      .execute();
    await db.schema.createIndex("quarantine_by_source").on("quarantine").columns(["source", "seq"]).execute();
    await db.schema
      .createTable("settings")
      .addColumn("key", "text", (c) => c.primaryKey())
      .addColumn("value", "text", (c) => c.notNull())
      .modifyEnd(sql`without rowid`)
      .execute();
  },
};

async function ledgerTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("ledger")
    .addColumn("seq", "integer", (c) => c.primaryKey())
    .addColumn("change_id", "text")
    .addColumn("hash", "text", (c) => c.notNull())
    .addColumn("entry", "text", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("ledger_by_change").on("ledger").columns(["change_id", "seq"]).execute();
  await db.schema
    .createTable("documents")
    .addColumn("digest", "text", (c) => c.primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("body", "text", (c) => c.notNull())
    .execute();
  // The hash chain shows tampering afterwards; the triggers stop our own mistakes before.
  await sql`create trigger ledger_is_append_only_update before update on ledger
    begin select raise(abort, 'the ledger is append-only'); end`.execute(db);
  await sql`create trigger ledger_is_append_only_delete before delete on ledger
    begin select raise(abort, 'the ledger is append-only'); end`.execute(db);
  await sql`create trigger documents_are_immutable before update on documents
    begin select raise(abort, 'a document is its address: it cannot change'); end`.execute(db);
}

async function inboxTables(db: Kysely<unknown>): Promise<void> {
  // autoincrement: a number is never given again after its row is deleted, so a closed segment's range stays empty.
  await db.schema
    .createTable("inbox")
    .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
    .addColumn("body", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("inbox_keys")
    .addColumn("source", "text", (c) => c.notNull())
    .addColumn("message_id", "text", (c) => c.notNull())
    .addColumn("digest", "blob", (c) => c.notNull())
    .addPrimaryKeyConstraint("inbox_keys_primary_key", ["source", "message_id"])
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema
    .createTable("segments")
    .addColumn("number", "integer", (c) => c.primaryKey())
    .addColumn("from_seq", "integer", (c) => c.notNull())
    .addColumn("to_seq", "integer", (c) => c.notNull())
    .addColumn("closed", "integer", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("served_decisions")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("body", "text", (c) => c.notNull())
    .execute();
}
