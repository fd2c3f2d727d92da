import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { isotonicRegression, isotonicValue } from "./isotonic-regression.ts";
import { logisticElasticNet } from "./logistic-elastic-net.ts";
import { logisticProbability, logisticRegression } from "./logistic-regression.ts";
import { plattProbability, plattScaling } from "./platt-scaling.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { calibrationLine, forecastScores } from "./scoring-rules.ts";
import { reliability } from "./reliability.ts";

const TRUTH = [0.8, -0.5];

/** n leads whose log-odds are −1 + 0.8·x₁ − 0.5·x₂. */
function leads(n: number, seed: number): { readonly rows: number[][]; readonly outcomes: number[] } {
  const rng = mersenneRng(seed);
  const draw = normalDraw(rng, { mean: 0, standardDeviation: 1 });
  const rows = Array.from({ length: n }, () => [draw(), draw()]);
  const outcomes = rows.map((row) =>
    Number(rng.next() < logisticProbability({ intercept: -1, coefficients: TRUTH }, row)),
  );
  return { rows, outcomes };
}

describe("logisticRegression", () => {
  it("is the log-odds of the two rates by hand for one binary column", () => {
    // 1 of 4 without the mark, 3 of 4 with it: intercept ln(1/3), slope ln 3 − ln(1/3) = 2 ln 3.
    const fit = accepted(
      logisticRegression(
        { rows: [[0], [0], [0], [0], [1], [1], [1], [1]], outcomes: [1, 0, 0, 0, 1, 1, 1, 0] },
        { penalty: 0 },
      ),
    );
    expect(fit.intercept).toBeCloseTo(-Math.log(3), 12);
    expect(fit.coefficients[0]).toBeCloseTo(2 * Math.log(3), 12);
    // Variance of a log odds ratio: 1/1 + 1/3 + 1/3 + 1/1.
    expect(fit.covariance[1]?.[1]).toBeCloseTo(8 / 3, 10);
  });

  it("finds the coefficients it was simulated from, within four of its own standard errors", () => {
    const fit = accepted(logisticRegression(leads(5000, 7), { penalty: 0 }));
    [-1, ...TRUTH].forEach((truth, k) => {
      const got = [fit.intercept, ...fit.coefficients][k] ?? NaN;
      expect(Math.abs(got - truth)).toBeLessThan(4 * Math.sqrt(fit.covariance[k]?.[k] ?? 0));
    });
  });

  it("takes a weight of 2 for two equal units, and does not care for their order", () => {
    const { rows, outcomes } = leads(60, 3);
    const twice = accepted(
      logisticRegression(
        { rows: [...rows, ...rows].toReversed(), outcomes: [...outcomes, ...outcomes].toReversed() },
        { penalty: 2 },
      ),
    );
    const weighted = accepted(logisticRegression({ rows, outcomes, weights: rows.map(() => 2) }, { penalty: 2 }));
    twice.coefficients.forEach((b, k) => expect(weighted.coefficients[k]).toBeCloseTo(b, 9));
  });

  it("solves its score equations to rounding on 12,000 packed units, however it found its start", () => {
    const { rows, outcomes } = leads(12_000, 31);
    const packed = { values: Float64Array.from(rows.flat()), columns: 2 };
    const weights = outcomes.map((_, i) => 1 + (i % 3));
    for (const penalty of [0, 5]) {
      const fit = accepted(logisticRegression({ rows: packed, outcomes, weights }, { penalty }));
      const score = [0, -penalty * (fit.coefficients[0] ?? NaN), -penalty * (fit.coefficients[1] ?? NaN)];
      rows.forEach((row, i) => {
        const residual = (weights[i] ?? NaN) * ((outcomes[i] ?? NaN) - logisticProbability(fit, row));
        [1, ...row].forEach((x, k) => (score[k] = (score[k] ?? NaN) + residual * x));
      });
      for (const slope of score) expect(Math.abs(slope)).toBeLessThan(1e-8);
      const few = accepted(logisticRegression({ rows, outcomes, weights }, { penalty, start: fit }));
      fit.covariance.flat().forEach((v, k) => expect(few.covariance.flat()[k]).toBeCloseTo(v, 12));
    }
  });

  it("shrinks with the penalty and starts warm where it ended", () => {
    const data = leads(200, 5);
    const sizes = [0, 1, 10, 100].map((penalty) => {
      const fit = accepted(logisticRegression(data, { penalty }));
      const again = accepted(logisticRegression(data, { penalty, start: fit }));
      expect(again.iterations).toBeLessThan(fit.iterations);
      return Math.hypot(...fit.coefficients);
    });
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  it("keeps an offset out of the coefficients", () => {
    const { rows, outcomes } = leads(300, 9);
    const plain = accepted(logisticRegression({ rows, outcomes }, { penalty: 0 }));
    const shifted = accepted(logisticRegression({ rows, outcomes, offsets: rows.map(() => 2) }, { penalty: 0 }));
    expect(shifted.intercept).toBeCloseTo(plain.intercept - 2, 8);
    expect(shifted.coefficients[0]).toBeCloseTo(plain.coefficients[0] ?? NaN, 8);
  });

  it("refuses what has no finite and unique answer", () => {
    const reason = (rows: number[][], outcomes: number[], penalty = 0): string => {
      const fit = logisticRegression({ rows, outcomes }, { penalty });
      return fit.kind === "refused" ? fit.reason : fit.kind;
    };
    expect(reason([[1], [2], [3], [4]], [0, 0, 1, 1])).toBe("separated");
    expect(reason([[1], [2], [3], [4]], [0, 0, 1, 1], 1)).toBe("estimate");
    expect(
      reason(
        [
          [1, 2],
          [2, 4],
          [3, 6],
          [4, 8],
        ],
        [0, 1, 0, 1],
      ),
    ).toBe("collinear");
    expect(reason([[1], [2]], [1, 1])).toBe("one-class");
    expect(reason([], [])).toBe("too-few");
    expect(reason([[NaN], [1]], [0, 1])).toBe("invalid-input");
    expect(reason([[1], [1]], [0, 2])).toBe("invalid-input");
    expect(reason([[1], [1]], [0, 1], -1)).toBe("invalid-input");
  });
});

describe("logisticElasticNet", () => {
  it("is the ridge of logisticRegression with a mix of 0: λ·n there is λ here", () => {
    const data = leads(150, 11);
    const net = accepted(logisticElasticNet(data, { lambda: 0.1, mix: 0 }));
    const ridge = accepted(logisticRegression(data, { penalty: 15 }));
    net.coefficients.forEach((b, k) => expect(b).toBeCloseTo(ridge.coefficients[k] ?? NaN, 8));
  });

  it("meets the lasso's optimality conditions: |slope| = λ where a coefficient lives, ≤ λ where it rests", () => {
    const { rows, outcomes } = leads(150, 12);
    for (const lambda of [0.02, 0.1, 1]) {
      const fit = accepted(logisticElasticNet({ rows, outcomes }, { lambda, mix: 1 }));
      fit.coefficients.forEach((b, k) => {
        const slope =
          rows.reduce((t, row, i) => t + ((outcomes[i] ?? 0) - logisticProbability(fit, row)) * (row[k] ?? 0), 0) /
          rows.length;
        expect(Math.abs(slope)).toBeLessThanOrEqual(lambda + 1e-8);
        expect(Math.sign(b) * (slope - lambda * Math.sign(b))).toBeCloseTo(0, 8);
      });
    }
  });
});

const scored = fc.array(fc.record({ score: fc.integer({ min: 0, max: 9 }), outcome: fc.integer({ min: 0, max: 1 }) }), {
  minLength: 1,
  maxLength: 30,
});

describe("calibration", () => {
  it("pools adjacent violators by hand", () => {
    const fit = accepted(isotonicRegression([1, 2, 3, 4], [0, 1, 0, 1]));
    expect(fit.y).toEqual([0, 0.5, 0.5, 1]);
    expect([0, 1.5, 9].map((x) => isotonicValue(fit, x))).toEqual([0, 0.25, 1]);
  });

  it("never falls, keeps the total, and refitting its own fit changes nothing", () => {
    fc.assert(
      fc.property(scored, (units) => {
        const scores = units.map((u) => u.score);
        const fit = accepted(
          isotonicRegression(
            scores,
            units.map((u) => u.outcome),
          ),
        );
        const fitted = scores.map((s) => isotonicValue(fit, s));
        expect(fit.y).toEqual(fit.y.toSorted((a, b) => a - b));
        expect(fitted.reduce((t, p) => t + p, 0)).toBeCloseTo(
          units.reduce((t, u) => t + u.outcome, 0),
          9,
        );
        accepted(isotonicRegression(scores, fitted)).y.forEach((y, k) => expect(y).toBeCloseTo(fit.y[k] ?? NaN, 12));
      }),
    );
  });

  it("gives Platt's smoothed rates for two scores, even if they separate the outcomes", () => {
    // Targets are (n + 1)/(n + 2) = 3/4 and 1/(n + 2) = 1/4; two points fit a line of log-odds exactly.
    const fit = accepted(plattScaling([0, 0, 1, 1], [0, 0, 1, 1]));
    expect(plattProbability(fit, 0)).toBeCloseTo(1 / 4, 12);
    expect(plattProbability(fit, 1)).toBeCloseTo(3 / 4, 12);
    expect(plattScaling([1, 1], [0, 1])).toMatchObject({ reason: "collinear" });
    expect(plattScaling([1, 2], [1, 1])).toMatchObject({ reason: "one-class" });
  });

  it("knows calibrated forecasts from over-confident ones", () => {
    const { rows, outcomes } = leads(4000, 21);
    const logOdds = rows.map((row) => -1 + 0.8 * (row[0] ?? 0) - 0.5 * (row[1] ?? 0));
    const forecast = (stretch: number): number[] => logOdds.map((x) => 1 / (1 + Math.exp(-stretch * x)));
    const honest = accepted(calibrationLine(forecast(1), outcomes));
    // The slope's standard error is about 0.05 at 4,000 leads; four of them.
    expect(Math.abs(honest.slope - 1)).toBeLessThan(0.2);
    expect(Math.abs(honest.slope - 1)).toBeLessThan(4 * honest.slopeStandardError);
    expect(Math.abs(honest.inTheLarge)).toBeLessThan(4 * honest.inTheLargeStandardError);
    expect(calibrationLine([0, 0.5], [0, 1])).toMatchObject({ reason: "invalid-input" });
    expect(accepted(calibrationLine(forecast(3), outcomes)).slope).toBeCloseTo(honest.slope / 3, 8);
    const error = (stretch: number): number =>
      accepted(reliability(forecast(stretch), outcomes, { bins: 15, by: "equal-mass" })).expectedError;
    expect(error(3)).toBeGreaterThan(2 * error(1));
  });

  it("scores by hand, and lets a wrong certainty cost everything", () => {
    expect(forecastScores([0.5, 1], [1, 1])).toEqual({ kind: "estimate", brier: 0.125, logLoss: Math.LN2 / 2 });
    expect(forecastScores([1], [0])).toMatchObject({ logLoss: Infinity });
    expect(forecastScores([], [])).toMatchObject({ reason: "too-few" });
    expect(forecastScores([2], [1])).toMatchObject({ reason: "invalid-input" });
    expect(reliability([0.5], [0.5], { bins: 2, by: "equal-width" })).toMatchObject({ reason: "invalid-input" });
  });
});
