import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { normalisedGain, rankingCurve, topK } from "./ranking-curve.ts";
import { auc, aucDifference, aucInterval } from "./roc-auc.ts";

const units = fc
  .array(fc.record({ score: fc.integer({ min: 0, max: 8 }), outcome: fc.constantFrom(0, 1) }), {
    minLength: 4,
    maxLength: 25,
  })
  .filter((all) => [0, 1].every((y) => all.filter((u) => u.outcome === y).length >= 2));

describe("auc", () => {
  it("counts pairs by hand: 3 of 4 won, the fourth tied", () => {
    expect(auc([1, 2, 2, 3], [0, 0, 1, 1])).toMatchObject({ auc: 3.5 / 4, positives: 2, negatives: 2 });
  });

  it("is the share of pairs in the right order, and equals the area under the curve", () => {
    fc.assert(
      fc.property(units, (all) => {
        const [scores, outcomes] = [all.map((u) => u.score), all.map((u) => u.outcome)];
        let [won, pairs] = [0, 0];
        for (const a of all)
          for (const b of all) {
            if (a.outcome !== 1 || b.outcome !== 0) continue;
            pairs++;
            won += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0;
          }
        expect(auc(scores, outcomes)).toMatchObject({ auc: expect.closeTo(won / pairs, 12) });
        expect(rankingCurve(scores, outcomes)).toMatchObject({ auc: expect.closeTo(won / pairs, 12) });
        // Any rising transformation leaves the ranking alone; reversing it mirrors the area.
        expect(
          auc(
            scores.map((s) => Math.exp(s)),
            outcomes,
          ),
        ).toMatchObject({ auc: expect.closeTo(won / pairs, 12) });
        expect(
          auc(
            scores.map((s) => -s),
            outcomes,
          ),
        ).toMatchObject({ auc: expect.closeTo(1 - won / pairs, 12) });
      }),
    );
  });

  it("covers the true area in 95 % of 500 simulations, within four standard errors", () => {
    const rng = mersenneRng(77);
    const draw = normalDraw(rng, { mean: 0, standardDeviation: 1 });
    // Two normals one apart: the area is Φ(1/√2).
    const truth = 0.7602499389;
    let covered = 0;
    for (let run = 0; run < 500; run++) {
      const outcomes = Array.from({ length: 120 }, (_, i) => i % 2);
      const estimate = auc(
        outcomes.map((y) => draw() + y),
        outcomes,
      );
      if (estimate.kind === "refused") throw new Error(estimate.message);
      const interval = aucInterval(estimate, 0.95);
      if ("kind" in interval) throw new Error(interval.message);
      if (interval.lower <= truth && truth <= interval.upper) covered++;
    }
    expect(Math.abs(covered / 500 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 500));
  });

  it("compares two scores on the same units, antisymmetrically, and refuses to compare a score with itself", () => {
    const [first, second, outcomes] = [
      [3, 1, 2, 4, 0, 5],
      [1, 2, 3, 4, 5, 6],
      [1, 0, 0, 1, 0, 1],
    ];
    const [there, back] = [aucDifference(first, second, outcomes), aucDifference(second, first, outcomes)];
    if (there.kind === "refused" || back.kind === "refused") throw new Error("no refusal expected");
    expect(back.estimate).toBeCloseTo(-there.estimate, 12);
    expect(back.pValue).toBeCloseTo(there.pValue, 12);
    expect(aucDifference(first, first, outcomes)).toMatchObject({ reason: "zero-variance" });
  });

  it("refuses an interval without width, one class and what is not a number", () => {
    const perfect = auc([1, 2, 3, 4], [0, 0, 1, 1]);
    if (perfect.kind === "refused") throw new Error(perfect.message);
    expect(aucInterval(perfect, 0.95)).toMatchObject({ reason: "zero-variance" });
    expect(auc([1, 2], [1, 1])).toMatchObject({ reason: "one-class" });
    expect(auc([NaN, 2], [0, 1])).toMatchObject({ reason: "invalid-input" });
    expect(auc([1], [0, 1])).toMatchObject({ reason: "invalid-input" });
  });
});

describe("acting on the best", () => {
  it("is lift by hand: 2 of the best 2 convert where 2 of 5 do overall", () => {
    expect(topK([5, 4, 3, 2, 1], [1, 1, 0, 0, 0], 2)).toEqual({ kind: "estimate", precision: 1, recall: 1, lift: 2.5 });
    expect(rankingCurve([5, 4, 3, 2, 1], [1, 0, 1, 0, 0])).toMatchObject({
      averagePrecision: expect.closeTo(0.5 + (0.5 * 2) / 3, 12),
    });
    expect(normalisedGain([2, 1], [0, 1])).toMatchObject({ gain: expect.closeTo(1 / Math.log2(3), 12) });
  });

  it("finds every converter among all, at a lift of 1", () => {
    fc.assert(
      fc.property(units, (all) => {
        const found = topK(
          all.map((u) => u.score),
          all.map((u) => u.outcome),
          all.length,
        );
        expect(found).toMatchObject({ recall: expect.closeTo(1, 12), lift: expect.closeTo(1, 12) });
      }),
    );
  });

  it("refuses where nobody converted, and a k beyond the list", () => {
    expect(topK([1, 2], [0, 0], 1)).toMatchObject({ reason: "one-class" });
    expect(topK([1, 2], [0, 1], 3)).toMatchObject({ reason: "invalid-input" });
    expect(normalisedGain([1], [0])).toMatchObject({ reason: "one-class" });
    expect(rankingCurve([1], [1])).toMatchObject({ reason: "one-class" });
  });
});
