import { hash } from "node:crypto";
import type { ConsentRecord, PeopleRow, Sighting } from "@ratchet/engine";
import { consentReceipt, Remembered, type ConsentReceipt } from "@ratchet/engine/drivers";
import { consentOf } from "./consent-row.ts";
import type { SqliteDatabase } from "./open-database.ts";

/**
 * Sightings, and rows, in a generation of those remembered as written, so that somebody who is seen all day costs no more writes: some
 * 40 MB at most.
 */
const REMEMBERED = 75_000;
/** Rows in one statement: a call of the driver costs as much as the row that it writes. */
const ROWS_AT_ONCE = 32;

/** Writes who messages are about, inside whatever transaction is open. */
export interface PeopleWriter {
  /** Takes down what one message tells; `write` it before the commit. */
  readonly sighted: (sighting: Sighting) => void;
  readonly write: () => void;
  /** Appends a consent record, unless its id has spoken before. */
  readonly consented: (record: ConsentRecord) => ConsentReceipt;
  /** After a rollback, or a removal: what was written may not be there. */
  readonly forgetWritten: () => void;
}

export function peopleWriter(sqlite: SqliteDatabase): PeopleWriter {
  const statementFor = (rows: number) =>
    sqlite.prepare(
      `insert into people (ref, relation, value, first_at) values ${Array.from({ length: rows }, () => "(?, ?, ?, ?)").join(", ")}
       on conflict do update set first_at = excluded.first_at where excluded.first_at < people.first_at`,
    );
  const putRow = statementFor(1);
  const putRows = statementFor(ROWS_AT_ONCE);
  const putConsent = sqlite.prepare(
    `insert into consents (ref, kind, basis, channel, source, message_id, at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const consentsUnder = sqlite.prepare("select * from consents where source = ? and message_id = ? and ref = ?");
  const consented = (record: ConsentRecord): ConsentReceipt => {
    const { ref, kind, basis, channel, source, messageId, at, expiresAt } = record;
    const receipt = consentReceipt(record, consentsUnder.all(source, messageId, ref).map(consentOf));
    if (receipt === "accepted") putConsent.run(ref, kind, basis, channel, source, messageId, at, expiresAt);
    return receipt;
  };
  const seen = new Remembered<number>(REMEMBERED);
  const written = new Remembered<number>(REMEMBERED);
  const isKnown = (known: Remembered<number>, key: string, at: number): boolean => {
    if ((known.get(key) ?? Infinity) <= at) return true;
    known.set(key, at);
    return false;
  };
  let pending: PeopleRow[] = [];
  return {
    sighted: ({ rows, consents }) => {
      const at = timeOf(rows);
      if (at === null || !isKnown(seen, sightingKey(rows), at))
        for (const row of rows)
          if (!isKnown(written, `${row.ref} ${row.relation} ${row.value}`, row.firstAt)) pending.push(row);
      for (const record of consents) consented(record);
    },
    consented,
    write: () => {
      // In the order of the table, so that rows of one page are written together.
      const rows = pending.toSorted((a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0));
      pending = [];
      const whole = rows.length - (rows.length % ROWS_AT_ONCE);
      for (let i = 0; i < whole; i += ROWS_AT_ONCE) putRows.run(rows.slice(i, i + ROWS_AT_ONCE).flatMap(columnsOf));
      for (const row of rows.slice(whole)) putRow.run(columnsOf(row));
    },
    forgetWritten: () => {
      seen.clear();
      written.clear();
      pending = [];
    },
  };
}

function columnsOf({ ref, relation, value, firstAt }: PeopleRow): (string | number)[] {
  return [ref, relation, value, firstAt];
}

/** The one time of all rows, as those of a message have; null where they differ. */
function timeOf(rows: readonly PeopleRow[]): number | null {
  const [first] = rows;
  return first !== undefined && rows.every(({ firstAt }) => firstAt === first.firstAt) ? first.firstAt : null;
}

/** What one message tells of people, without its time: most messages tell what one before them told. */
function sightingKey(rows: readonly PeopleRow[]): string {
  let told = "";
  for (const { ref, relation, value } of rows) told += `${ref} ${relation} ${value}\n`;
  return hash("sha256", told, "base64");
}
