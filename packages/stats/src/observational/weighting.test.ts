import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { inversePropensityEffect } from "../off-policy/inverse-propensity.ts";
import { aipw } from "./aipw.ts";
import { balancingWeights } from "./balancing-weights.ts";
import { covariateBalance } from "./covariate-balance.ts";
import { crossFittedContrast } from "./cross-fitted-contrast.ts";
import { crossFittedAipw } from "./cross-fitted-aipw.ts";
import { trimByPropensity } from "./propensity-trimming.ts";
import { weightedContrast } from "./weighted-contrast.ts";

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Treatment and outcome rise with x; the effect is 1 + x, so the treated gain more than the others: ATT ≠ ATE ≠ ATO. */
function market(n: number, { seed, strength }: { readonly seed: number; readonly strength: number }) {
  const rng = mersenneRng(seed);
  const draw = normalDraw(rng, { mean: 0, standardDeviation: 1 });
  const rows = Array.from({ length: n }, () => [draw()]);
  const propensities = rows.map(([x = 0]) => logistic(strength * x - 0.5));
  const treated = propensities.map((e) => Number(rng.next() < e));
  const outcomes = rows.map(([x = 0], i) => 2 * x + (treated[i] ?? 0) * (1 + x) + draw());
  return { rows, propensities, treated, outcomes };
}

/** Mean effect of a population: E[h(e)(1 + x)]/E[h(e)] by a fine grid over the normal distribution of x. */
function truth(strength: number, tilt: (e: number) => number): number {
  let [sum, total] = [0, 0];
  for (let x = -8; x <= 8; x += 0.001) {
    const h = Math.exp((-x * x) / 2) * tilt(logistic(strength * x - 0.5));
    sum += h * (1 + x);
    total += h;
  }
  return sum / total;
}

