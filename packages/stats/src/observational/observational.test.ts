import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adaptivelyWeightedAipw } from "../bandits/adaptively-weighted-aipw.ts";
import { aipw } from "./aipw.ts";
import { crossFittedAipw } from "./cross-fitted-aipw.ts";
import { additiveFloor, clippedFloor } from "../bandits/exploration-floor.ts";
import { accepted } from "../golden/adapter.ts";
import { inversePropensityEffect } from "../off-policy/inverse-propensity.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** n units whose treatment and outcome both rise with a covariate; the effect is 1 for all. Propensities as `strength` has it. */
function confounded(n: number, { seed, strength }: { readonly seed: number; readonly strength: number }) {
  const rng = mersenneRng(seed);
  const draw = normalDraw(rng, { mean: 0, standardDeviation: 1 });
  const rows = Array.from({ length: n }, () => [draw()]);
  const propensities = rows.map(([x = 0]) => logistic(strength * x));
  const treated = propensities.map((e) => Number(rng.next() < e));
  const outcomes = rows.map(([x = 0], i) => 2 * x + (treated[i] ?? 0) + draw());
  return { rows, propensities, treated, outcomes };
}

describe("aipw", () => {
  it("is by hand: prediction plus weighted residual", () => {
    // Scores if treated 1 + (3 − 1)/0.5 = 5 and 1; if not 0 and 0 + (1 − 0)/0.5 = 2: effects 5 and −1.
    const effect = aipw({
      outcomes: [3, 1],
      treated: [1, 0],
      propensities: [0.5, 0.5],
      ifTreated: [1, 1],
      ifControl: [0, 0],
    });
    expect(effect).toMatchObject({ estimate: 2, meanTreated: 3, meanControl: 1, standardError: expect.closeTo(3, 12) });
  });

  it("is right if either the propensities or the outcome models are, and covers the truth", () => {
    for (const wrong of ["propensities", "models"] as const) {
      let covered = 0;
      for (let run = 0; run < 300; run++) {
        const data = confounded(400, { seed: 100 + run, strength: 0.7 });
        const predict = (arm: number): number[] => data.rows.map(([x = 0]) => (wrong === "models" ? 0.5 : 2 * x + arm));
        const effect = accepted(
          aipw({
            ...data,
            propensities: wrong === "propensities" ? data.propensities.map(() => 0.5) : data.propensities,
            ifTreated: predict(1),
            ifControl: predict(0),
          }),
        );
        if (Math.abs(effect.estimate - 1) <= 1.96 * effect.standardError) covered++;
      }
      expect(Math.abs(covered / 300 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 300));
    }
  });

  it("learns its own models by cross-fitting, where the plain difference is far off", () => {
    const data = confounded(1500, { seed: 6, strength: 0.7 });
    const effect = accepted(crossFittedAipw(data, { rng: mersenneRng(1) }));
    expect(Math.abs(effect.estimate - 1)).toBeLessThan(4 * effect.standardError);
    const mean = (arm: number): number => {
      const ys = data.outcomes.filter((_, i) => data.treated[i] === arm);
      return ys.reduce((t, y) => t + y, 0) / ys.length;
    };
    expect(mean(1) - mean(0) - 1).toBeGreaterThan(10 * effect.standardError);
  });

  it("refuses thin overlap, and what overlap weights then can still tell", () => {
    const data = confounded(2000, { seed: 8, strength: 4 });
    const models = { ifTreated: data.outcomes, ifControl: data.outcomes };
    expect(aipw({ ...data, ...models })).toMatchObject({ reason: "thin-overlap" });
    expect(crossFittedAipw(data, { rng: mersenneRng(1) })).toMatchObject({ reason: "thin-overlap" });
    expect(inversePropensityEffect(data.outcomes, data)).toMatchObject({ reason: "thin-overlap" });
    const overlap = accepted(inversePropensityEffect(data.outcomes, data, { weighting: "overlap" }));
    expect(Math.abs(overlap.estimate - 1)).toBeLessThan(4 * overlap.standardError);
  });

  it("refuses one arm, no units, and what is not a number", () => {
    const one = { outcomes: [1, 2], propensities: [0.5, 0.5], ifTreated: [0, 0], ifControl: [0, 0] };
    expect(aipw({ ...one, treated: [1, 1] })).toMatchObject({ reason: "one-arm" });
    expect(aipw({ ...one, treated: [0, 0.5] })).toMatchObject({ reason: "invalid-input" });
    expect(aipw({ ...one, treated: [0, 1], outcomes: [NaN, 1] })).toMatchObject({ reason: "invalid-input" });
    expect(aipw({ ...one, treated: [0, 1], ifTreated: [0] })).toMatchObject({ reason: "invalid-input" });
    expect(aipw({ ...one, treated: [0, 1], propensities: [0, 0.5] })).toMatchObject({ reason: "thin-overlap" });
    expect(inversePropensityEffect([], { treated: [], propensities: [] })).toMatchObject({ reason: "too-few" });
  });
});

