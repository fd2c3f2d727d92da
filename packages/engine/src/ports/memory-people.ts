import type { Decision } from "../decisions/decision.ts";
import { consentReceipt, type ConsentReceipt, type ConsentRecord } from "../signals/consent.ts";
import type { PeopleRow } from "../signals/people.ts";
import { unitMergesIn } from "../signals/unit-merge.ts";
import type { Sighting } from "../signals/sighting.ts";
import { conflictsAmong } from "./identity-conflicts.ts";
import type { NumberedConsent, PeopleStore, TextPlace, TextRewriter } from "./people-store.ts";
import type { RecordStore } from "./record-store.ts";
import type { QuarantinedRow } from "./state-store.ts";

/** What the store keeps as texts beside the people. */
interface KeptTexts {
  readonly quarantine: QuarantinedRow[];
  readonly served: Map<string, Decision>;
  readonly settings: Map<string, string>;
  /** Shows every note and reply, and keeps what is answered. */
  readonly rewriteNotes: (rewritten: (text: string) => string) => void;
}

/** The people of the in-memory reference, and how the inbox tells of them. */
export function memoryPeople(texts: KeptTexts): {
  readonly store: PeopleStore & Pick<RecordStore, "peopleRelated">;
  readonly sighted: (sighting: Sighting) => void;
} {
  const rows = new Map<string, PeopleRow>();
  const { consents, record } = consentBook();
  const keyOf = ({ ref, relation, value }: PeopleRow): string => [ref, relation, value].join("\0");
  const learn = (told: readonly PeopleRow[]): void => {
    for (const row of told) {
      const known = rows.get(keyOf(row));
      if (known === undefined || row.firstAt < known.firstAt) rows.set(keyOf(row), row);
    }
  };
  return {
    sighted: (sighting) => {
      learn(sighting.rows);
      record(sighting.consents);
    },
    store: {
      learn: async (told) => learn(told),
      peopleRows: async (refs) => {
        const wanted = new Set(refs);
        return [...rows]
          .filter(([, { ref }]) => wanted.has(ref))
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([, row]) => row);
      },
      unitMerges: async () => {
        const all = [...rows.values()];
        return unitMergesIn(
          all.filter(({ relation }) => relation === "merged_with" || relation === "merged_unit"),
          all,
        );
      },
      forgetPeople: async (refs) => {
        const gone = new Set(refs);
        const before = rows.size;
        for (const [key, { ref, value }] of rows) if (gone.has(ref) || gone.has(value)) rows.delete(key);
        return before - rows.size;
      },
      peopleRelated: async (relation) =>
        [...rows]
          .filter(([, row]) => row.relation === relation)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([, row]) => row),
      identityConflicts: async () => conflictsIn([...rows.values()]),
      recordConsents: async (told) => record(told),
      consents: async ({ afterSeq, limit }) => consents.filter(({ seq }) => seq > afterSeq).slice(0, limit),
      rewriteTexts: async (rewrite) => rewriteAll(texts, rewrite),
      shred: async () => {},
    },
  };
}

function conflictsIn(rows: readonly PeopleRow[]): ReturnType<typeof conflictsAmong> {
  const users = new Map<string, string[]>();
  for (const { ref, relation, value } of rows)
    if (relation === "with_user") users.set(ref, [...(users.get(ref) ?? []), value]);
  const same = rows.filter(({ relation }) => relation === "same_as").map(({ ref, value }) => [ref, value] as const);
  const claims = [...users].map(([ref, own]) => ({ ref, users: own }));
  return conflictsAmong(claims, same);
}

function rewriteAll({ quarantine, served, settings, rewriteNotes }: KeptTexts, rewrite: TextRewriter): number {
  let changed = 0;
  const rewritten = (text: string, place: TextPlace): string => {
    const answer = rewrite(text, place);
    if (answer !== text) changed += 1;
    return answer;
  };
  quarantine.forEach((row, i) => {
    quarantine[i] = {
      ...row,
      raw: rewritten(row.raw, "quarantine"),
      reason: rewritten(row.reason, "quarantine"),
      position: rewritten(row.position, "quarantine"),
    };
  });
  for (const [id, decision] of served) {
    const text = JSON.stringify(decision);
    const answer = rewritten(text, "decision");
    if (answer !== text) served.set(id, JSON.parse(answer));
  }
  rewriteNotes((text) => rewritten(text, "text"));
  for (const [key, value] of settings) settings.set(key, rewritten(value, "setting"));
  return changed;
}

/** Consents in the order in which they were said, each message heard once. */
function consentBook(): {
  readonly consents: readonly NumberedConsent[];
  readonly record: (told: readonly ConsentRecord[]) => readonly ConsentReceipt[];
} {
  const consents: NumberedConsent[] = [];
  const byMessage = new Map<string, readonly ConsentRecord[]>();
  return {
    consents,
    record: (told) =>
      told.map((one) => {
        const key = [one.source, one.messageId, one.ref].join("\0");
        const known = byMessage.get(key) ?? [];
        const receipt = consentReceipt(one, known);
        if (receipt === "accepted") {
          consents.push({ ...one, seq: consents.length + 1 });
          byMessage.set(key, [...known, one]);
        }
        return receipt;
      }),
  };
}
