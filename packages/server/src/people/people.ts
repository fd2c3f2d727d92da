import {
  contactAllowed,
  findPerson,
  personRef,
  type ConsentBook,
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
  readonly consentsOf: (refs: readonly PersonRef[]) => readonly ConsentRecord[];
  readonly allowed: (
    named: string,
    asked: { readonly channel: string; readonly now: Instant },
  ) => Promise<ContactAnswer>;
}

const SURROGATE = /^p_[0-9a-f]{33}$/u;
/** @param consents - the one book of what was said: what is acknowledged is in it, so that an opt-out holds from then on. */
export function openPeople(state: StateStore, surrogates: Surrogates, consents: Pick<ConsentBook, "of">): People {
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
  // The book also holds a record under who was once one with whom it is about; here the people table as it is decides who is.
  const consentsOf = (refs: readonly PersonRef[]): readonly ConsentRecord[] => {
    const named = new Set<string>(refs);
    return [...new Set(consents.of(refs).filter(({ ref }) => named.has(ref)))];
  };
  return {
    refsOf,
    find,
    consentsOf,
    allowed: async (named, asked) => {
      const { refs } = await find(named);
      return contactAllowed(consentsOf([...new Set([...refsOf(named), ...refs])]), asked);
    },
  };
}
