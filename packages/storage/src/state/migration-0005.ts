import { sql, type Migration } from "kysely";

/** What people wrote, whom we asked what it says, and the models that learned from the answers. */
export const textsAndReviews: Migration = {
  up: async (db) => {
    // The words of notes and replies are here and nowhere else, so that an erasure reaches them.
    await db.schema
      .createTable("texts")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("source", "text", (c) => c.notNull())
      .addColumn("message_id", "text", (c) => c.notNull())
      .addColumn("type", "text", (c) => c.notNull())
      .addColumn("unit_id", "text", (c) => c.notNull())
      .addColumn("decision_id", "text")
      .addColumn("person", "text")
      .addColumn("occurred_at", "integer", (c) => c.notNull())
      .addColumn("received_at", "integer", (c) => c.notNull())
      .addColumn("body", "text", (c) => c.notNull())
      .addUniqueConstraint("texts_once", ["source", "message_id"])
      .execute();
    await db.schema.createIndex("texts_by_person").on("texts").column("person").execute();
    await db.schema.createIndex("texts_by_unit").on("texts").column("unit_id").execute();
    await db.schema
      .createTable("reviews")
      .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("text_seq", "integer", (c) => c.notNull().unique().references("texts.seq"))
      .addColumn("questions", "text", (c) => c.notNull())
      .addColumn("worth", "real", (c) => c.notNull())
      .addColumn("opinions_wanted", "integer", (c) => c.notNull())
      .addColumn("asked_at", "integer", (c) => c.notNull())
      .addColumn("is_open", "integer", (c) => c.notNull())
      .addColumn("answered_at", "integer")
      .execute();
    await sql`create index reviews_waiting on reviews (asked_at, id) where is_open = 1`.execute(db);
    await sql`create index reviews_answered on reviews (answered_at, id) where answered_at is not null`.execute(db);
    await db.schema
      .createTable("review_answers")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("review_id", "integer", (c) => c.notNull().references("reviews.id"))
      .addColumn("field", "text", (c) => c.notNull())
      .addColumn("label", "text", (c) => c.notNull())
      .addColumn("answered_by", "text", (c) => c.notNull())
      .addColumn("at", "integer", (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex("review_answers_by_review")
      .on("review_answers")
      .columns(["review_id", "seq"])
      .execute();
    await db.schema
      .createTable("note_models")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("version", "text", (c) => c.notNull().unique())
      .addColumn("trained_on", "text", (c) => c.notNull())
      .addColumn("taken", "integer", (c) => c.notNull())
      .addColumn("report", "text", (c) => c.notNull())
      .addColumn("at", "integer", (c) => c.notNull())
      .addColumn("document", "text")
      .execute();
  },
};
