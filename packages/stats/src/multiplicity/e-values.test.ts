import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { averageEValues, eValueFromPValue, multiplyEValues, pValueFromEValue } from "./e-values.ts";

const logEValues = fc.array(fc.double({ min: -50, max: 700, noNaN: true }), { minLength: 1, maxLength: 12 });

describe("combining e-values", () => {
  it("multiplies what came one after the other and averages what overlaps", () => {
    expect(Math.exp(multiplyEValues([2, 3, 0.5].map(Math.log)))).toBeCloseTo(3, 12);
    expect(Math.exp(averageEValues([2, 3, 0.5].map(Math.log)))).toBeCloseTo(5.5 / 3, 12);
    expect(Math.exp(averageEValues([2, 8].map(Math.log), [3, 1]))).toBeCloseTo(3.5, 12);
  });

  it("keeps an average between the smallest and the largest, whatever the order, also beyond what a double holds", () => {
    fc.assert(
      fc.property(logEValues, (e) => {
        const average = averageEValues(e);
        expect(average).toBeGreaterThanOrEqual(Math.min(...e) - 1e-9);
        expect(average).toBeLessThanOrEqual(Math.max(...e) + 1e-9);
        expect(averageEValues(e.toReversed())).toBeCloseTo(average, 9);
      }),
    );
    expect(averageEValues([2000, -Infinity])).toBeCloseTo(2000 - Math.LN2, 9);
  });

  it("takes no evidence at all for 1 in a product, and gives no average of nothing", () => {
    expect(multiplyEValues([])).toBe(0);
    expect(averageEValues([])).toBeNaN();
    expect(averageEValues([1, 2], [0, 0])).toBeNaN();
    expect(averageEValues([1, 2], [1])).toBeNaN();
    expect(averageEValues([NaN, 2])).toBeNaN();
    expect(averageEValues([NaN, 2], [0, 1])).toBe(2);
    expect(multiplyEValues([Infinity, -Infinity])).toBeNaN();
    expect(averageEValues([-Infinity, -Infinity])).toBe(-Infinity);
  });
});

describe("calibrators", () => {
  it("bet fairly: a uniform p-value becomes an e-value of expectation 1", () => {
    // ∫ e(p) dp on a grid that is even in ln p, trapezoids from e^−200 on; the mixture has 1/200 of its mass below.
    for (const [kappa, missing] of [
      [0.5, 0],
      [0.2, 0],
      [undefined, 1 / 200],
    ] as const) {
      let total = 0;
      const step = 0.001;
      for (let logP = -200; logP < -step / 2; logP += step) {
        const at = (x: number): number => Math.exp(eValueFromPValue(Math.min(1, Math.exp(x)), kappa) + x);
        total += (step * (at(logP) + at(Math.min(0, logP + step)))) / 2;
      }
      expect(total + missing).toBeCloseTo(1, 4);
    }
  });

  it("fall as p rises, and the series near 1 meets the formula", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-300, max: 1, noNaN: true }),
        fc.double({ min: 1e-300, max: 1, noNaN: true }),
        (p, q) => {
          const [low, high] = p < q ? [p, q] : [q, p];
          expect(eValueFromPValue(low)).toBeGreaterThanOrEqual(eValueFromPValue(high) - 1e-7);
        },
      ),
    );
    expect(eValueFromPValue(1)).toBeCloseTo(Math.log(0.5), 12);
    expect(eValueFromPValue(Math.exp(-0.99e-4))).toBeCloseTo(eValueFromPValue(Math.exp(-1.01e-4)), 5);
  });

  it("lose something both ways round: p to e to p is never smaller", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => {
        expect(pValueFromEValue(eValueFromPValue(p, 0.5))).toBeGreaterThanOrEqual(p);
        expect(pValueFromEValue(eValueFromPValue(p))).toBeGreaterThanOrEqual(p);
      }),
    );
  });

  it("are NaN for what is no p-value", () => {
    for (const p of [NaN, -0.1, 1.1]) expect(eValueFromPValue(p)).toBeNaN();
    for (const kappa of [0, 1, NaN]) expect(eValueFromPValue(0.1, kappa)).toBeNaN();
    expect(eValueFromPValue(0)).toBe(Infinity);
    expect(pValueFromEValue(-Infinity)).toBe(1);
    expect(pValueFromEValue(Infinity)).toBe(0);
  });
});
