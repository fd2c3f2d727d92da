import type { Migration } from "kysely";

/** Who outside is told what happens, and what is on its way to them. */
export const webhooks: Migration = {
  up: async (db) => {
    await db.schema
      .createTable("webhook_endpoints")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("body", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("webhook_deliveries")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("id", "text", (c) => c.notNull().unique())
      .addColumn("endpoint", "text", (c) => c.notNull())
      .addColumn("message", "text", (c) => c.notNull())
      .addColumn("type", "text", (c) => c.notNull())
      .addColumn("body", "text", (c) => c.notNull())
      .addColumn("created_at", "integer", (c) => c.notNull())
      .addColumn("status", "text", (c) => c.notNull())
      .addColumn("attempts", "integer", (c) => c.notNull())
      .addColumn("next_at", "integer")
      .addColumn("last", "text")
      .execute();
    await db.schema
      .createIndex("webhook_deliveries_due")
      .on("webhook_deliveries")
      .columns(["endpoint", "status", "next_at"])
      .execute();
    // How far the ledger and the inbox have been read for it.
    await db.schema
      .createTable("webhook_feeds")
      .addColumn("feed", "text", (c) => c.primaryKey())
      .addColumn("position", "integer", (c) => c.notNull())
      .execute();
  },
};