describe("inversePropensityEffect", () => {
  it("is the difference of means, in every form, where all propensities are alike", () => {
    const data = { treated: [1, 0, 1, 0], propensities: [0.5, 0.5, 0.5, 0.5] };
    for (const weighting of ["horvitz-thompson", "hajek", "overlap"] as const)
      expect(inversePropensityEffect([4, 1, 6, 2], data, { weighting })).toMatchObject({ estimate: 3.5 });
  });

  it("shifts nothing when outcomes shift (but for Horvitz-Thompson, whose weights need not sum to n)", () => {
    const data = confounded(200, { seed: 3, strength: 0.5 });
    for (const weighting of ["hajek", "overlap"] as const) {
      const plain = accepted(inversePropensityEffect(data.outcomes, data, { weighting, limits: "accept" }));
      const moved = data.outcomes.map((y) => 10 * y + 7);
      const scaled = accepted(inversePropensityEffect(moved, data, { weighting, limits: "accept" }));
      expect(scaled.estimate).toBeCloseTo(10 * plain.estimate, 9);
      expect(scaled.standardError).toBeCloseTo(10 * plain.standardError, 9);
    }
  });
});

describe("adaptivelyWeightedAipw", () => {
  it("covers the losing arm of a greedy bandit, whose plain mean is biased down", () => {
    let [covered, bias, plainBias] = [0, 0, 0];
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const rng = mersenneRng(5000 + run);
      const draw = normalDraw(rng, { mean: 0, standardDeviation: 1 });
      const [sum, n] = [
        [0, 0],
        [0, 0],
      ];
      const [arms, rewards]: [number[], number[]] = [[], []];
      const [propensities, predictions]: [number[][], number[][]] = [[], []];
      const log = { arms, rewards, propensities, predictions };
      for (let t = 1; t <= 400; t++) {
        // Two equal arms of mean 0; after ten rounds the better-looking one is favoured, with a floor of t^−0.5/2.
        const means = [0, 1].map((a) => ((n[a] ?? 0) > 0 ? (sum[a] ?? 0) / (n[a] ?? 1) : 0));
        const floor = t <= 10 ? 0.5 : 0.5 * t ** -0.5;
        const first = (means[0] ?? 0) >= (means[1] ?? 0) ? 1 - floor : floor;
        const arm = rng.next() < first ? 0 : 1;
        const reward = draw();
        log.arms.push(arm);
        log.rewards.push(reward);
        log.propensities.push([first, 1 - first]);
        log.predictions.push(means);
        sum[arm] = (sum[arm] ?? 0) + reward;
        n[arm] = (n[arm] ?? 0) + 1;
      }
      const value = accepted(adaptivelyWeightedAipw(log, { decay: 0.5 })).arms[0] ?? {
        estimate: NaN,
        standardError: NaN,
      };
      if (Math.abs(value.estimate) <= 1.96 * value.standardError) covered++;
      bias += value.estimate / runs;
      plainBias += (sum[0] ?? 0) / Math.max(1, n[0] ?? 0) / runs;
    }
    // Asymptotic: a shade under 95 % with 400 rounds, so 2 % are allowed on top of four standard errors.
    expect(covered / runs).toBeGreaterThan(0.93 - 4 * Math.sqrt((0.95 * 0.05) / runs));
    expect(Math.abs(bias)).toBeLessThan(Math.abs(plainBias));
    expect(plainBias).toBeLessThan(-0.02);
  });

  it("with even probabilities and uniform weights is a mean of doubly robust scores", () => {
    const log = {
      arms: [0, 1, 0, 1],
      rewards: [2, 1, 4, 3],
      propensities: [0, 1, 2, 3].map(() => [0.5, 0.5]),
      predictions: [0, 1, 2, 3].map(() => [0, 0]),
    };
    expect(accepted(adaptivelyWeightedAipw(log, { decay: "uniform" })).arms.map((a) => a.estimate)).toEqual([3, 2]);
    expect(adaptivelyWeightedAipw({ ...log, arms: [0, 1, 0, 2] }, { decay: 0.5 })).toMatchObject({
      reason: "invalid-input",
    });
    expect(adaptivelyWeightedAipw(log, { decay: 1 })).toMatchObject({ reason: "invalid-input" });
    expect(
      adaptivelyWeightedAipw({ arms: [], rewards: [], propensities: [], predictions: [] }, { decay: 0.5 }),
    ).toMatchObject({ reason: "too-few" });
    expect(adaptivelyWeightedAipw({ ...log, rewards: [0, 0, 0, 0] }, { decay: 0.5 })).toMatchObject({
      reason: "zero-variance",
    });
  });
});

describe("floors", () => {
  it("hold, sum to 1 and leave probabilities above them in order", () => {
    const weights = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 0.5, noNaN: true }), (ws, floor) => {
        for (const map of [additiveFloor, clippedFloor]) {
          const { probabilities } = accepted(map(ws, floor));
          expect(probabilities.reduce((t, p) => t + p, 0)).toBeCloseTo(1, 9);
          expect(Math.min(...probabilities)).toBeGreaterThanOrEqual(Math.min(floor, 1 / ws.length) - 1e-9);
          ws.forEach((w, i) => {
            const next = (i + 1) % ws.length;
            const same = (w - (ws[next] ?? 0)) * ((probabilities[i] ?? 0) - (probabilities[next] ?? 0));
            expect(same).toBeGreaterThanOrEqual(-1e-9);
          });
        }
      }),
    );
    expect(clippedFloor([0, 0], 0.1)).toMatchObject({ reason: "invalid-input" });
  });
});
