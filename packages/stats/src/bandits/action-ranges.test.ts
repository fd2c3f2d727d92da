import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { additiveFloor } from "./exploration-floor.ts";
import { rangedProbabilities } from "./action-ranges.ts";

/** Weights with ranges in which some distribution lies: minima sum to at most 1, maxima to at least 1. */
const feasible = fc
  .array(
    fc.record({
      weight: fc.double({ min: 0, max: 5, noNaN: true }),
      low: fc.double({ min: 0, max: 1, noNaN: true }),
      high: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .filter((rows) => rows.some((r) => r.weight > 1e-6))
  .map((rows) => ({
    weights: rows.map((r) => r.weight),
    ranges: rows.map((r) => ({ min: r.low / rows.length, max: Math.max(r.high, 1 / rows.length) })),
  }));

describe("rangedProbabilities", () => {
  it("gives a distribution in which every action keeps its range", () => {
    fc.assert(
      fc.property(feasible, ({ weights, ranges }) => {
        const { probabilities } = accepted(rangedProbabilities(weights, ranges));
        expect(probabilities.reduce((t, p) => t + p, 0)).toBeCloseTo(1, 10);
        probabilities.forEach((p, a) => {
          expect(p).toBeGreaterThanOrEqual((ranges[a]?.min ?? 0) - 1e-12);
          expect(p).toBeLessThanOrEqual((ranges[a]?.max ?? 0) + 1e-12);
        });
      }),
    );
  });

  it("is the additive floor where the minima are alike and no maximum binds", () => {
    fc.assert(
      fc.property(feasible, fc.double({ min: 0, max: 0.1, noNaN: true }), ({ weights }, min) => {
        const ranged = accepted(
          rangedProbabilities(
            weights,
            weights.map(() => ({ min, max: 1 })),
          ),
        );
        const floored = accepted(additiveFloor(weights, min));
        ranged.probabilities.forEach((p, a) => expect(p).toBeCloseTo(floored.probabilities[a] ?? NaN, 10));
      }),
    );
  });

  it("does not care for the order of the actions", () => {
    fc.assert(
      fc.property(feasible, ({ weights, ranges }) => {
        const [there, back] = [
          accepted(rangedProbabilities(weights, ranges)).probabilities,
          accepted(rangedProbabilities(weights.toReversed(), ranges.toReversed())).probabilities,
        ];
        back.toReversed().forEach((p, a) => expect(p).toBeCloseTo(there[a] ?? NaN, 10));
      }),
    );
  });

  it("fills up actions without weight last, in proportion to their room", () => {
    const ranges = [0.4, 0.6, 0.2].map((max) => ({ min: 0, max }));
    const { probabilities } = accepted(rangedProbabilities([1, 0, 0], ranges));
    [0.4, 0.45, 0.15].forEach((want, a) => expect(probabilities[a]).toBeCloseTo(want, 12));
  });

  it("refuses ranges in which nothing fits", () => {
    const low = [0.6, 0.6].map((min) => ({ min, max: 1 }));
    const high = [0.4, 0.4].map((max) => ({ min: 0, max }));
    expect(rangedProbabilities([1, 1], low)).toMatchObject({ reason: "infeasible" });
    expect(rangedProbabilities([1, 1], high)).toMatchObject({ reason: "infeasible" });
    expect(rangedProbabilities([1, 1], [{ min: 0.5, max: 0.2 }, ...high.slice(1)])).toMatchObject({
      reason: "invalid-input",
    });
    expect(rangedProbabilities([], [])).toMatchObject({ reason: "too-few" });
  });
});
