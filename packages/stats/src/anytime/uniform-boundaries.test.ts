import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mixturePrecision, normalLogMixture, normalMixtureBound } from "./normal-mixture.ts";
import {
  bernoulliConfidenceSequence,
  betaBinomialMixture,
  gammaExponentialMixture,
  mixtureBound,
  polyStitchingBound,
} from "./uniform-boundaries.ts";

const times = fc.double({ min: 0.5, max: 1e6, noNaN: true });
const alphas = fc.double({ min: 1e-6, max: 0.4, noNaN: true });

const BOUNDS: Readonly<Record<string, (v: number, alpha: number) => number>> = {
  "two-sided normal mixture": (v, alpha) => normalMixtureBound(v, { alpha, rho: 50, side: "two" }),
  "one-sided normal mixture": (v, alpha) => normalMixtureBound(v, { alpha, rho: 50, side: "one" }),
  "gamma-exponential mixture": (v, alpha) => mixtureBound(gammaExponentialMixture({ rho: 50, c: 0.5 }), v, alpha),
  "beta-binomial mixture": (v, alpha) =>
    mixtureBound(betaBinomialMixture({ vOpt: 50, alphaOpt: 0.05, g: 0.5, h: 0.5, side: "two" }), v, alpha),
  "stitched boundary": (v, alpha) => polyStitchingBound(v, { alpha, vMin: 1, c: 0.5, s: 1.4, eta: 2 }),
};

describe.each(Object.entries(BOUNDS))("the %s", (_, bound) => {
  it("rises with time and falls with alpha", () => {
    fc.assert(
      fc.property(times, times, alphas, alphas, (v, w, a, b) => {
        expect(bound(Math.min(v, w), a)).toBeLessThanOrEqual(bound(Math.max(v, w), a) * (1 + 1e-9));
        expect(bound(v, Math.max(a, b))).toBeLessThanOrEqual(bound(v, Math.min(a, b)) * (1 + 1e-9));
      }),
    );
  });

  it("is NaN for a time or an alpha that is none", () => {
    for (const v of [NaN, -1, Infinity]) expect(bound(v, 0.05)).toBeNaN();
    for (const alpha of [0, 1, NaN]) expect(bound(10, alpha)).toBeNaN();
  });
});

it("a normal mixture is at 1/alpha on its bound", () => {
  fc.assert(
    fc.property(times, alphas, fc.constantFrom("one" as const, "two" as const), (v, alpha, side) => {
      const rho = mixturePrecision({ vOpt: 100, alphaOpt: 0.05, side });
      const bound = normalMixtureBound(v, { alpha, rho, side });
      expect(normalLogMixture(bound, v, { rho, side })).toBeCloseTo(-Math.log(alpha), 8);
    }),
  );
});

it("a bound for bounded steps never exceeds the largest possible sum", () => {
  const mixture = betaBinomialMixture({ vOpt: 10, alphaOpt: 0.05, g: 0.2, h: 0.8, side: "one" });
  for (const v of [0.1, 1, 10]) expect(mixtureBound(mixture, v, 1e-9)).toBeLessThanOrEqual(v / 0.2);
});

describe("bernoulliConfidenceSequence", () => {
  it("turns round with conversions and non-conversions, and holds the observed rate", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        alphas,
        (n, share, alpha) => {
          const conversions = Math.round(n * share);
          const there = bernoulliConfidenceSequence({ n, conversions }, { alpha, tunedFor: 1000 });
          const back = bernoulliConfidenceSequence({ n, conversions: n - conversions }, { alpha, tunedFor: 1000 });
          if (there.kind === "refused" || back.kind === "refused") throw new Error("both have units");
          expect(there.lower).toBeLessThanOrEqual(conversions / n);
          expect(there.upper).toBeGreaterThanOrEqual(conversions / n);
          expect(back.lower).toBeCloseTo(1 - there.upper, 6);
          expect(back.upper).toBeCloseTo(1 - there.lower, 6);
        },
      ),
    );
  });

  it("is as exact where nearly everybody converts, at any size", () => {
    // mpmath, 40 digits.
    expect(bernoulliConfidenceSequence({ n: 1e9, conversions: 1e8 }, { alpha: 0.05, tunedFor: 1e6 })).toMatchObject({
      lower: expect.closeTo(0.0999632947192649, 12),
    });
    const all = bernoulliConfidenceSequence({ n: 1e12, conversions: 1e12 }, { alpha: 0.05, tunedFor: 1000 });
    expect(all).toMatchObject({ upper: 1 });
    expect(all.kind === "estimate" && all.lower > 0.999999).toBe(true);
  });

  it("refuses no units, and counts and options that cannot be", () => {
    const tuning = { alpha: 0.05, tunedFor: 1000 };
    expect(bernoulliConfidenceSequence({ n: 0, conversions: 0 }, tuning)).toMatchObject({ reason: "too-few" });
    expect(bernoulliConfidenceSequence({ n: 5, conversions: 6 }, tuning)).toMatchObject({ reason: "invalid-input" });
    for (const bad of [{ alpha: 1 }, { tunedFor: 0 }, { alphaOpt: 0 }])
      expect(bernoulliConfidenceSequence({ n: 5, conversions: 2 }, { ...tuning, ...bad })).toMatchObject({
        reason: "invalid-input",
      });
  });
});
