import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaBest, betaCompare } from "./beta-best.ts";
import { effectPosterior, expectedPositivePart } from "./effect-posterior.ts";
import { normalBest, topTwoAllocation } from "./normal-best.ts";
import { accepted } from "../golden/adapter.ts";
import { normalCdf } from "../numerics/special-functions.ts";

const arms = fc.array(
  fc.record({
    mean: fc.double({ min: -2, max: 2, noNaN: true }),
    standardDeviation: fc.double({ min: 0.02, max: 2, noNaN: true }),
  }),
  { minLength: 1, maxLength: 6 },
);

describe("normalBest", () => {
  it("is Φ of the standardised difference for two arms", () => {
    const answer = normalBest([
      { mean: 1, standardDeviation: 3 },
      { mean: 0, standardDeviation: 4 },
    ]);
    expect(answer).toMatchObject({
      probabilityBest: [expect.closeTo(normalCdf(0.2), 12), expect.closeTo(normalCdf(-0.2), 12)],
    });
  });

  it("is a third each for three equal arms, and E[max] is 3/(2√π)", () => {
    const answer = normalBest([0, 0, 0].map((mean) => ({ mean, standardDeviation: 1 })));
    expect(answer).toMatchObject({
      expectedMax: expect.closeTo(3 / (2 * Math.sqrt(Math.PI)), 10),
      probabilityBest: [1, 2, 3].map(() => expect.closeTo(1 / 3, 12)),
    });
  });

  it("sums to 1 before any scaling to within 1e-9, whatever the scales, and follows a permutation", () => {
    fc.assert(
      fc.property(arms, (given) => {
        const [there, back] = [normalBest(given), normalBest(given.toReversed())];
        if (there.kind === "refused" || back.kind === "refused") throw new Error("no refusal expected");
        expect(there.probabilityBest.reduce((t, p) => t + p, 0)).toBeCloseTo(1, 12);
        back.probabilityBest.toReversed().forEach((p, i) => expect(p).toBeCloseTo(there.probabilityBest[i] ?? NaN, 9));
        expect(there.expectedMax).toBeGreaterThanOrEqual(Math.max(...given.map((a) => a.mean)) - 1e-9);
      }),
    );
  });

  it("refuses nothing to choose from and deviations that are none", () => {
    expect(normalBest([])).toMatchObject({ reason: "too-few" });
    expect(normalBest([{ mean: 0, standardDeviation: 0 }])).toMatchObject({ reason: "invalid-input" });
    expect(normalBest([{ mean: NaN, standardDeviation: 1 }])).toMatchObject({ reason: "invalid-input" });
  });
});

describe("betaBest and betaCompare", () => {
  it("agree with each other and with uniform priors known by hand", () => {
    // Beta(2, 1) against Beta(1, 1): P(X > Y) = E[X] = 2/3.
    expect(betaCompare({ alpha: 1, beta: 1 }, { alpha: 2, beta: 1 })).toMatchObject({
      probabilityTreatmentBeatsControl: expect.closeTo(2 / 3, 12),
    });
    expect(
      betaBest([
        { alpha: 2, beta: 1 },
        { alpha: 1, beta: 1 },
      ]),
    ).toMatchObject({ probabilityBest: [expect.closeTo(2 / 3, 10), expect.closeTo(1 / 3, 10)] });
  });

  it("keep their digits under poles at both ends, as after Jeffreys' prior and no conversion or nothing else", () => {
    // For Beta(½, ½): P(X > Y) = ½ by symmetry; Beta(½, 1) against Beta(1, 1): P(X > Y) = E[X] = 1/3.
    const arcsine = { alpha: 0.5, beta: 0.5 };
    expect(betaCompare(arcsine, arcsine)).toMatchObject({ probabilityTreatmentBeatsControl: expect.closeTo(0.5, 11) });
    for (const [alpha, beta] of [
      [0.5, 1],
      [1, 0.5],
    ] as const)
      expect(betaCompare({ alpha: 1, beta: 1 }, { alpha, beta })).toMatchObject({
        probabilityTreatmentBeatsControl: expect.closeTo(alpha / (alpha + beta), 10),
      });
    const three = betaBest([arcsine, arcsine, arcsine]);
    expect(three).toMatchObject({ probabilityBest: [1, 2, 3].map(() => expect.closeTo(1 / 3, 11)) });
  });

  it("losses differ by the difference of the means", () => {
    const rate = fc.record({ alpha: fc.integer({ min: 1, max: 500 }), beta: fc.integer({ min: 1, max: 500 }) });
    fc.assert(
      fc.property(rate, rate, (a, b) => {
        const answer = betaCompare(a, b);
        if (answer.kind === "refused") throw new Error(answer.message);
        expect(answer.expectedLossControl - answer.expectedLossTreatment).toBeCloseTo(
          b.alpha / (b.alpha + b.beta) - a.alpha / (a.alpha + a.beta),
          10,
        );
      }),
    );
  });

  it("refuse parameters that are none", () => {
    expect(betaCompare({ alpha: 0, beta: 1 }, { alpha: 1, beta: 1 })).toMatchObject({ reason: "invalid-input" });
    expect(betaBest([])).toMatchObject({ reason: "too-few" });
  });
});

it("top-two allocation gives the leader half and sums to 1", () => {
  const allocation = accepted(topTwoAllocation([0.9, 0.08, 0.02], 0.5));
  expect(allocation.reduce((t, p) => t + p, 0)).toBeCloseTo(1, 12);
  expect(allocation[0]).toBeGreaterThan(0.45);
  expect(topTwoAllocation([1, 0], 0.5)).toMatchObject({ reason: "no-runner-up" });
  expect(topTwoAllocation([0.6, 0.6], 0.5)).toMatchObject({ reason: "invalid-input" });
});

describe("effectPosterior", () => {
  it("weighs data and prior by precision", () => {
    // N(0, 1) prior and an estimate of 2 with standard error 1: N(1, ½).
    expect(
      effectPosterior({ estimate: 2, standardError: 1 }, { prior: { mean: 0, variance: 1 }, credibility: 0.95 }),
    ).toMatchObject({
      mean: expect.closeTo(1, 12),
      standardDeviation: expect.closeTo(Math.SQRT1_2, 12),
      chanceToWin: expect.closeTo(normalCdf(Math.SQRT2), 12),
    });
  });

  it("expected losses differ by the mean, far into the tails", () => {
    fc.assert(
      fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (z) => {
        expect(expectedPositivePart(z, 1) - expectedPositivePart(-z, 1)).toBeCloseTo(z, 9);
        expect(expectedPositivePart(z, 1)).toBeGreaterThanOrEqual(0);
      }),
    );
    // At the switch to the series both forms agree.
    expect(expectedPositivePart(-8.0000001, 1) / expectedPositivePart(-7.9999999, 1)).toBeCloseTo(1, 5);
  });

  it("refuses no spread and an improper prior", () => {
    expect(effectPosterior({ estimate: 1, standardError: 0 }, { prior: null, credibility: 0.95 })).toMatchObject({
      reason: "zero-variance",
    });
    expect(
      effectPosterior({ estimate: 1, standardError: 1 }, { prior: { mean: 0, variance: 0 }, credibility: 0.95 }),
    ).toMatchObject({ reason: "invalid-input" });
  });
});
