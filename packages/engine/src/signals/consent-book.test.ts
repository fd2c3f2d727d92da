import { describe, expect, it } from "vitest";
import { personRef } from "../ids.ts";
import { instant } from "../time.ts";
import { ConsentBook } from "./consent-book.ts";
import type { ConsentRecord } from "./consent.ts";
import type { PeopleRow } from "./people.ts";

const at = instant(Date.UTC(2026, 0, 1));
const said = (ref: string, messageId = ref): ConsentRecord => ({
  ref: personRef(ref),
  kind: "suppressed",
  basis: "unsubscribed",
  channel: "email",
  source: "mail",
  messageId,
  at,
  expiresAt: null,
});
/** People who are one: a row each way, as sightings write them. */
const one = (a: string, b: string): readonly PeopleRow[] => [
  { ref: personRef(a), relation: "same_as", value: b, firstAt: at },
  { ref: personRef(b), relation: "same_as", value: a, firstAt: at },
];

/** A book over people rows that a test adds to. */
function opened(): { readonly book: ConsentBook; readonly rows: PeopleRow[]; readonly questions: () => number } {
  const rows: PeopleRow[] = [];
  let questions = 0;
  const book = new ConsentBook(async (refs) => {
    questions += 1;
    return rows.filter(({ ref }) => refs.includes(ref));
  });
  return { book, rows, questions: () => questions };
}
const holds = (book: ConsentBook, ref: string): boolean => book.of([personRef(ref)]).length > 0;

describe("what was said about contacting", () => {
  it("holds under its own reference at once, and under the person's others once it resolves", async () => {
    const { book, rows } = opened();
    rows.push(...one("a", "b"), ...one("b", "c"));
    const heard = book.hear([said("a")]);
    expect([holds(book, "a"), holds(book, "c")]).toEqual([true, false]);
    await heard;
    expect(["a", "b", "c", "d"].map((ref) => holds(book, ref))).toEqual([true, true, true, false]);
  });
  it("holds also for whoever turns out to be the same person later, from either side", async () => {
    for (const order of [1, -1]) {
      const { book, rows } = opened();
      rows.push(...one("b", "c"));
      await book.hear([said("a")]);
      const told = one("a", "b").toSorted((x, y) => order * x.ref.localeCompare(y.ref));
      rows.push(...told);
      await book.learn(told);
      expect(["a", "b", "c"].map((ref) => holds(book, ref))).toEqual([true, true, true]);
    }
  });
  it("is kept once, and all of it", async () => {
    const { book, rows } = opened();
    rows.push(...one("a", "b"));
    await book.hear([said("a", "first"), said("b", "second")]);
    await book.hear([said("a", "first")]);
    expect(book.of([personRef("a")])).toHaveLength(2);
    expect(book.of([])).toEqual([]);
  });
  it("asks the store little: hundreds together at open, and nothing for rows about people who said nothing", async () => {
    const { book, questions } = opened();
    await book.hear(Array.from({ length: 1000 }, (_, i) => said(`p${i}`)));
    expect(questions()).toBe(2);
    await book.learn(one("x", "y"));
    expect(questions()).toBe(2);
  });
});
