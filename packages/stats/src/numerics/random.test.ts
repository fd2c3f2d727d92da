import { describe, expect, it } from "vitest";
import { addObservation, emptyMoments, sampleVariance } from "../cohorts/moments.ts";
import { betaDraw, gammaDraw, mersenneRng, normalDraw, type Draw } from "./random.ts";

describe("mersenneRng", () => {
  it("repeats itself for the same seed, on every machine, and differs for another", () => {
    const [a, b, c] = [mersenneRng(42), mersenneRng(42), mersenneRng(43)];
    const first = Array.from({ length: 5 }, () => a.next());
    expect(Array.from({ length: 5 }, () => b.next())).toEqual(first);
    expect(c.next()).not.toBe(first[0]);
    // Pinned: a change of generator would silently change every seeded result.
    expect(first[0]).toBe(0.9705673231091424);
  });

  it("is uniform on [0, 1): mean ½ and variance 1/12 within four standard errors", () => {
    const rng = mersenneRng(1);
    let m = emptyMoments;
    for (let i = 0; i < 100_000; i++) m = addObservation(m, rng.next());
    expect(Math.abs(m.mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / m.n));
    // Variance of a squared deviation of a uniform: 1/80 − 1/144 = 1/180.
    expect(Math.abs((sampleVariance(m) ?? 0) - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / m.n));
  });

  it("wants an integer seed", () => {
    expect(() => mersenneRng(1.5)).toThrow(RangeError);
    expect(() => mersenneRng(NaN)).toThrow(RangeError);
  });
});

describe("draws", () => {
  const meanOf = (draw: Draw, n: number): number => Array.from({ length: n }, draw).reduce((t, x) => t + x, 0) / n;

  it("have the mean of their distribution within four standard errors", () => {
    const n = 20_000;
    expect(Math.abs(meanOf(normalDraw(mersenneRng(2), { mean: 3, standardDeviation: 2 }), n) - 3)).toBeLessThan(
      (4 * 2) / Math.sqrt(n),
    );
    // Gamma(4, rate 2): mean 2, variance 1. Beta(2, 6): mean ¼, variance 12/(64·9).
    expect(Math.abs(meanOf(gammaDraw(mersenneRng(3), { shape: 4, rate: 2 }), n) - 2)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(meanOf(betaDraw(mersenneRng(4), { alpha: 2, beta: 6 }), n) - 0.25)).toBeLessThan(
      4 * Math.sqrt(12 / 576 / n),
    );
  });

  it("repeat themselves for the same seed", () => {
    expect(betaDraw(mersenneRng(5), { alpha: 2, beta: 3 })()).toBe(betaDraw(mersenneRng(5), { alpha: 2, beta: 3 })());
  });
});
