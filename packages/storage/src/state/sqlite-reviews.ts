import { actorId, instant, isAnswered, type NotesStore, type Review, type ReviewAnswer } from "@ratchet/engine";
import { newAnswers } from "@ratchet/engine/drivers";
import { inTransaction, type SqliteDatabase } from "./open-database.ts";
import { integer, integerOrNull, text } from "./row.ts";
import { keptText, TEXT_COLUMNS } from "./sqlite-notes.ts";

type Reviews = Pick<
  NotesStore,
  "putReviews" | "settleReviews" | "reviews" | "review" | "answerReview" | "answeredReviews" | "reviewCounts"
>;

const REVIEW = `select reviews.id as id, questions, worth, opinions_wanted, asked_at, ${TEXT_COLUMNS}
  from reviews join texts on texts.seq = reviews.text_seq`;
const WAITING = "is_open = 1 and body != ''";

/** What people are asked, on SQLite. */
export function sqliteReviews(sqlite: SqliteDatabase): Reviews {
  const withAnswers = reviewReader(sqlite);
  const byId = sqlite.prepare(`${REVIEW} where reviews.id = ?`);
  const find = (id: number): Review | null => {
    const row: unknown = byId.get(id);
    return row === undefined ? null : withAnswers(row);
  };
  const putAnswer = sqlite.prepare(
    "insert into review_answers (review_id, field, label, answered_by, at) values (?, ?, ?, ?, ?)",
  );
  const mark = sqlite.prepare("update reviews set answered_at = ?, is_open = min(is_open, ?) where id = ?");
  const answered = sqlite.prepare(
    `${REVIEW} where answered_at is not null order by answered_at desc, reviews.id desc limit ?`,
  );
  const counts = sqlite.prepare(
    `select count(*) as waiting, min(asked_at) as oldest from reviews join texts on texts.seq = reviews.text_seq where ${WAITING}`,
  );
  const answeredCount = sqlite.prepare("select count(*) as n from reviews where answered_at is not null");
  return {
    ...asking(sqlite),
    reviews: async ({ order, notAnsweredBy = "", limit }) =>
      sqlite
        .prepare(
          `${REVIEW} where ${WAITING} and json_array_length(questions) >
             (select count(distinct field) from review_answers where review_id = reviews.id and answered_by = ?)
           order by ${order === "worth" ? "worth desc" : "asked_at"}, reviews.id limit ?`,
        )
        .all(notAnsweredBy, limit)
        .map(withAnswers),
    review: async (id) => find(id),
    answerReview: async (id, given) =>
      inTransaction(sqlite, () => {
        const before = find(id);
        if (before === null) return null;
        const added = newAnswers(before.answers, given);
        for (const { field, label, by, at } of added) putAnswer.run(id, field, label, by, at);
        const review = { ...before, answers: [...before.answers, ...added] };
        const last = review.answers.at(-1);
        if (last !== undefined) mark.run(last.at, isAnswered(review) ? 0 : 1, id);
        return { review, added };
      }),
    answeredReviews: async ({ limit }) => answered.all(limit).map(withAnswers),
    reviewCounts: async () => {
      const row: unknown = counts.get();
      const oldest = integerOrNull(row, "oldest");
      return {
        waiting: integer(row, "waiting"),
        oldestAt: oldest === null ? null : instant(oldest),
        answered: integer(answeredCount.get(), "n"),
      };
    },
  };
}

function asking(sqlite: SqliteDatabase): Pick<Reviews, "putReviews" | "settleReviews"> {
  const put = sqlite.prepare(
    `insert into reviews (text_seq, questions, worth, opinions_wanted, asked_at, is_open)
     select seq, ?, ?, ?, ?, 1 from texts where source = ? and message_id = ?
     on conflict (text_seq) do update set questions = excluded.questions, worth = excluded.worth,
       opinions_wanted = excluded.opinions_wanted, is_open = 1 where answered_at is null`,
  );
  const settle = sqlite.prepare(
    `update reviews set is_open = 0 where answered_at is null
     and text_seq = (select seq from texts where source = ? and message_id = ?)`,
  );
  return {
    putReviews: async (drafts) =>
      inTransaction(sqlite, () => {
        for (const { source, messageId, questions, worth, opinionsWanted, askedAt } of drafts)
          put.run(JSON.stringify(questions), worth, opinionsWanted, askedAt, source, messageId);
      }),
    settleReviews: async (texts) =>
      inTransaction(sqlite, () => {
        for (const { source, messageId } of texts) settle.run(source, messageId);
      }),
  };
}

function reviewReader(sqlite: SqliteDatabase): (row: unknown) => Review {
  const answers = sqlite.prepare(
    "select field, label, answered_by, at from review_answers where review_id = ? order by seq",
  );
  return (row) => {
    const kept = keptText(row);
    const id = integer(row, "id");
    return {
      id,
      source: kept.source,
      messageId: kept.messageId,
      questions: questionsOf(text(row, "questions")),
      worth: integer(row, "worth"),
      opinionsWanted: integer(row, "opinions_wanted"),
      askedAt: instant(integer(row, "asked_at")),
      text: kept,
      answers: answers.all(id).map((answer): ReviewAnswer => ({
        field: text(answer, "field"),
        label: text(answer, "label"),
        by: actorId(text(answer, "answered_by")),
        at: instant(integer(answer, "at")),
      })),
    };
  };
}

/** Our own bytes. */
function questionsOf(stored: string): Review["questions"] {
  const questions: Review["questions"] = JSON.parse(stored);
  return questions;
}

type Models = Pick<NotesStore, "putNoteModel" | "noteModels" | "noteModelDocument">;

/** The models of notes, on SQLite. */
export function sqliteNoteModels(sqlite: SqliteDatabase): Models {
  const put = sqlite.prepare(
    "insert into note_models (version, trained_on, taken, report, at, document) values (?, ?, ?, ?, ?, ?) on conflict do nothing",
  );
  const list = sqlite.prepare(
    "select version, trained_on, taken, report, at from note_models order by seq desc limit ?",
  );
  const document = sqlite.prepare("select document from note_models where version = ? and document is not null");
  return {
    putNoteModel: async ({ version, trainedOn, taken, report, at }, body) => {
      put.run(version, trainedOn, taken ? 1 : 0, report, at, taken ? body : null);
    },
    noteModels: async ({ limit }) =>
      list.all(limit).map((row: unknown) => ({
        version: text(row, "version"),
        trainedOn: text(row, "trained_on"),
        taken: integer(row, "taken") === 1,
        report: text(row, "report"),
        at: instant(integer(row, "at")),
      })),
    noteModelDocument: async (version) => {
      const row: unknown = document.get(version);
      return row === undefined ? null : text(row, "document");
    },
  };
}
