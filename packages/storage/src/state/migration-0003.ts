import { sql, type Migration } from "kysely";

/** Who the surrogates in the facts are, and who may be contacted. */
export const people: Migration = {
  up: async (db) => {
    // Keyed by everything but the time: a row told twice is one, with the earlier time.
    await db.schema
      .createTable("people")
      .addColumn("ref", "text", (c) => c.notNull())
      .addColumn("relation", "text", (c) => c.notNull())
      .addColumn("value", "text", (c) => c.notNull())
      .addColumn("first_at", "integer", (c) => c.notNull())
      .addPrimaryKeyConstraint("people_primary_key", ["ref", "relation", "value"])
      .modifyEnd(sql`without rowid`)
      .execute();
    await db.schema
      .createTable("consents")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("ref", "text", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("basis", "text", (c) => c.notNull())
      .addColumn("channel", "text", (c) => c.notNull())
      .addColumn("source", "text", (c) => c.notNull())
      .addColumn("message_id", "text", (c) => c.notNull())
      .addColumn("at", "integer", (c) => c.notNull())
      .addColumn("expires_at", "integer")
      .addUniqueConstraint("consents_once", ["source", "message_id", "ref", "kind"])
      .execute();
    // What somebody asked for stands until they say otherwise: no later code of ours may take it back.
    await sql`create trigger consents_are_append_only_update before update on consents
      begin select raise(abort, 'consent records are append-only'); end`.execute(db);
    await sql`create trigger consents_are_append_only_delete before delete on consents
      begin select raise(abort, 'consent records are append-only'); end`.execute(db);
  },
};
