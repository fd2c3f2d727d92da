import type { Migration } from "kysely";

/** What programs are let in by. A secret is its digest; the rest of a key is its body. */
export const apiKeys: Migration = {
  up: async (db) => {
    await db.schema
      .createTable("api_keys")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("created_at", "integer", (c) => c.notNull())
      .addColumn("body", "text", (c) => c.notNull())
      .execute();
  },
};
