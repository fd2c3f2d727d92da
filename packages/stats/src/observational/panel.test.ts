import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differenceInDifferences, twoWayFixedEffects } from "./difference-in-differences.ts";
import { linearRegression } from "../cohorts/linear-regression.ts";
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

  it.each([11, 12, 13, 14, 15, 16])(
    "equals the regression with a dummy for every unit and period, rows missing or doubled (%i)",
    (seed) => {
      const full = panel(9, seed % 2 === 0 ? 6 : 14, seed);
      const draw = normalDraw(mersenneRng(seed + 100), { mean: 0, standardDeviation: 1 });
      // Three rows in four are there once, a quarter of the rest twice; the first three periods are complete.
      const rows = full.periods.flatMap((period, i) =>
        period < 3 || draw() > -0.5 ? (draw() > 1 ? [i, i] : [i]) : [],
      );
      const [units, periods] = [full.units, full.periods].map((xs) => rows.map((i) => xs[i] ?? NaN));
      const outcomes = rows.map((i) => (full.outcomes[i] ?? NaN) + draw());
      const treated = rows.map(() => Number(draw() > 0.3));
      const fixed = accepted(twoWayFixedEffects({ outcomes, treated, units: units ?? [], periods: periods ?? [] }));
      const dummies = [units, periods].map((xs = []) =>
        [...new Set(xs)].slice(1).map((label) => xs.map((x) => x === label)),
      );
      const design = treated.map((d, i) => [1, d, ...dummies.flat().map((column) => Number(column[i]))]);
      const regression = accepted(linearRegression(design, outcomes));
      expect(fixed.fit.degreesOfFreedom).toBe(regression.degreesOfFreedom);
      expect(fixed.estimate).toBeCloseTo(regression.coefficients[1] ?? NaN, 10);
      expect(fixed.standardError).toBeCloseTo(regression.clusteredErrors(units ?? [])[1] ?? NaN, 10);
      for (const kind of ["classical", "HC0", "HC1", "HC2", "HC3"] as const)
        expect(fixed.fit.standardErrors(kind)[0]).toBeCloseTo(regression.standardErrors(kind)[1] ?? NaN, 10);
      expect(fixed.fit.neweyWestErrors(2)[0]).toBeCloseTo(regression.neweyWestErrors(2)[1] ?? NaN, 10);
    },
  );

  it("counts what it takes out: 1,000 units over four periods leave 4,000 − 1,004 degrees of freedom", () => {
    const data = panel(1000, 4, 5);
    const effect = accepted(
      twoWayFixedEffects({ ...data, treated: data.group.map((g, i) => g * (data.post[i] ?? 0)) }),
    );
    expect(effect.fit.degreesOfFreedom).toBe(2996);
    expect(Math.abs(effect.estimate - 1)).toBeLessThan(4 * (effect.standardError ?? 0));
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

  it("refuses two-way effects that units and periods explain themselves, or that no comparison joins", () => {
    const data = panel(7, 3, 9);
    expect(twoWayFixedEffects({ ...data, treated: data.group })).toMatchObject({ reason: "collinear" });
    expect(twoWayFixedEffects({ ...data, treated: data.post })).toMatchObject({ reason: "collinear" });
    expect(twoWayFixedEffects({ ...data, treated: data.units.map(() => 0) })).toMatchObject({ reason: "collinear" });
    const apart = data.periods.map((period, i) => (data.group[i] === 1 ? 10 + period : period));
    const treated = data.units.map((unit, i) => Number((data.periods[i] ?? 0) >= unit % 3));
    expect(twoWayFixedEffects({ ...data, treated })).toMatchObject({ kind: "estimate" });
    expect(twoWayFixedEffects({ ...data, treated, periods: apart })).toMatchObject({ reason: "collinear" });
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