describe("weightedContrast", () => {
  it.each([
    ["treated", truth(0.8, (e) => e)],
    ["overlap", truth(0.8, (e) => e * (1 - e))],
  ] as const)("covers the effect in the population of the %s in 95 %% of 300 markets", (population, effect) => {
    const covered = { weighting: 0, wrongModels: 0, wrongPropensities: 0 };
    for (let run = 0; run < 300; run++) {
      const data = market(500, { seed: 40 + run, strength: 0.8 });
      const right = { ifTreated: data.rows.map(([x = 0]) => 1 + 3 * x), ifControl: data.rows.map(([x = 0]) => 2 * x) };
      const wrong = { ifTreated: data.rows.map(() => 1), ifControl: data.rows.map(() => 0) };
      const holds = (input: Parameters<typeof weightedContrast>[0]): number => {
        const found = accepted(weightedContrast(input, { population }));
        return Number(Math.abs(found.estimate - effect) <= 1.96 * found.standardError);
      };
      covered.weighting += holds(data);
      covered.wrongModels += holds({ ...data, models: wrong });
      // The propensity defines who is in the overlap, so there it cannot be wrong; the treated are known without it.
      const propensities = population === "treated" ? data.rows.map(() => 0.4) : data.propensities;
      covered.wrongPropensities += holds({ ...data, propensities, models: right });
    }
    // Four standard errors of a share of 300; weighting may be conservative but must not cover less.
    const slack = 4 * Math.sqrt((0.95 * 0.05) / 300);
    expect(covered.weighting / 300).toBeGreaterThan(0.95 - slack);
    expect(covered.wrongModels / 300).toBeGreaterThan(0.95 - slack);
    expect(covered.wrongPropensities / 300).toBeGreaterThan(0.95 - slack);
  });

  it("is the overlap weighting of inversePropensityEffect, and aipw's effect where all propensities are alike", () => {
    const data = market(60, { seed: 1, strength: 0.5 });
    const models = { ifTreated: data.rows.map(([x = 0]) => x), ifControl: data.rows.map(([x = 0]) => x / 2) };
    const plain = accepted(weightedContrast(data, { population: "overlap", limits: "accept" }));
    const known = accepted(inversePropensityEffect(data.outcomes, data, { weighting: "overlap" }));
    expect(plain.estimate).toBeCloseTo(known.estimate, 12);
    expect(plain.standardError).toBeCloseTo(known.standardError, 12);
    const share = data.treated.reduce((t, w) => t + w, 0) / data.treated.length;
    const flat = { ...data, propensities: data.treated.map(() => share) };
    const augmented = accepted(weightedContrast({ ...flat, models }, { population: "overlap", limits: "accept" }));
    expect(augmented.estimate).toBeCloseTo(accepted(aipw({ ...flat, ...models })).estimate, 10);
  });

  it("shifts, scales and permutes as an effect must", () => {
    const data = market(50, { seed: 2, strength: 0.5 });
    const models = { ifTreated: data.outcomes.map((y) => y / 2), ifControl: data.outcomes.map((y) => y / 3) };
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: 0.1, max: 9, noNaN: true }),
        (a, b) => {
          const move = (ys: readonly number[]): number[] => ys.map((y) => a + b * y).toReversed();
          const moved = {
            treated: data.treated.toReversed(),
            propensities: data.propensities.toReversed(),
            outcomes: move(data.outcomes),
            models: { ifTreated: move(models.ifTreated), ifControl: move(models.ifControl) },
          };
          for (const population of ["treated", "overlap"] as const) {
            const before = accepted(weightedContrast({ ...data, models }, { population, limits: "accept" }));
            const after = accepted(weightedContrast(moved, { population, limits: "accept" }));
            expect(after.estimate).toBeCloseTo(b * before.estimate, 7);
            expect(after.standardError).toBeCloseTo(b * before.standardError, 7);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("refuses where the weight rests on a few units", () => {
    const data = market(400, { seed: 3, strength: 4 });
    expect(weightedContrast(data, { population: "treated" })).toMatchObject({ reason: "thin-overlap" });
    const lopsided = {
      outcomes: data.outcomes,
      treated: data.treated,
      propensities: data.treated.map((w, i) => (w === 0 && data.treated.indexOf(0) === i ? 0.9999 : 0.3)),
    };
    expect(
      weightedContrast(lopsided, { population: "treated", limits: { effectiveMin: 1, largestShareMax: 0.2 } }),
    ).toMatchObject({ reason: "thin-overlap", message: expect.stringContaining("one unit") });
    expect(weightedContrast({ ...data, propensities: [1] }, { population: "treated" })).toMatchObject({
      reason: "invalid-input",
    });
    const one = { outcomes: [1, 2], treated: [1, 1], propensities: [0.5, 0.5] };
    expect(weightedContrast(one, { population: "overlap" })).toMatchObject({ reason: "one-arm" });
  });
});

describe("cross-fitting", () => {
  it("finds the effect on the treated, in the overlap and on all, which differ", () => {
    const data = market(3000, { seed: 9, strength: 0.8 });
    const att = accepted(crossFittedContrast(data, { rng: mersenneRng(1), population: "treated" }));
    const ato = accepted(crossFittedContrast(data, { rng: mersenneRng(1), population: "overlap" }));
    const ate = accepted(crossFittedAipw(data, { rng: mersenneRng(1) }));
    // Four standard errors each.
    expect(Math.abs(att.estimate - truth(0.8, (e) => e))).toBeLessThan(4 * att.standardError);
    expect(Math.abs(ato.estimate - truth(0.8, (e) => e * (1 - e)))).toBeLessThan(4 * ato.standardError);
    expect(Math.abs(ate.estimate - 1)).toBeLessThan(4 * ate.standardError);
    expect(att.estimate - ate.estimate).toBeGreaterThan(4 * ate.standardError);
  });

  it("does not mind the units of a covariate, nor one that is constant", () => {
    const data = market(200, { seed: 4, strength: 0.5 });
    const scaled = { ...data, rows: data.rows.map(([x = 0]) => [1e6 * x + 5, 3]) };
    const plain = accepted(
      crossFittedAipw({ ...data, rows: data.rows.map((r) => [...r, 0]) }, { rng: mersenneRng(2) }),
    );
    expect(accepted(crossFittedAipw(scaled, { rng: mersenneRng(2) })).estimate).toBeCloseTo(plain.estimate, 6);
  });

  it("refuses arms smaller than the folds", () => {
    const data = { rows: [[1], [2], [3], [4], [5], [6]], treated: [1, 1, 0, 0, 0, 0], outcomes: [1, 2, 3, 4, 5, 6] };
    expect(crossFittedAipw(data, { rng: mersenneRng(1) })).toMatchObject({ reason: "too-few" });
    expect(crossFittedAipw({ ...data, rows: [[NaN]] }, { rng: mersenneRng(1) })).toMatchObject({
      reason: "invalid-input",
    });
  });
});

describe("balance", () => {
  it("is restored by the right weights, in every population", () => {
    const data = market(2000, { seed: 5, strength: 0.8 });
    const before = accepted(covariateBalance(data.rows, data.treated));
    expect(before.largestBefore).toBeGreaterThan(0.5);
    for (const population of ["all", "treated", "overlap"] as const) {
      const { weights } = accepted(balancingWeights(data, population));
      // The bar of 0.1 that practice uses; the noise of a standardised difference is √(4/2000) = 0.045 before weighting.
      expect(accepted(covariateBalance(data.rows, data.treated, weights)).largestAfter).toBeLessThan(0.1);
    }
  });

  it("refuses a covariate that tells the groups apart without any spread", () => {
    const treated = [1, 1, 0, 0];
    expect(covariateBalance([[1], [1], [0], [0]], treated)).toMatchObject({ reason: "zero-variance" });
    expect(covariateBalance([[1], [1], [1], [1]], treated)).toMatchObject({ largestBefore: 0, largestAfter: 0 });
    expect(covariateBalance([[1], [2], [3]], [1, 1, 0])).toMatchObject({ reason: "too-few" });
    expect(covariateBalance([[1], [2], [3], [4]], treated, [0, 0, 1, 1])).toMatchObject({ reason: "thin-overlap" });
  });
});

describe("trimByPropensity", () => {
  it("keeps everybody when all are comparable, and else finds Crump's margin", () => {
    expect(trimByPropensity([0.4, 0.5, 0.6], "optimal")).toMatchObject({ margin: 0, kept: [0, 1, 2] });
    // Costs 4, 4, 4 and 1/(0.01·0.99) = 101: more than twice the mean of the four (28.3), so the last goes.
    expect(trimByPropensity([0.5, 0.5, 0.01, 0.5], "optimal")).toMatchObject({ kept: [0, 1, 3] });
  });

  it("leaves only costs of at most twice their mean, and none that could be added back", () => {
    const propensities = fc.array(fc.double({ min: 0.001, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(propensities, (es) => {
        const { kept } = accepted(trimByPropensity(es, "optimal"));
        const cost = (e: number): number => 1 / (e * (1 - e));
        const costs = kept.map((i) => cost(es[i] ?? NaN));
        const sum = costs.reduce((t, c) => t + c, 0);
        expect(Math.max(...costs)).toBeLessThanOrEqual((2 * sum) / costs.length + 1e-6);
        const cheapest = Math.min(...es.filter((_, i) => !kept.includes(i)).map(cost));
        expect(cheapest === Infinity || cheapest > (2 * (sum + cheapest)) / (costs.length + 1) - 1e-6).toBe(true);
      }),
    );
    expect(trimByPropensity([0.01, 0.999], 0.1)).toMatchObject({ reason: "thin-overlap" });
    expect(trimByPropensity([2], 0.1)).toMatchObject({ reason: "invalid-input" });
    expect(trimByPropensity([], 0.1)).toMatchObject({ reason: "too-few" });
  });
});
