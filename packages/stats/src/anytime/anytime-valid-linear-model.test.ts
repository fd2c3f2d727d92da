import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  anytimeCoefficient,
  anytimeMultiplier,
  narrowestG,
  type CoefficientInput,
} from "./anytime-valid-linear-model.ts";

const GOOD: CoefficientInput = { estimate: 0.5, standardError: 0.1, n: 200, degreesOfFreedom: 198, g: 50, alpha: 0.05 };

const inputs = fc.record({
  estimate: fc.double({ min: -5, max: 5, noNaN: true }),
  standardError: fc.double({ min: 0.01, max: 3, noNaN: true }),
  n: fc.integer({ min: 5, max: 1_000_000 }),
  g: fc.double({ min: 0.1, max: 10_000, noNaN: true }),
  alpha: fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
});

function coefficientOf(input: CoefficientInput) {
  const answer = anytimeCoefficient(input);
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

describe("anytimeCoefficient", () => {
  it("has the Bayes factor of the paper's theorem", () => {
    // r = 0.2, t = 5: ½ ln 0.2 − 99.5·(ln(1 + 0.2·25/198) − ln(1 + 25/198)).
    expect(coefficientOf(GOOD).logEValue).toBeCloseTo(8.5448773894069, 11);
  });

  it("leaves out 0 exactly when its p-value is below alpha", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { interval, pValue } = coefficientOf({ ...input, degreesOfFreedom: input.n - 2 });
        fc.pre(Math.abs(pValue / input.alpha - 1) > 1e-9);
        expect(interval.lower > 0 || interval.upper < 0).toBe(pValue < input.alpha);
      }),
    );
  });

  it("scales with the outcome, and more evidence follows from a larger t", () => {
    fc.assert(
      fc.property(inputs, fc.double({ min: 0.01, max: 100, noNaN: true }), (input, scale) => {
        const given = { ...input, degreesOfFreedom: input.n - 2 };
        const [plain, scaled, larger] = [
          coefficientOf(given),
          coefficientOf({ ...given, estimate: given.estimate * scale, standardError: given.standardError * scale }),
          coefficientOf({ ...given, estimate: given.estimate * 1.5 }),
        ];
        expect(scaled.logEValue).toBeCloseTo(plain.logEValue, 6);
        expect(larger.logEValue).toBeGreaterThanOrEqual(plain.logEValue);
      }),
    );
  });

  it("refuses what it cannot judge, each with its reason", () => {
    expect(anytimeCoefficient({ ...GOOD, standardError: 0 })).toMatchObject({ reason: "zero-standard-error" });
    for (const bad of [{ n: Infinity }, { degreesOfFreedom: 0 }, { g: NaN }, { alpha: 1 }, { estimate: NaN }])
      expect(anytimeCoefficient({ ...GOOD, ...bad })).toMatchObject({ reason: "invalid-input" });
  });
});

describe("narrowestG", () => {
  it("has a narrower interval than any other g", () => {
    for (const n of [50, 1000, 30_000]) {
      const answer = narrowestG({ n, coefficients: 2, alpha: 0.05 });
      if (answer.kind === "refused") throw new Error(answer.message);
      const width = (g: number): number => anytimeMultiplier({ n, degreesOfFreedom: n - 2, g, alpha: 0.05 });
      for (const factor of [0.5, 0.9, 1.1, 2]) expect(width(answer.g * factor)).toBeGreaterThan(width(answer.g));
    }
  });
});
