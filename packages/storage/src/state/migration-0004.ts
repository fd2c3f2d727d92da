import { sql, type Migration } from "kysely";

/** How the sources' times are to be read, since when that is known, and what it was concluded from. */
export const sourceClocks: Migration = {
  up: async (db) => {
    await db.schema
      .createTable("source_clocks")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("source", "text", (c) => c.notNull())
      .addColumn("from_raw", "integer", (c) => c.notNull())
      .addColumn("shift_ms", "integer", (c) => c.notNull())
      .addColumn("not_before", "integer", (c) => c.notNull())
      .addColumn("known_at", "integer", (c) => c.notNull())
      .addColumn("basis", "text", (c) => c.notNull())
      .addColumn("uncertainty_ms", "integer", (c) => c.notNull())
      .addColumn("messages", "integer", (c) => c.notNull())
      .addColumn("heard_from", "integer", (c) => c.notNull())
      .addColumn("heard_before", "integer", (c) => c.notNull())
      .execute();
    // What was concluded as known at some time must come out the same whenever it is asked again.
    await sql`create trigger source_clocks_are_append_only_update before update on source_clocks
      begin select raise(abort, 'clock rows are append-only'); end`.execute(db);
    await sql`create trigger source_clocks_are_append_only_delete before delete on source_clocks
      begin select raise(abort, 'clock rows are append-only'); end`.execute(db);
  },
};
