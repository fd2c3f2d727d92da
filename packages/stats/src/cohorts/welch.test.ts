import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { liftDifference } from "./lift.ts";
import { emptyMoments, momentsFromConversions, momentsOf, type Moments } from "./moments.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { pooledTDifference } from "../numerics/student-t.ts";
import { welchDifference } from "./welch.ts";

const OPTIONS = { confidence: 0.95 };

describe("welchDifference", () => {
  it("is the textbook example: difference 2, standard error √(1/3 + 4/3)", () => {
    // a = 1, 2, 3 (variance 1), b = 2, 4, 6 (variance 4); Welch df = (5/3)² / ((1/3)²/2 + (4/3)²/2) = 50/17.
    const answer = welchDifference(momentsOf([1, 2, 3]), momentsOf([2, 4, 6]), OPTIONS);
    expect(answer).toMatchObject({
      kind: "estimate",
      estimate: 2,
      standardError: expect.closeTo(Math.sqrt(5 / 3), 14),
      degreesOfFreedom: expect.closeTo(50 / 17, 12),
    });
  });

  it("gives Hillstrom's visit lifts (men 18.28 %, women 15.14 %, none 10.62 %)", () => {
    const none = momentsFromConversions({ n: 21306, conversions: 2262 });
    expect(welchDifference(none, momentsFromConversions({ n: 21307, conversions: 3894 }), OPTIONS)).toMatchObject({
      estimate: expect.closeTo(0.0766, 4),
      interval: { lower: expect.closeTo(0.07, 4), upper: expect.closeTo(0.0832, 4) },
    });
    expect(welchDifference(none, momentsFromConversions({ n: 21387, conversions: 3238 }), OPTIONS)).toMatchObject({
      estimate: expect.closeTo(0.0452, 4),
      interval: { lower: expect.closeTo(0.0389, 4), upper: expect.closeTo(0.0516, 4) },
    });
  });

  it("leaves out 0 exactly when p is below alpha, and turns its sign when arms are swapped", () => {
    const arm = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 15 }).map(momentsOf);
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        const [there, back] = [welchDifference(a, b, OPTIONS), welchDifference(b, a, OPTIONS)];
        if (there.kind === "refused" || back.kind === "refused") return;
        const { lower, upper } = there.interval;
        if (Math.abs(there.pValue - 0.05) < 1e-9) return;
        expect(there.pValue < 0.05).toBe(lower > 0 || upper < 0);
        expect(back.estimate).toBeCloseTo(-there.estimate, 10);
        expect(back.pValue).toBeCloseTo(there.pValue, 10);
      }),
    );
  });

  it("covers the truth in 95 % of 4,000 normal samples of unequal spread, within four standard errors", () => {
    const runs = 4000;
    const rng = mersenneRng(11);
    const [a, b] = [
      normalDraw(rng, { mean: 0, standardDeviation: 1 }),
      normalDraw(rng, { mean: 0.5, standardDeviation: 4 }),
    ];
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const answer = welchDifference(
        momentsOf(Array.from({ length: 12 }, a)),
        momentsOf(Array.from({ length: 30 }, b)),
        OPTIONS,
      );
      if (answer.kind === "estimate" && answer.interval.lower <= 0.5 && answer.interval.upper >= 0.5) covered++;
    }
    expect(Math.abs(covered / runs - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / runs));
  });

  it("refuses rather than give a width of zero or NaN", () => {
    const good = momentsOf([1, 2, 3]);
    const cases: readonly (readonly [Moments, Moments, string])[] = [
      [emptyMoments, good, "too-few"],
      [good, momentsOf([4]), "too-few"],
      [momentsOf([5, 5]), momentsOf([6, 6]), "zero-variance"],
      [{ n: 3, mean: NaN, m2: 1 }, good, "invalid-input"],
      [{ n: Infinity, mean: 1, m2: 1 }, good, "invalid-input"],
    ];
    for (const [a, b, reason] of cases)
      expect(welchDifference(a, b, OPTIONS)).toMatchObject({ kind: "refused", reason });
    expect(welchDifference(good, good, { confidence: 1 })).toMatchObject({ reason: "invalid-input" });
  });
});

it("the pooled t-test agrees with Welch for arms of one size and spread", () => {
  const [a, b] = [momentsOf([1, 2, 3, 4]), momentsOf([3, 4, 5, 6])];
  expect(pooledTDifference(a, b, OPTIONS)).toEqual(welchDifference(a, b, OPTIONS));
});

describe("liftDifference", () => {
  it("is the difference over the control mean, and refuses a control mean of 0", () => {
    const [a, b] = [
      momentsFromConversions({ n: 10_000, conversions: 1000 }),
      momentsFromConversions({ n: 10_000, conversions: 1200 }),
    ];
    expect(liftDifference(a, b, OPTIONS)).toMatchObject({ kind: "estimate", estimate: expect.closeTo(0.2, 12) });
    expect(liftDifference(momentsFromConversions({ n: 50, conversions: 0 }), b, OPTIONS)).toMatchObject({
      reason: "zero-baseline",
    });
  });

  it("does not change when the unit of the outcome does", () => {
    const scale = (m: Moments, by: number): Moments => ({ n: m.n, mean: m.mean * by, m2: m.m2 * by * by });
    const [a, b] = [momentsOf([3, 5, 4, 6]), momentsOf([6, 5, 8, 9])];
    const [one, hundred] = [liftDifference(a, b, OPTIONS), liftDifference(scale(a, 100), scale(b, 100), OPTIONS)];
    if (one.kind === "refused" || hundred.kind === "refused") throw new Error("no refusal expected");
    expect(hundred.estimate).toBeCloseTo(one.estimate, 12);
    expect(hundred.standardError).toBeCloseTo(one.standardError, 12);
  });
});
