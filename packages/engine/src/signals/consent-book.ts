import { personRef, type PersonRef } from "../ids.ts";
import type { ConsentRecord } from "./consent.ts";
import { findPerson, type RowsOf } from "./find-person.ts";
import type { PeopleRow } from "./people.ts";

/** Records that are indexed together at open: their people are read in as few questions as that. */
const READ_TOGETHER = 500;

/**
 * Everything that was said about contacting anybody, in memory and under every reference of whom it is about, so that a decision asks no
 * store. It grows with the number of opt-outs and consents, not with that of people.
 *
 * What is heard holds from the moment of being heard, under its own reference at once and under the person's others as soon as the store
 * has named them: before it is acknowledged. Joining is never undone here: whoever was once one with somebody who opted out stays so.
 */
export class ConsentBook {
  readonly #byRef = new Map<string, readonly ConsentRecord[]>();
  readonly #rowsOf: RowsOf;

  /** @param rowsOf - the people store's rows of some references. */
  constructor(rowsOf: RowsOf) {
    this.#rowsOf = rowsOf;
  }

  /** What was said under any of these references; in no order, and the same record perhaps more than once. */
  of(refs: readonly PersonRef[]): readonly ConsentRecord[] {
    const [first, ...others] = refs;
    if (first === undefined) return NOTHING;
    const known = this.#byRef.get(first) ?? NOTHING;
    if (others.length === 0) return known;
    const more = others.flatMap((ref) => this.#byRef.get(ref) ?? NOTHING);
    return more.length === 0 ? known : [...known, ...more];
  }

  /** Takes records in. Resolves once they hold under every reference of their people. */
  async hear(records: readonly ConsentRecord[]): Promise<void> {
    for (const record of records) this.#put([record.ref], [record]);
    for (let from = 0; from < records.length; from += READ_TOGETHER) {
      const refs = [...new Set(records.slice(from, from + READ_TOGETHER).map(({ ref }) => ref))];
      const read = readTogether(refs, this.#rowsOf);
      for (const ref of refs) await this.#join(ref, read);
    }
  }

  /** Takes in what was learned of who is who: only rows that lead to somebody of whom something was said cost anything. */
  async learn(rows: readonly PeopleRow[]): Promise<void> {
    for (const { ref, value, relation } of rows) {
      if (relation !== "with" && relation !== "with_user" && relation !== "same_as") continue;
      const known = [ref, value].find((one) => this.#byRef.has(one));
      if (known !== undefined) await this.#join(personRef(known), this.#rowsOf);
    }
  }

  /** Everything known under one reference of a person holds under all of them. */
  async #join(ref: PersonRef, rowsOf: RowsOf): Promise<void> {
    const { refs } = await findPerson(ref, rowsOf);
    if (refs.length > 1) this.#put(refs, this.of(refs));
  }

  #put(refs: readonly PersonRef[], records: readonly ConsentRecord[]): void {
    for (const ref of refs) {
      const known = this.#byRef.get(ref) ?? NOTHING;
      const added = records.filter((record) => !known.some((one) => isSame(one, record)));
      if (added.length > 0) this.#byRef.set(ref, [...known, ...new Set(added)]);
    }
  }
}

const NOTHING: readonly ConsentRecord[] = [];

function isSame(a: ConsentRecord, b: ConsentRecord): boolean {
  return a === b || (a.source === b.source && a.messageId === b.messageId && a.ref === b.ref && a.kind === b.kind);
}

/** Answers out of one question what would be asked one by one; asks further only for whoever those lead to. */
function readTogether(refs: readonly PersonRef[], rowsOf: RowsOf): RowsOf {
  let reading: Promise<ReadonlyMap<string, readonly PeopleRow[]>> | null = null;
  return async (asked) => {
    reading ??= rowsOf(refs).then((rows) => {
      const read = new Map<string, PeopleRow[]>(refs.map((ref) => [ref, []]));
      for (const row of rows) read.get(row.ref)?.push(row);
      return read;
    });
    const read = await reading;
    const further = asked.filter((ref) => !read.has(ref));
    const rows = asked.flatMap((ref) => read.get(ref) ?? []);
    return further.length === 0 ? rows : [...rows, ...(await rowsOf(further))];
  };
}
