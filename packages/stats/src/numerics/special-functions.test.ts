import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lambertWm1 } from "./lambert-w.ts";
import { noncentralTSf } from "./noncentral-t.ts";
import {
  betaCdf,
  betaQuantile,
  chiSquaredSf,
  gammaP,
  gammaQ,
  normalCdf,
  normalLogSf,
  normalQuantile,
  normalSf,
  tCdf,
  tQuantile,
  tTwoSidedP,
} from "./special-functions.ts";

describe("tails", () => {
  it("keep the normal quantile far below 1e-17, where @stdlib's own says −Infinity", () => {
    expect(normalQuantile(1e-100)).toBeCloseTo(-21.273453560965326, 9);
    expect(normalLogSf(300)).toBeCloseTo(-45006.6227321, 5);
  });

  it("invert: quantile of cdf is where one started", () => {
    fc.assert(
      fc.property(fc.double({ min: -35, max: 5, noNaN: true }), (z) => {
        expect(normalQuantile(normalCdf(z))).toBeCloseTo(z, 7);
      }),
    );
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.double({ min: 0.6, max: 500, noNaN: true }),
        (p, df) => {
          expect(tCdf(tQuantile(p, df), df)).toBeCloseTo(p, 9);
          expect(betaCdf(betaQuantile(p, df, 3), df, 3)).toBeCloseTo(p, 9);
        },
      ),
    );
  });

  it("go down to the smallest doubles for t as well", () => {
    const p = tTwoSidedP(38, 1e6);
    expect(p).toBeGreaterThan(0);
    expect(p / (2 * normalSf(38))).toBeGreaterThan(0.9);
  });

  it("of Cauchy's distribution invert where @stdlib says −Infinity: t = −1/(πp)", () => {
    expect(tQuantile(1e-300, 1) * Math.PI * 1e-300).toBeCloseTo(-1, 10);
  });

  it("of t approach those of the normal as the degrees of freedom grow", () => {
    expect(tTwoSidedP(1.959963984540054, 1e12)).toBeCloseTo(0.05, 9);
  });
});

describe("incomplete gamma", () => {
  it("is right from a = 1000 on, where @stdlib is off by a per cent", () => {
    // P(a, a) = ½ + 1/(3√(2πa)) + O(a^−3/2): DLMF 8.11.12.
    for (const a of [1000, 1e5, 1e7]) expect(gammaP(a, a)).toBeCloseTo(0.5 + 1 / (3 * Math.sqrt(2 * Math.PI * a)), 6);
  });

  it("has complementary halves, also across the switch of methods", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 500, max: 2000, noNaN: true }),
        fc.double({ min: 0.8, max: 1.2, noNaN: true }),
        (a, ratio) => {
          expect(gammaP(a, a * ratio) + gammaQ(a, a * ratio)).toBeCloseTo(1, 11);
        },
      ),
    );
  });

  it("gives the chi-squared tail e^(−x/2) at two degrees of freedom", () => {
    for (const x of [0.1, 3, 100, 1400]) expect(chiSquaredSf(x, 2) / Math.exp(-x / 2)).toBeCloseTo(1, 12);
  });
});

describe("lambertWm1", () => {
  it("solves w·e^w = x on [−1/e, 0), from the branch point to where x nearly underflows", () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: -1.0001, noNaN: true }), (logX) => {
        const w = lambertWm1(-Math.exp(logX));
        expect(w).toBeLessThanOrEqual(-1);
        expect(w + Math.log(-w)).toBeCloseTo(logX, 7);
      }),
    );
    expect(lambertWm1(-1 / Math.E)).toBeCloseTo(-1, 6);
  });

  it("is NaN where there is no real value", () => {
    for (const x of [-0.4, 0, NaN, 1]) expect(lambertWm1(x)).toBeNaN();
  });
});

it("noncentral t without noncentrality is Student's t", () => {
  for (const t of [-3, -0.2, 0, 1.5, 8]) expect(noncentralTSf(t, 7.5, 0)).toBeCloseTo(1 - tCdf(t, 7.5), 12);
});
