import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { equivalence, nonInferiority, rateNonInferiority } from "./non-inferiority.ts";
import { quantileMoments } from "./quantile-metric.ts";
import { quantiles, type QuantileType } from "./quantile.ts";
import { mersenneRng } from "../numerics/random.ts";
import { medianAbsoluteDeviation, trimmedMean, winsorise } from "./robust-location.ts";
import { sampleShape, weightedMoments } from "./sample-shape.ts";

const normal = { standardError: 1, degreesOfFreedom: Infinity };

describe("guardrails", () => {
  it("hold when the interval stays clear of the margin, by hand", () => {
    // Effect 0, margin 2: z = 2, p = 0.0228; the 95 % bound is −1.645.
    const test = nonInferiority({ ...normal, estimate: 0 }, { margin: 2, desired: "increase", confidence: 0.95 });
    expect(test).toMatchObject({
      holds: true,
      pValue: expect.closeTo(0.02275, 5),
      interval: { lower: expect.closeTo(-1.64485, 5), upper: Infinity },
    });
  });

  it("mirror: harm upwards is harm downwards with the sign turned; a wider margin is easier", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (estimate, margin) => {
          const p = (sign: 1 | -1, m: number): number =>
            accepted(
              nonInferiority(
                { ...normal, estimate: sign * estimate },
                { margin: m, desired: sign === 1 ? "increase" : "decrease", confidence: 0.95 },
              ),
            ).pValue;
          expect(p(1, margin)).toBeCloseTo(p(-1, margin), 12);
          expect(p(1, margin + 1)).toBeLessThanOrEqual(p(1, margin));
        },
      ),
    );
  });

  it("are passed by a treatment at the margin in 5 % of 2,000 simulations at most, within four standard errors", () => {
    const rng = mersenneRng(17);
    const draw = (n: number, p: number): { n: number; conversions: number } => {
      let conversions = 0;
      for (let i = 0; i < n; i++) if (rng.next() < p) conversions++;
      return { n, conversions };
    };
    let passed = 0;
    for (let run = 0; run < 2000; run++)
      if (accepted(rateNonInferiority(draw(200, 0.2), draw(200, 0.1), { margin: 0.1 })).pValue <= 0.05) passed++;
    expect(passed / 2000).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 2000));
  });

  it("say equal only when both sides are clear", () => {
    expect(equivalence({ ...normal, estimate: 0 }, { lower: -2, upper: 2 })).toMatchObject({
      pValue: expect.closeTo(0.02275, 5),
    });
    expect(accepted(equivalence({ ...normal, estimate: 2 }, { lower: -2, upper: 2 })).pValue).toBe(0.5);
  });

  it("refuse what has no spread, no units or no sense", () => {
    const zero = { estimate: 0, standardError: 0, degreesOfFreedom: 5 };
    expect(nonInferiority(zero, { margin: 1, desired: "increase", confidence: 0.95 })).toMatchObject({
      reason: "zero-variance",
    });
    expect(equivalence(zero, { lower: -1, upper: 1 })).toMatchObject({ reason: "zero-variance" });
    expect(equivalence({ ...normal, estimate: 0 }, { lower: 1, upper: -1 })).toMatchObject({ reason: "invalid-input" });
    expect(
      nonInferiority({ ...normal, estimate: 0 }, { margin: -1, desired: "increase", confidence: 0.95 }),
    ).toMatchObject({ reason: "invalid-input" });
    const none = { n: 0, conversions: 0 };
    expect(rateNonInferiority(none, none, { margin: 0.1 })).toMatchObject({ reason: "too-few" });
    expect(rateNonInferiority({ n: 1, conversions: 2 }, none, { margin: 0.1 })).toMatchObject({
      reason: "invalid-input",
    });
    const all = { n: 5, conversions: 5 };
    expect(rateNonInferiority(all, all, { margin: 0.1, method: "wald" })).toMatchObject({ reason: "zero-variance" });
  });
});

const TYPES: readonly QuantileType[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 20 });

