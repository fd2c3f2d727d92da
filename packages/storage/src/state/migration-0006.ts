import { sql, type Migration } from "kysely";

/** What objects of a CRM were like at each of their updates, who was first decided for, and what sources' words mean. */
export const recordsAndSettings: Migration = {
  up: async (db) => {
    await db.schema.alterTable("sources").addColumn("settings", "text").execute();
    // Rows of a file: by which map and layout they were read, so that they can be read again.
    await db.schema.alterTable("quarantine").addColumn("reading", "text").execute();
    await db.schema
      .createTable("used_keys")
      .addColumn("source", "text", (c) => c.notNull())
      .addColumn("key", "text", (c) => c.notNull())
      .addColumn("digest", "text", (c) => c.notNull())
      .addColumn("until", "integer", (c) => c.notNull())
      .addPrimaryKeyConstraint("used_keys_primary_key", ["source", "key"])
      .modifyEnd(sql`without rowid`)
      .execute();
    await db.schema.createIndex("used_keys_by_time").on("used_keys").column("until").execute();
    // People are their surrogates here, so that an erasure finds them.
    await db.schema
      .createTable("records")
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("source", "text", (c) => c.notNull())
      .addColumn("object", "text", (c) => c.notNull())
      .addColumn("updated_at", "integer", (c) => c.notNull())
      .addColumn("digest", "text", (c) => c.notNull())
      .addColumn("body", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("records_primary_key", ["kind", "source", "object", "updated_at"])
      .modifyEnd(sql`without rowid`)
      .execute();
    // Read from the body, so that what was served before this migration is found too.
    await sql`alter table served_decisions add column unit text
      generated always as (json_extract(body, '$.unitId')) virtual`.execute(db);
    await db.schema.createIndex("served_decisions_by_unit").on("served_decisions").column("unit").execute();
  },
};
