import { sql, type Migration } from "kysely";

/** Who sends to us, and which quarantined rows were let in after all. */
export const sourcesAndRelease: Migration = {
  up: async (db) => {
    await db.schema
      .createTable("sources")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("vendor", "text")
      .addColumn("mapping", "text")
      .addColumn("key_digest", "text", (c) => c.notNull().unique())
      .addColumn("secret", "text")
      .addColumn("carries_outcomes", "integer", (c) => c.notNull())
      .addColumn("created_at", "integer", (c) => c.notNull())
      .addColumn("disabled_at", "integer")
      .modifyEnd(sql`without rowid`)
      .execute();
    await db.schema.alterTable("quarantine").addColumn("released_at", "integer").execute();
  },
};