describe("quantiles", () => {
  it("agree by hand: the default cuts the way between observations", () => {
    expect(quantiles([4, 1, 3, 2], [0, 0.5, 1])).toMatchObject({ values: [1, 2.5, 4] });
    expect(quantiles([4, 1, 3, 2], [0.5], 1)).toMatchObject({ values: [2] });
  });

  it("rise with the share, stay in range, and follow shift and scale, whatever the definition", () => {
    fc.assert(
      fc.property(sample, fc.constantFrom(...TYPES), (xs, type) => {
        const shares = [0, 0.1, 0.25, 0.5, 0.9, 1];
        const { values } = accepted(quantiles(xs, shares, type));
        expect(values).toEqual(values.toSorted((a, b) => a - b));
        expect(Math.min(...xs)).toBe(values[0]);
        expect(Math.max(...xs)).toBe(values.at(-1));
        accepted(
          quantiles(
            xs.map((x) => 2 * x + 3),
            shares,
            type,
          ),
        ).values.forEach((v, k) => expect(v).toBeCloseTo(2 * (values[k] ?? NaN) + 3, 9));
      }),
    );
  });

  it("compare arms only where the sample bounds them", () => {
    const summary = { n: 100, level: 0.5, estimate: 10, lower: 9, upper: 11 };
    const moments = quantileMoments(summary);
    if ("kind" in moments) throw new Error(moments.message);
    // Standard error of the mean of these moments: √((n − 1)/n) · 2/(2·1.96).
    expect(Math.sqrt(moments.m2 / (99 * 100))).toBeCloseTo(Math.sqrt(0.99) / 1.959964, 5);
    expect(quantileMoments({ ...summary, level: 0.99 })).toMatchObject({ reason: "too-few" });
    expect(quantileMoments({ ...summary, lower: 11 })).toMatchObject({ reason: "zero-variance" });
    expect(quantileMoments({ ...summary, lower: 12 })).toMatchObject({ reason: "invalid-input" });
    expect(quantiles([], [0.5])).toMatchObject({ reason: "too-few" });
    expect(quantiles([1], [2])).toMatchObject({ reason: "invalid-input" });
  });
});

describe("robust summaries", () => {
  it("cap, trim and measure spread by hand", () => {
    const xs = [1, 100, 3, 2, -50];
    expect(winsorise(xs, { lower: 0.2, upper: 0.2 })).toMatchObject({ values: [1, 3, 3, 2, 1] });
    expect(trimmedMean(xs, { lower: 0.2, upper: 0.2 })).toMatchObject({ mean: 2 });
    expect(medianAbsoluteDeviation(xs)).toMatchObject({ deviation: 1 });
  });

  it("capping keeps order and range, and none at all changes nothing", () => {
    fc.assert(
      fc.property(sample, (xs) => {
        expect(winsorise(xs, { lower: 0, upper: 0 })).toMatchObject({ values: xs });
        const { values } = accepted(winsorise(xs, { lower: 0.1, upper: 0.2 }));
        xs.forEach((x, i) =>
          xs.forEach((y, j) => expect(x > y ? (values[i] ?? 0) >= (values[j] ?? 0) : true).toBe(true)),
        );
      }),
    );
  });

  it("weigh, and know a symmetric sample from a skew one", () => {
    expect(weightedMoments([1, 3], [3, 1])).toMatchObject({ mean: 1.5, variance: 0.75, totalWeight: 4 });
    expect(sampleShape([-1, 0, 1])).toMatchObject({ skewness: 0, excessKurtosis: -1.5 });
    expect(sampleShape([2, 2])).toMatchObject({ reason: "zero-variance" });
    expect(weightedMoments([1], [0])).toMatchObject({ reason: "too-few" });
    expect(weightedMoments([1], [-1])).toMatchObject({ reason: "invalid-input" });
    expect(winsorise([], { lower: 0, upper: 0 })).toMatchObject({ reason: "too-few" });
    expect(trimmedMean([1], { lower: 0.5, upper: 0.5 })).toMatchObject({ reason: "invalid-input" });
    expect(medianAbsoluteDeviation([NaN])).toMatchObject({ reason: "invalid-input" });
  });
});
