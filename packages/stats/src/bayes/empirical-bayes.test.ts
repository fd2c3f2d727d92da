import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaBinomial } from "./beta-binomial.ts";
import { normalNormal } from "./empirical-bayes.ts";
import type { HeterogeneityMethod } from "./heterogeneity.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";

const METHODS: readonly HeterogeneityMethod[] = ["REML", "ML", "PM", "EB", "DL", "HE", "HS", "SJ", "FE"];
const effects = fc.array(
  fc.record({ y: fc.double({ min: -3, max: 3, noNaN: true }), v: fc.double({ min: 0.01, max: 2, noNaN: true }) }),
  { minLength: 2, maxLength: 12 },
);

describe("normalNormal", () => {
  it("is DerSimonian-Laird by hand for two effects of equal variance", () => {
    // y = 0, 2; v = ½: Q = 4, W = 4, Σw²/W = 2, so τ² = (4 − 1)/(4 − 2) = 1.5, μ = 1, B = 1.5/2.
    const fit = normalNormal({ estimates: [0, 2], variances: [0.5, 0.5], method: "DL" });
    expect(fit).toMatchObject({
      mu: expect.closeTo(1, 12),
      tau2: expect.closeTo(1.5, 12),
      effects: [
        { mean: expect.closeTo(0.25, 12), shrinkage: expect.closeTo(0.25, 12) },
        { mean: expect.closeTo(1.75, 12) },
      ],
    });
  });

  it("pulls every effect towards the mean, never past it, and the noisier the further", () => {
    fc.assert(
      fc.property(effects, fc.constantFrom(...METHODS), (given, method) => {
        const fit = normalNormal({ estimates: given.map((e) => e.y), variances: given.map((e) => e.v), method });
        if (fit.kind === "refused") throw new Error(fit.message);
        given.forEach(({ y, v }, i) => {
          const effect = fit.effects[i];
          if (effect === undefined) throw new Error("as many effects out as in");
          expect(effect.mean).toBeGreaterThanOrEqual(Math.min(y, fit.mu) - 1e-9);
          expect(effect.mean).toBeLessThanOrEqual(Math.max(y, fit.mu) + 1e-9);
          expect(effect.shrinkage).toBeCloseTo(v / (v + fit.tau2), 9);
          expect(effect.standardError).toBeGreaterThan(0);
        });
      }),
    );
  });

  it("shifts with the effects and scales with their unit", () => {
    fc.assert(
      fc.property(effects, (given) => {
        const [ys, vs] = [given.map((e) => e.y), given.map((e) => e.v)];
        const plain = normalNormal({ estimates: ys, variances: vs });
        const moved = normalNormal({ estimates: ys.map((y) => 10 * y + 7), variances: vs.map((v) => 100 * v) });
        if (plain.kind === "refused" || moved.kind === "refused") throw new Error("no refusal expected");
        expect(moved.mu).toBeCloseTo(10 * plain.mu + 7, 4);
        expect(moved.tau2).toBeCloseTo(100 * plain.tau2, 3);
      }),
    );
  });

  it("estimates segments better than their own measurements do, on average over 300 worlds", () => {
    const rng = mersenneRng(41);
    const draw = normalDraw(rng, { mean: 0, standardDeviation: 1 });
    let [raw, shrunken] = [0, 0];
    for (let world = 0; world < 300; world++) {
      const truth = Array.from({ length: 10 }, () => 0.3 * draw());
      const variances = truth.map((_, i) => 0.05 + 0.05 * i);
      const estimates = truth.map((theta, i) => theta + Math.sqrt(variances[i] ?? 0) * draw());
      const fit = normalNormal({ estimates, variances });
      if (fit.kind === "refused") throw new Error(fit.message);
      truth.forEach((theta, i) => {
        raw += ((estimates[i] ?? 0) - theta) ** 2;
        shrunken += ((fit.effects[i]?.mean ?? 0) - theta) ** 2;
      });
    }
    // Theory: raw risk 0.275 a segment, shrunken at most 0.09·0.275/(0.09 + 0.275) plus the cost of estimating μ and τ².
    expect(shrunken / raw).toBeLessThan(0.6);
  });

  it("agrees with metafor 3.8-1 (R 4.2.2) on every estimator of the spread", () => {
    // rma(c(.41513, -.09135, .30932, .25975, -.25476), c(.04031, .04385, .00141, .01569, .03514), method = m), iterated to 1e-12.
    const estimates = [0.41513, -0.09135, 0.30932, 0.25975, -0.25476];
    const variances = [0.04031, 0.04385, 0.00141, 0.01569, 0.03514];
    const tau2: Readonly<Record<HeterogeneityMethod, number>> = {
      REML: 0.043856715519,
      ML: 0.025757024955,
      PM: 0.049965153724,
      EB: 0.049965153724,
      DL: 0.033548489804,
      HE: 0.05454438807,
      HS: 0.008681492507,
      SJ: 0.054888520316,
      FE: 0,
    };
    for (const method of METHODS)
      expect(normalNormal({ estimates, variances, method })).toMatchObject({
        tau2: expect.closeTo(tau2[method], 9),
      });
  });

  it("refuses a single effect and variances that are none", () => {
    expect(normalNormal({ estimates: [1], variances: [1] })).toMatchObject({ kind: "refused", reason: "too-few" });
    for (const bad of [0, -1, NaN, Infinity])
      expect(normalNormal({ estimates: [1, 2], variances: [1, bad] })).toMatchObject({ reason: "invalid-input" });
    expect(normalNormal({ estimates: [1, NaN], variances: [1, 1] })).toMatchObject({ reason: "invalid-input" });
  });
});

describe("betaBinomial", () => {
  it("pulls a segment of 5 further than one of 5,000, and keeps an empty one at the mean", () => {
    const fit = betaBinomial([
      { n: 5, conversions: 3 },
      { n: 5000, conversions: 500 },
      { n: 400, conversions: 90 },
      { n: 900, conversions: 40 },
      { n: 0, conversions: 0 },
    ]);
    if (fit.kind === "refused") throw new Error(fit.message);
    expect(Math.abs((fit.rates[0]?.mean ?? 0) - 0.6)).toBeGreaterThan(0.2);
    expect(fit.rates[1]?.mean).toBeCloseTo(0.1, 3);
    expect(fit.rates[4]?.mean).toBeCloseTo(fit.mean, 12);
  });

  it("refuses where pooling has no answer", () => {
    expect(betaBinomial([{ n: 5, conversions: 3 }])).toMatchObject({ reason: "too-few" });
    expect(
      betaBinomial([
        { n: 5, conversions: 0 },
        { n: 9, conversions: 0 },
      ]),
    ).toMatchObject({ reason: "zero-variance" });
    expect(
      betaBinomial([
        { n: 1000, conversions: 100 },
        { n: 1000, conversions: 100 },
      ]),
    ).toMatchObject({ reason: "no-spread" });
    expect(
      betaBinomial([
        { n: 5, conversions: 6 },
        { n: 9, conversions: 1 },
      ]),
    ).toMatchObject({ reason: "invalid-input" });
  });
});
