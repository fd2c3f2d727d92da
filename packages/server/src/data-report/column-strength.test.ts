import { mersenneRng } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { columnStrength } from "./column-strength.ts";

const n = 4000;
const rng = mersenneRng(11);
const labels = Array.from({ length: n }, () => rng.next() < 0.4);
const indices = Array.from({ length: n }, (_, i) => i);

describe("how much a column tells", () => {
  it("is all where it is the outcome in other words, whichever words", () => {
    const strength = columnStrength(
      labels.map((label) => (label ? "b" : "a")),
      labels,
    );
    expect(strength).toMatchObject({ auc: 1, settledShare: 1, filledShare: 1, rates: null });
  });

  it("is nothing where it is drawn by lot: an AUC of one half, whatever the number of categories", () => {
    // The standard error of an AUC without signal is √((m + 1) / (12 a b)) for a and b outcomes of each kind (Mann and Whitney 1947):
    // with 800 and 1,200 in each half, 0.013; of the mean of both halves 0.0093. Four of them are 0.037.
    for (const categories of [2, 30, 200]) {
      const strength = columnStrength(
        labels.map(() => String(Math.floor(rng.next() * categories))),
        labels,
      );
      expect(Math.abs((strength?.auc ?? 0) - 0.5)).toBeLessThan(0.037);
    }
  });

  it("is found in numbers whatever their direction, and in amounts that never repeat", () => {
    const amounts = labels.map((label) => String((label ? -1 : 1) + 2 * rng.next()));
    // Uniform on [-1, 1] and on [1, 3]: apart but for the twenty parts that are cut through.
    expect(columnStrength(amounts, labels)?.auc).toBeGreaterThan(0.97);
  });

  it("says of blanks how the outcome fares beside them", () => {
    const cells = labels.map((label, i) => (label === (i % 4 !== 0) ? "x" : ""));
    const strength = columnStrength(cells, labels);
    const rate = (wanted: string): number => {
      const of = indices.filter((i) => (cells[i] === "" ? "blank" : "filled") === wanted);
      return of.filter((i) => labels[i]).length / of.length;
    };
    expect(strength?.rates?.filled).toBeCloseTo(rate("filled"), 12);
    expect(strength?.rates?.blank).toBeCloseTo(rate("blank"), 12);
  });

  it("is not asked of ids and free text, nor of a column that never changes", () => {
    expect(
      columnStrength(
        indices.map((i) => `id-${i}`),
        labels,
      ),
    ).toBeNull();
    expect(
      columnStrength(
        indices.map(() => "same"),
        labels,
      ),
    ).toBeNull();
  });

  it("is half where only one outcome occurs", () => {
    const strength = columnStrength(
      indices.map((i) => (i % 2 === 0 ? "a" : "b")),
      indices.map(() => true),
    );
    expect(strength).toMatchObject({ auc: 0.5, settledShare: 0 });
  });
});
