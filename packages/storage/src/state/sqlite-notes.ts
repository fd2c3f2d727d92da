import {
  decisionId,
  instant,
  personRef,
  unitId,
  type InboxItem,
  type KeptText,
  type NotesStore,
} from "@ratchet/engine";
import { textOf } from "@ratchet/engine/drivers";
import { inTransaction, type SqliteDatabase } from "./open-database.ts";
import { integer, text, textOrNull } from "./row.ts";

/** Columns of a text, as `keptText` reads them. */
export const TEXT_COLUMNS = `texts.seq as seq, source, message_id, type, unit_id, decision_id, person, occurred_at, received_at, body`;

/** Keeps the text that an item brings, inside whatever transaction is open. */
export function textsWriter(sqlite: SqliteDatabase): (item: InboxItem) => void {
  const put = sqlite.prepare(
    `insert into texts (source, message_id, type, unit_id, decision_id, person, occurred_at, received_at, body)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
  );
  return (item) => {
    const told = textOf(item);
    if (told === null) return;
    const { source, messageId, type, unitId: unit, decisionId: decision, person, occurredAt, receivedAt } = told;
    put.run(source, messageId, type, unit, decision, person, occurredAt, receivedAt, told.text);
  };
}

/** The texts on SQLite. */
export function sqliteTexts(sqlite: SqliteDatabase): Pick<NotesStore, "texts" | "forgetTexts"> {
  const page = sqlite.prepare(`select ${TEXT_COLUMNS} from texts where seq > ? order by seq limit ?`);
  const close = sqlite.prepare(
    "update reviews set is_open = 0 where text_seq in (select seq from texts where body = '')",
  );
  const ofPerson = sqlite.prepare("update texts set body = '' where person = ? and body != ''");
  const ofUnit = sqlite.prepare("update texts set body = '' where unit_id = ? and body != ''");
  return {
    texts: async ({ afterSeq, limit }) => page.all(afterSeq, limit).map(keptText),
    forgetTexts: async ({ persons, units }) =>
      inTransaction(sqlite, () => {
        let gone = 0;
        for (const person of persons) gone += ofPerson.run(person).changes;
        // A person of whom no account is known is a unit under the same surrogate.
        for (const unit of [...persons, ...units]) gone += ofUnit.run(unit).changes;
        close.run();
        return gone;
      }),
  };
}

export function keptText(row: unknown): KeptText {
  const decision = textOrNull(row, "decision_id");
  const person = textOrNull(row, "person");
  return {
    seq: integer(row, "seq"),
    source: text(row, "source"),
    messageId: text(row, "message_id"),
    type: text(row, "type"),
    unitId: unitId(text(row, "unit_id")),
    decisionId: decision === null ? null : decisionId(decision),
    person: person === null ? null : personRef(person),
    occurredAt: instant(integer(row, "occurred_at")),
    receivedAt: instant(integer(row, "received_at")),
    text: text(row, "body"),
  };
}
