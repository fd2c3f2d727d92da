import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sparseRows } from "./sparse-rows.ts";
import { termRow, termTable, weighedTerms } from "./term-table.ts";
import { TEXT_LENGTH_MAX, textTerms, textWords } from "./text-terms.ts";

const anyText = fc.string({ unit: "binary", maxLength: 80 });
const letters = fc.string({ unit: fc.constantFrom("a", "b", " ", "?", ".", "é", "’"), maxLength: 60 });

describe("the terms of a text", () => {
  it("are its words, pairs of words and pieces of words, each with its place", () => {
    const text = "Call back, OK?";
    const places = (block: string): readonly string[] =>
      textTerms(text)
        .filter((term) => term.block === block)
        .map(({ start, end }) => text.slice(start, end));
    expect(places("word")).toEqual(["Call", "Call", "back", "Call back", "OK", "back, OK", "?", "OK?"]);
    // "<call>" has 5 + 4 + 3 + 2 pieces of 2 to 5 letters, "<back>" as many, "<ok>" 3 + 2 + 1, "<?>" 2 + 1.
    expect(places("letters")).toHaveLength(14 + 14 + 6 + 3);
  });

  it("know the opening of a sentence, and do not pair across its end", () => {
    const hashes = (text: string): ReadonlySet<number> => new Set(textTerms(text).map(({ hash }) => hash));
    expect(hashes("send it. call me")).toEqual(new Set([...hashes("send it"), ...hashes(". call me")]));
    expect([...hashes("me call")].filter((hash) => !hashes("call me").has(hash))).toHaveLength(2);
  });

  it("do not depend on case, nor on how a letter is encoded", () => {
    const hashes = (text: string): readonly number[] => textTerms(text).map(({ hash }) => hash);
    expect(hashes("BUDGET ﬁnal ’s")).toEqual(hashes("budget final ’s"));
    expect(hashes("cafe\u0301")).toEqual(hashes("café"));
  });

  it("always lie within the text, in order, and are 32-bit", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const { start, end, hash } of textTerms(text)) {
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(hash >>> 0).toBe(hash);
        }
        const starts = textWords(text).map(({ start }) => start);
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      }),
    );
  });

  it("come from the beginning of a text alone when it is longer than any note", () => {
    const long = "no ".repeat(TEXT_LENGTH_MAX);
    expect(textTerms(long)).toEqual(textTerms(long.slice(0, TEXT_LENGTH_MAX)));
  });
});

describe("a table of terms", () => {
  const texts = ["no budget", "no time", "budget next year"];
  const table = termTable(texts, { textsMin: 1 });
  if (table.kind === "refused") throw new Error(table.message);

  it("weighs a term by how few texts have it", () => {
    const of = (text: string, word: string): number => {
      const found = weighedTerms(table, text).find(({ term }) => text.slice(term.start, term.end) === word);
      return table.rarity[found?.column ?? -1] ?? NaN;
    };
    expect(of("no time", "no")).toBeCloseTo(1 + Math.log(4 / 3), 6);
    expect(of("no time", "time")).toBeCloseTo(1 + Math.log(4 / 2), 6);
  });

  it("scales words and letters to length 1 each, and shares a value among a term's places", () => {
    fc.assert(
      fc.property(letters, (text) => {
        const parts = weighedTerms(table, text);
        const row = termRow(table, text);
        const squares = row.values.reduce((sum, value) => sum + value * value, 0);
        expect(squares).toBeCloseTo(new Set(parts.map(({ term }) => term.block)).size, 9);
        expect(row.columns.every((column, k) => k === 0 || (row.columns[k - 1] ?? 0) < column)).toBe(true);
      }),
    );
  });

  it("fits the rows it makes", () => {
    const rows = sparseRows(
      texts.map((text) => termRow(table, text)),
      table.hashes.length,
    );
    expect(rows?.starts).toHaveLength(4);
  });
});
