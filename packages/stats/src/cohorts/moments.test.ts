import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  areMomentsValid,
  emptyMoments,
  mergeMoments,
  momentsFromConversions,
  momentsFromSums,
  momentsOf,
  sampleVariance,
} from "./moments.ts";

const sample = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { maxLength: 40 });

function expectSame(a: ReturnType<typeof momentsOf>, b: ReturnType<typeof momentsOf>): void {
  expect(a.n).toBe(b.n);
  expect(a.mean).toBeCloseTo(b.mean, 8);
  expect(a.m2).toBeCloseTo(b.m2, 4);
}

describe("moments", () => {
  it("are what one computes by hand", () => {
    expect(momentsOf([2, 4, 9])).toEqual({ n: 3, mean: 5, m2: 26 });
    expect(sampleVariance(momentsOf([2, 4, 9]))).toBe(13);
  });

  it("have no variance below two units: null, not 0 or NaN", () => {
    expect(sampleVariance(emptyMoments)).toBeNull();
    expect(sampleVariance(momentsOf([7]))).toBeNull();
  });

  it("merge to the moments of both samples, in any grouping and order, with the empty one neutral", () => {
    fc.assert(
      fc.property(sample, sample, sample, (x, y, z) => {
        const [a, b, c] = [momentsOf(x), momentsOf(y), momentsOf(z)];
        expectSame(mergeMoments(a, b), momentsOf([...x, ...y]));
        expectSame(mergeMoments(mergeMoments(a, b), c), mergeMoments(a, mergeMoments(b, c)));
        expectSame(mergeMoments(a, b), mergeMoments(b, a));
        expect(mergeMoments(a, emptyMoments)).toEqual(a);
        expect(mergeMoments(emptyMoments, a)).toEqual(a);
      }),
    );
  });

  it("come from sums too, and never with a negative spread", () => {
    fc.assert(
      fc.property(sample, (x) => {
        const [sum, sumSquares] = [x.reduce((t, v) => t + v, 0), x.reduce((t, v) => t + v * v, 0)];
        const m = momentsFromSums({ n: x.length, sum, sumSquares });
        expectSame(m, momentsOf(x));
        expect(m.m2).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("see a constant sample as constant although 0.1 has no exact double", () => {
    const xs = Array.from({ length: 1000 }, () => 0.1);
    const sums = { n: 1000, sum: xs.reduce((t, x) => t + x, 0), sumSquares: xs.reduce((t, x) => t + x * x, 0) };
    expect(momentsFromSums(sums).m2).toBe(0);
  });

  it("of conversions are those of zeros and ones", () => {
    expect(momentsFromConversions({ n: 5, conversions: 2 })).toEqual({ n: 5, mean: 0.4, m2: expect.closeTo(1.2, 12) });
  });

  it("hold at 1e12 units, and know when they describe no sample", () => {
    expect(sampleVariance(momentsFromConversions({ n: 1e12, conversions: 5e11 }))).toBeCloseTo(0.25, 9);
    expect(areMomentsValid({ n: 3, mean: NaN, m2: 1 })).toBe(false);
    expect(areMomentsValid({ n: 3, mean: 1, m2: -1 })).toBe(false);
    expect(areMomentsValid(emptyMoments)).toBe(true);
  });
});
