import {
  contactAllowed,
  findPerson,
  personRef,
  type ConsentRecord,
  type ContactAnswer,
  type FoundPerson,
  type Instant,
  type PersonRef,
  type StateStore,
  type Surrogates,
} from "@ratchet/engine";

/** Who is behind the surrogates, and who may be contacted. */
export interface People {
  /** The references that a name may stand for, the likeliest first: an address, a number, an id, or a surrogate itself. */
  readonly refsOf: (named: string) => readonly PersonRef[];
  readonly find: (named: string) => Promise<FoundPerson>;
  /** What was recorded of any of these references. */
  readonly consentsOf: (refs: readonly PersonRef[]) => Promise<readonly ConsentRecord[]>;
  /** Reads what was recorded since the last call first, so that an opt-out holds from its acknowledgement on. */
  readonly allowed: (
    named: string,
    asked: { readonly channel: string; readonly now: Instant },
  ) => Promise<ContactAnswer>;
}

const SURROGATE = /^p_[0-9a-f]{33}$/u;
/** Records read at once. */
const PAGE = 1000;

/** Keeps every consent record in memory by reference; their number is that of opt-outs, not of people. */
export function openPeople(state: StateStore, surrogates: Surrogates): People {
  const byRef = new Map<string, ConsentRecord[]>();
  let lastSeq = 0;
  const refresh = async (): Promise<void> => {
    for (;;) {
      const page = await state.consents({ afterSeq: lastSeq, limit: PAGE });
      for (const { seq, ...record } of page) {
        // Two callers may read the same page.
        if (seq <= lastSeq) continue;
        lastSeq = seq;
        const known = byRef.get(record.ref) ?? [];
        known.push(record);
        byRef.set(record.ref, known);
      }
      if (page.length < PAGE) return;
    }
  };
  const refsOf = (named: string): readonly PersonRef[] =>
    SURROGATE.test(named.trim()) ? [personRef(named.trim())] : surrogates.formerly(named).map(({ ref }) => ref);
  const find = async (named: string): Promise<FoundPerson> => {
    const [first, ...others] = refsOf(named);
    if (first === undefined) return { refs: [], rows: [] };
    const found = await findPerson(first, (refs) => state.peopleRows(refs));
    if (found.rows.length > 0) return found;
    // The id may have been a browser's.
    for (const other of others) {
      const browser = await findPerson(other, (refs) => state.peopleRows(refs));
      if (browser.rows.length > 0) return browser;
    }
    return found;
  };
  const consentsOf = async (refs: readonly PersonRef[]): Promise<readonly ConsentRecord[]> => {
    await refresh();
    return refs.flatMap((ref) => byRef.get(ref) ?? []);
  };
  return {
    refsOf,
    find,
    consentsOf,
    allowed: async (named, asked) => {
      const { refs } = await find(named);
      return contactAllowed(await consentsOf([...new Set([...refsOf(named), ...refs])]), asked);
    },
  };
}
