import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaCdf, betaSf } from "./incomplete-beta.ts";

function relativeError(got: number, want: number): number {
  return Math.abs(got / want - 1);
}

describe("incomplete beta", () => {
  it("agrees with mpmath 1.3 (50 digits) where the shapes are large, into both tails", () => {
    expect(relativeError(betaCdf(1.4644812550377342e-5, 50, 1e6), 3.864966993009931e-13)).toBeLessThan(1e-11);
    expect(relativeError(betaSf(0.03335734548563948, 3e4, 9e5), 1.449359183990405e-9)).toBeLessThan(1e-11);
    expect(relativeError(betaCdf(0.4841886116991581, 2e5, 2e5), 2.491420538613621e-89)).toBeLessThan(1e-11);
    expect(relativeError(betaSf(0.00012528442802234118, 1e3, 1e7), 5.827467172423772e-14)).toBeLessThan(1e-11);
  });

  it("is one half in the middle of a symmetric distribution, at any number of units", () => {
    for (const a of [5, 5e4, 5e5, 5e11]) expect(betaCdf(0.5, a, a)).toBeCloseTo(0.5, 12);
  });

  it("mirrors: P(X ≤ x) of Beta(a, b) is P(X > 1 − x) of Beta(b, a)", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 30, max: 1e7, noNaN: true }),
        fc.double({ min: 30, max: 1e7, noNaN: true }),
        fc.double({ min: -6, max: 6, noNaN: true }),
        (a, b, z) => {
          const m = a / (a + b);
          const x = Math.min(0.999, Math.max(0.001, m + z * Math.sqrt((m * (1 - m)) / (a + b))));
          expect(betaCdf(x, a, b)).toBeCloseTo(betaSf(1 - x, b, a), 7);
          expect(betaCdf(x, a, b) + betaSf(x, a, b)).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it("is 0 and 1 at the ends, and NaN outside its domain", () => {
    expect([betaCdf(0, 2, 3), betaSf(0, 2, 3), betaCdf(1, 2, 3), betaSf(1, 2, 3)]).toEqual([0, 1, 1, 0]);
    expect([betaCdf(0.5, 0, 3), betaSf(0.5, 2, -1), betaCdf(NaN, 2, 3)]).toEqual([NaN, NaN, NaN]);
  });
});
