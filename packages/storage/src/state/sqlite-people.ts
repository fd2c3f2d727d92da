import { setImmediate as breathe } from "node:timers/promises";
import {
  accountRef,
  instant,
  personRef,
  type PeopleRelation,
  type PeopleRow,
  type PeopleStore,
  type RecordStore,
  type Sighting,
} from "@ratchet/engine";
import { PEOPLE_RELATIONS, unitMergesIn } from "@ratchet/engine/drivers";
import { consentOf, known } from "./consent-row.ts";
import { inTransaction, type OpenDatabase, type SqliteDatabase } from "./open-database.ts";
import type { PeopleWriter } from "./people-writer.ts";
import { integer, text } from "./row.ts";
import { identityConflicts } from "./sqlite-identities.ts";
import { rewriteTexts } from "./sqlite-texts.ts";

/** References in one statement. */
const REFS_AT_ONCE = 500;

/** The people on SQLite. */
export function sqlitePeople(
  database: OpenDatabase,
  { sighted, consented, write: writePending, forgetWritten }: PeopleWriter,
): PeopleStore & Pick<RecordStore, "peopleRelated"> {
  const { sqlite } = database;
  const related = sqlite.prepare("select * from people where relation = ? order by ref, value");
  const write = (sighting: Sighting): void => {
    try {
      inTransaction(sqlite, () => {
        sighted(sighting);
        writePending();
      });
    } catch (error) {
      forgetWritten();
      throw error;
    }
  };
  const consentsAfter = sqlite.prepare("select * from consents where seq > ? order by seq limit ?");
  return {
    learn: async (rows) => write({ rows, consents: [] }),
    recordConsents: async (records) => inTransaction(sqlite, () => records.map(consented)),
    peopleRows: async (refs) => rowsOf(sqlite, refs),
    peopleRelated: async (relation) => related.all(relation).map(rowOf),
    unitMerges: async () => {
      const said = ["merged_with", "merged_unit"].flatMap((relation) => related.all(relation).map(rowOf));
      return said.length === 0 ? [] : unitMergesIn(said, rowsOf(sqlite, [...new Set(said.map(({ ref }) => ref))]));
    },
    forgetPeople: async (refs) => {
      forgetWritten();
      return inTransaction(sqlite, () =>
        chunks(refs).reduce((gone, some) => {
          const named = some.map(() => "?").join(", ");
          // What a CRM told of them goes with them.
          sqlite.prepare(`delete from records where kind in ('contact', 'lead') and object in (${named})`).run(...some);
          const remove = sqlite.prepare(`delete from people where ref in (${named}) or value in (${named})`);
          return gone + remove.run(...some, ...some).changes;
        }, 0),
      );
    },
    identityConflicts: () => identityConflicts(sqlite),
    consents: async ({ afterSeq, limit }) => consentsAfter.all(afterSeq, limit).map(consentOf),
    rewriteTexts: (rewrite) => rewriteTexts(sqlite, rewrite),
    shred: async () => {
      await breathe();
      // The log may hold pages as they were; rebuilding the file leaves no unused part of a page with an older content.
      sqlite.pragma("wal_checkpoint(TRUNCATE)");
      sqlite.exec("vacuum");
      sqlite.pragma("wal_checkpoint(TRUNCATE)");
    },
  };
}

function rowsOf(sqlite: SqliteDatabase, refs: readonly string[]): readonly PeopleRow[] {
  return chunks(refs.toSorted())
    .flatMap((some) =>
      sqlite
        .prepare(`select * from people where ref in (${some.map(() => "?").join(", ")}) order by ref, relation, value`)
        .all(...some),
    )
    .map(rowOf);
}

function rowOf(row: unknown): PeopleRow {
  const ref = text(row, "ref");
  return {
    ref: ref.startsWith("a_") ? accountRef(ref) : personRef(ref),
    relation: relationOf(text(row, "relation")),
    value: text(row, "value"),
    firstAt: instant(integer(row, "first_at")),
  };
}

function chunks(refs: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(refs.length / REFS_AT_ONCE) }, (_, i) =>
    refs.slice(i * REFS_AT_ONCE, (i + 1) * REFS_AT_ONCE),
  );
}

const relationOf = (stored: string): PeopleRelation => known(PEOPLE_RELATIONS, stored);
