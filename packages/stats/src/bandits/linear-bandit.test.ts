import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anytimeMultiplier, narrowestG } from "../anytime/anytime-valid-linear-model.ts";
import { cuped } from "../cohorts/cuped.ts";
import { accepted } from "../golden/adapter.ts";
import { inverseGapWeights, learnReward, linearBelief, linUcbScore, untriedArm } from "./linear-bandit.ts";
import { linearisedRatios, type RatioSums } from "../cohorts/ratio-cuped.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";

describe("linear bandit", () => {
  it("is ridge regression by hand: one reward of 1 at x = 1 gives θ = ½ with variance ½", () => {
    const belief = accepted(linearBelief(learnReward(untriedArm(1), [1], 1)));
    expect(belief.theta[0]).toBeCloseTo(0.5, 12);
    expect(linUcbScore(belief, [1], 2)).toBeCloseTo(0.5 + 2 * Math.sqrt(0.5), 12);
  });

  it("does not care for the order of rewards, and only ever grows surer", () => {
    const rounds = fc.array(
      fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 1 })),
      {
        minLength: 1,
        maxLength: 10,
      },
    );
    fc.assert(
      fc.property(rounds, (all) => {
        const learn = (rows: typeof all) => rows.reduce((arm, [a, b, y]) => learnReward(arm, [a, b], y), untriedArm(2));
        expect(learn(all.toReversed())).toEqual(learn(all));
        const width = (arm: ReturnType<typeof learn>): number => {
          const belief = accepted(linearBelief(arm));
          return linUcbScore(belief, [1, -1], 1) - linUcbScore(belief, [1, -1], 0);
        };
        expect(width(learn(all))).toBeLessThanOrEqual(width(learn(all.slice(1))) + 1e-12);
      }),
    );
    expect(() => learnReward(untriedArm(2), [1], 1)).toThrow(RangeError);
  });

  it("inverse gap weights by hand: gap 1, greed 8, two actions: 1/10 for the worse", () => {
    const { probabilities } = accepted(inverseGapWeights([0, 1], 8));
    expect(probabilities[0]).toBeCloseTo(0.1, 12);
    expect(probabilities[1]).toBeCloseTo(0.9, 12);
    expect(accepted(inverseGapWeights([3, 1, 2], 0)).probabilities.map((p) => p.toFixed(6))).toEqual(
      Array(3).fill("0.333333"),
    );
    expect(inverseGapWeights([], 1)).toMatchObject({ reason: "too-few" });
    expect(inverseGapWeights([NaN], 1)).toMatchObject({ reason: "invalid-input" });
  });
});

/** Orders and visits of n units before and after, each unit with its own rate: sums and products. */
function arm(n: number, seed: number): RatioSums {
  const draw = normalDraw(mersenneRng(seed), { mean: 0, standardDeviation: 1 });
  const rows = Array.from({ length: n }, () => {
    const rate = 2 + draw();
    const [after, before] = [5 + Math.abs(draw()), 5 + Math.abs(draw())];
    return [rate * after + draw(), after, rate * before + draw(), before];
  });
  const sum = (f: (row: readonly number[]) => number): number => rows.reduce((t, row) => t + f(row), 0);
  const at = (k: number): number => sum((row) => row[k] ?? 0);
  return {
    n,
    sums: [at(0), at(1), at(2), at(3)],
    products: [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => sum((row) => (row[i] ?? 0) * (row[j] ?? 0)))),
  };
}

describe("CUPED for ratios", () => {
  it("takes most of the spread between units out, and covers no effect in 95 % of 300 simulations", () => {
    let [covered, smaller] = [0, 0];
    for (let run = 0; run < 300; run++) {
      const arms = accepted(linearisedRatios(arm(200, 2 * run), arm(200, 2 * run + 1)));
      const adjusted = accepted(cuped(arms.control, arms.treatment, { scale: "absolute" }));
      const plain = accepted(cuped(arms.control, arms.treatment, { scale: "absolute", slope: () => 0 }));
      if (Math.abs(adjusted.estimate) <= 1.966 * adjusted.standardError) covered++;
      if (adjusted.standardError < 0.5 * plain.standardError) smaller++;
    }
    expect(Math.abs(covered / 300 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 300));
    expect(smaller).toBe(300);
  });

  it("refuses without units or denominators", () => {
    const one = arm(5, 1);
    expect(linearisedRatios({ ...one, n: 1 }, one)).toMatchObject({ reason: "too-few" });
    expect(linearisedRatios({ ...one, sums: [1, 0, 1, 1] }, one)).toMatchObject({ reason: "zero-baseline" });
    expect(linearisedRatios({ ...one, products: [] }, one)).toMatchObject({ reason: "invalid-input" });
  });
});

it("the narrowest g beats its neighbours, and refuses a sample too small", () => {
  for (const n of [50, 1000, 100_000]) {
    const { g } = accepted(narrowestG({ n, coefficients: 2, alpha: 0.05 }));
    const width = (factor: number): number =>
      anytimeMultiplier({ n, degreesOfFreedom: n - 2, g: factor * g, alpha: 0.05 });
    expect(width(1)).toBeLessThan(width(0.9));
    expect(width(1)).toBeLessThan(width(1.1));
  }
  expect(narrowestG({ n: 3, coefficients: 2, alpha: 0.05 })).toMatchObject({ reason: "invalid-input" });
});
