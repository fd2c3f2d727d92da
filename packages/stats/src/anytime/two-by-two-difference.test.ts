import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng, type Rng } from "../numerics/random.ts";
import { twoByTwoDifference } from "./two-by-two-difference.ts";
import { twoByTwoEProcess, type TwoByTwoBatch } from "./two-by-two-e-process.ts";

function intervalOf(batches: readonly TwoByTwoBatch[], alpha = 0.05) {
  const answer = twoByTwoDifference(batches, { alpha });
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

const arm = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, share]) => ({ n, conversions: Math.round(n * share) }));
const batch = fc.record({ control: arm, treatment: arm });

describe("twoByTwoDifference", () => {
  it("is the published construction, solved to the last digits instead of on a grid", () => {
    // 25 blocks of 10 + 10 units. safestats finds [0.15, 0.35] on a grid of 100; scipy's brentq on the same likelihood ratio the rest.
    const control = [1, 4, 4, 3, 1, 2, 2, 1, 3, 4, 2, 2, 1, 2, 1, 3, 1, 1, 2, 3, 2, 2, 2, 3, 0];
    const treatment = [4, 6, 6, 2, 3, 7, 5, 2, 5, 2, 5, 4, 4, 3, 5, 8, 6, 8, 6, 6, 7, 5, 4, 3, 3];
    const batches = control.map((x, i) => ({
      control: { n: 10, conversions: x },
      treatment: { n: 10, conversions: treatment[i] ?? 0 },
    }));
    expect(intervalOf(batches)).toMatchObject({
      lower: expect.closeTo(0.13599296269474473, 9),
      upper: expect.closeTo(0.3517140000717563, 9),
    });
  });

  it("never widens with another look, and with a larger alpha is narrower", () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 2, maxLength: 6 }), (batches) => {
        const before = twoByTwoDifference(batches.slice(0, -1), { alpha: 0.05 });
        const after = twoByTwoDifference(batches, { alpha: 0.05 });
        const coarse = twoByTwoDifference(batches, { alpha: 0.2 });
        fc.pre(before.kind === "estimate" && after.kind === "estimate" && coarse.kind === "estimate");
        expect(after.lower).toBeGreaterThanOrEqual(before.lower - 0.011); // a gap of the grid may open between two looks
        expect(after.upper).toBeLessThanOrEqual(before.upper + 0.011);
        expect(coarse.lower).toBeGreaterThanOrEqual(after.lower - 0.011);
        expect(coarse.upper).toBeLessThanOrEqual(after.upper + 0.011);
      }),
      { numRuns: 60 },
    );
  });

  it("turns round when the arms are swapped", () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 4 }), (batches) => {
        const there = twoByTwoDifference(batches, { alpha: 0.05 });
        const back = twoByTwoDifference(
          batches.map(({ control, treatment }) => ({ control: treatment, treatment: control })),
          { alpha: 0.05 },
        );
        fc.pre(there.kind === "estimate" && back.kind === "estimate");
        expect(back.lower).toBeCloseTo(-there.upper, 6);
        expect(back.upper).toBeCloseTo(-there.lower, 6);
      }),
      { numRuns: 60 },
    );
  });

  it("leaves out 0 once the e-process has reached 1/alpha", () => {
    const day = { control: { n: 100, conversions: 10 }, treatment: { n: 100, conversions: 30 } };
    const evidence = twoByTwoEProcess([day, day]);
    expect(evidence.kind === "estimate" && evidence.eValue >= 20).toBe(true);
    expect(intervalOf([day, day]).lower).toBeGreaterThan(0);
    expect(intervalOf([day])).toMatchObject({ lower: expect.toSatisfy((x: number) => x < 0) });
  });

  it("finds an interval narrower than its grid", () => {
    const half = { control: { n: 1e9, conversions: 1e8 }, treatment: { n: 1e9, conversions: 1.0001e8 } };
    const { lower, upper } = intervalOf([half, half]);
    expect(lower).toBeLessThan(1e-5);
    expect(upper).toBeGreaterThan(1e-5);
    expect(upper - lower).toBeLessThan(1e-4);
  });

  it("covers a true difference of 0.1 at every one of 40 looks in at least 95 % of runs", () => {
    // 300 runs of 40 looks at 25 + 25 units; four standard errors of a share of 5 % are 4·√(0.05·0.95/300) = 0.05.
    const rng = mersenneRng(71);
    const draw = (source: Rng, n: number, rate: number): number => {
      let conversions = 0;
      for (let i = 0; i < n; i++) if (source.next() < rate) conversions++;
      return conversions;
    };
    let missed = 0;
    for (let run = 0; run < 300; run++) {
      const batches = Array.from({ length: 40 }, () => ({
        control: { n: 25, conversions: draw(rng, 25, 0.2) },
        treatment: { n: 25, conversions: draw(rng, 25, 0.3) },
      }));
      // Intersected over the looks, so the last interval misses whatever any look missed.
      const answer = twoByTwoDifference(batches, { alpha: 0.05, grid: 40 });
      if (answer.kind === "refused" || answer.lower > 0.1 || answer.upper < 0.1) missed++;
    }
    expect(missed / 300).toBeLessThan(0.05 + 0.05);
  });

  it("refuses when nobody is compared, when every difference is rejected, and what cannot be", () => {
    const day = { control: { n: 10, conversions: 1 }, treatment: { n: 10, conversions: 2 } };
    expect(twoByTwoDifference([], { alpha: 0.05 })).toMatchObject({ kind: "refused", reason: "too-few" });
    expect(
      twoByTwoDifference([{ control: { n: 10, conversions: 1 }, treatment: { n: 0, conversions: 0 } }], {
        alpha: 0.05,
      }),
    ).toMatchObject({ reason: "too-few" });
    const up = { control: { n: 1000, conversions: 100 }, treatment: { n: 1000, conversions: 900 } };
    const down = { control: { n: 1000, conversions: 900 }, treatment: { n: 1000, conversions: 100 } };
    expect(twoByTwoDifference([up, up, ...Array.from({ length: 6 }, () => down)], { alpha: 0.05 })).toMatchObject({
      reason: "none-left",
    });
    expect(twoByTwoDifference([day], { alpha: 0 })).toMatchObject({ reason: "invalid-input" });
    expect(twoByTwoDifference([day], { alpha: 0.05, grid: 1 })).toMatchObject({ reason: "invalid-input" });
    expect(twoByTwoDifference([{ ...day, treatment: { n: 1, conversions: 2 } }], { alpha: 0.05 })).toMatchObject({
      reason: "invalid-counts",
    });
    const flat = { conversions: 0, others: 1 };
    expect(twoByTwoDifference([day], { alpha: 0.05, prior: { control: flat, treatment: flat } })).toMatchObject({
      reason: "invalid-prior",
    });
  });
});
