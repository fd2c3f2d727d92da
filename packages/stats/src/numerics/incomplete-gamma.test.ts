import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gammaP, gammaQ } from "./incomplete-gamma.ts";

function relativeError(got: number, want: number): number {
  return Math.abs(got / want - 1);
}

describe("incomplete gamma", () => {
  it("agrees with mpmath 1.3 (50 digits) from a = 30 to a = 10¹⁵, into both tails", () => {
    expect(relativeError(gammaP(30, 10), 2.5099512015279076e-7)).toBeLessThan(1e-12);
    expect(relativeError(gammaQ(700, 1500), 2.3931613179235793e-118)).toBeLessThan(1e-12);
    expect(relativeError(gammaQ(1e3, 1158.113883008419), 9.266131719510585e-7)).toBeLessThan(1e-12);
    expect(relativeError(gammaP(1e5, 97786.40563788214), 8.864485543789756e-13)).toBeLessThan(1e-12);
    expect(relativeError(gammaQ(1e8, 100060000), 9.936984827342553e-10)).toBeLessThan(1e-12);
    expect(relativeError(gammaQ(1e12, 1000003000000), 0.0013499098499169014)).toBeLessThan(1e-12);
    expect(relativeError(gammaP(1e12, 999980000000), 2.7462909290344115e-89)).toBeLessThan(1e-12);
    expect(relativeError(gammaQ(1e15, 1000000252982212.9), 6.220994027087759e-16)).toBeLessThan(1e-12);
  });

  it("has complementary halves, also across the switch of methods", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 2000, noNaN: true }),
        fc.double({ min: 0.8, max: 1.2, noNaN: true }),
        (a, ratio) => {
          expect(gammaP(a, a * ratio) + gammaQ(a, a * ratio)).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it("falls in x and grows in a, as Q must", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 31, max: 1e13, noNaN: true }),
        fc.double({ min: -2, max: 8, noNaN: true }),
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        (a, z, step) => {
          const x = a + z * Math.sqrt(a);
          expect(gammaQ(a, x + step * Math.sqrt(a))).toBeLessThan(gammaQ(a, x));
          expect(gammaQ(a + step * Math.sqrt(a), x)).toBeGreaterThan(gammaQ(a, x));
        },
      ),
    );
  });

  it("is 0 and 1 at the ends, and NaN outside its domain", () => {
    expect([gammaP(5, 0), gammaQ(5, 0), gammaP(50, Infinity), gammaQ(50, Infinity)]).toEqual([0, 1, 1, 0]);
    expect([gammaP(-1, 2), gammaQ(0, 2), gammaP(NaN, 2), gammaQ(3, NaN)]).toEqual([NaN, NaN, NaN, NaN]);
  });
});
