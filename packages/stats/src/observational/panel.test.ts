import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differenceInDifferences, twoWayFixedEffects } from "./difference-in-differences.ts";
import { accepted } from "../golden/adapter.ts";
import { effectTrend } from "../drift/novelty-trend.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { syntheticControl } from "./synthetic-control.ts";

/** Units in two groups over periods; each has its own level and all share shocks; the effect is 1. */
function panel(units: number, periods: number, seed: number) {
  const draw = normalDraw(mersenneRng(seed), { mean: 0, standardDeviation: 1 });
  const shocks = Array.from({ length: periods }, () => draw());
  const rows = Array.from({ length: units }, (_, unit) => ({ unit, level: 3 * draw() })).flatMap(({ unit, level }) =>
    shocks.map((shock, period) => {
      const [group, post] = [unit % 2, Number(period >= periods / 2)];
      return { unit, period, group, post, y: level + shock + group * post + draw() };
    }),
  );
  return {
    outcomes: rows.map((r) => r.y),
    group: rows.map((r) => r.group),
    post: rows.map((r) => r.post),
    units: rows.map((r) => r.unit),
    periods: rows.map((r) => r.period),
  };
}

describe("difference in differences", () => {
  it("is the difference of two changes, by hand", () => {
    const effect = differenceInDifferences({
      outcomes: [1, 2, 1, 5, 3, 4, 3, 7],
      treated: [0, 0, 1, 1, 0, 0, 1, 1],
      post: [0, 1, 0, 1, 0, 1, 0, 1],
      units: [0, 0, 1, 1, 2, 2, 3, 3],
    });
    expect(effect).toMatchObject({ estimate: expect.closeTo(3, 12), clusters: 4 });
  });

  it("equals two-way fixed effects in a balanced panel of two groups", () => {
    const data = panel(12, 6, 3);
    const two = accepted(differenceInDifferences({ ...data, treated: data.group }));
    const fixed = accepted(twoWayFixedEffects({ ...data, treated: data.group.map((g, i) => g * (data.post[i] ?? 0)) }));
    expect(fixed.estimate).toBeCloseTo(two.estimate, 10);
  });

  it("covers the truth in 95 % of 200 simulated panels of 60 units, within four standard errors", () => {
    let covered = 0;
    for (let run = 0; run < 200; run++) {
      const data = panel(60, 4, 100 + run);
      const effect = accepted(differenceInDifferences({ ...data, treated: data.group }));
      // Student's 97.5 % quantile with 59 degrees of freedom.
      if (Math.abs(effect.estimate - 1) <= 2.001 * (effect.standardError ?? 0)) covered++;
    }
    expect(Math.abs(covered / 200 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 200));
  });

  it("refuses a group seen on one side only, and what is not a panel", () => {
    const outcomes = [1, 2, 3, 4, 5, 6];
    const units = [0, 1, 2, 3, 4, 5];
    const post = [0, 0, 0, 1, 1, 1];
    expect(differenceInDifferences({ outcomes, units, post, treated: post })).toMatchObject({ reason: "collinear" });
    expect(differenceInDifferences({ outcomes, units, post, treated: [0] })).toMatchObject({ reason: "invalid-input" });
    expect(twoWayFixedEffects({ outcomes: [], treated: [], units: [], periods: [] })).toMatchObject({
      reason: "too-few",
    });
  });
});

describe("effectTrend", () => {
  it("is the slope by hand: 0.3, 0.2, 0.1 fades by 0.1 a day", () => {
    const daily = { days: [0, 1, 2], effects: [0.3, 0.2, 0.1], variances: [1, 1, 1] };
    expect(effectTrend(daily)).toMatchObject({
      slope: expect.closeTo(-0.1, 12),
      intercept: expect.closeTo(0.3, 12),
      slopeStandardError: expect.closeTo(Math.SQRT1_2, 12),
    });
    expect(effectTrend({ days: [1], effects: [1], variances: [1] })).toMatchObject({ reason: "too-few" });
    expect(effectTrend({ ...daily, variances: [1, 0, 1] })).toMatchObject({ reason: "invalid-input" });
  });
});

describe("syntheticControl", () => {
  it("finds the mix by hand", () => {
    const { weights, fitError } = accepted(
      syntheticControl(
        [1, 2, 3],
        [
          [0, 4, 9],
          [4, 0, -9],
          [4, 0, 5],
        ].map(([a = 0, b = 0, c = 0]) => [a, b, c]),
      ),
    );
    expect(weights.reduce((t, w) => t + w, 0)).toBeCloseTo(1, 12);
    expect(fitError).toBeGreaterThan(0);
    const exact = accepted(
      syntheticControl(
        [1, 3],
        [
          [0, 4],
          [4, 0],
        ],
      ),
    );
    expect(exact.weights.map((w) => Math.round(1e9 * w) / 1e9)).toEqual([0.75, 0.25]);
  });

  it("beats every single donor and any other mix, and does not mind a common shift", () => {
    const outcome = fc.integer({ min: -5, max: 5 });
    const data = fc.array(fc.tuple(outcome, outcome, outcome, outcome), { minLength: 3, maxLength: 8 });
    fc.assert(
      fc.property(data, (rows) => {
        const treated = rows.map(([y]) => y);
        const donors = rows.map(([, ...rest]) => rest);
        const best = accepted(syntheticControl(treated, donors));
        for (const mix of [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
          [1 / 3, 1 / 3, 1 / 3],
          [0.5, 0.5, 0],
        ]) {
          const squares = treated.map(
            (y, i) => (y - (donors[i] ?? []).reduce((t, d, k) => t + d * (mix[k] ?? 0), 0)) ** 2,
          );
          const error = Math.sqrt(squares.reduce((t, s) => t + s, 0) / rows.length);
          expect(best.fitError).toBeLessThanOrEqual(error + 1e-7);
        }
      }),
      { numRuns: 50 },
    );
    expect(syntheticControl([], [])).toMatchObject({ reason: "too-few" });
    expect(syntheticControl([1], [[NaN]])).toMatchObject({ reason: "invalid-input" });
  });
});
