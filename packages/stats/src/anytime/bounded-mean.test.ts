import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  empiricalBernsteinSequence,
  hedgedSequence,
  hoeffdingSequence,
  type BoundedMeanSequence,
} from "./bounded-mean.ts";
import { mersenneRng } from "../numerics/random.ts";
import type { Refused } from "../refused.ts";
import { bernoulliConfidenceSequence } from "./uniform-boundaries.ts";

function intervalsOf(answer: BoundedMeanSequence | Refused) {
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer.intervals;
}

describe("confidence sequences for means in [0, 1]", () => {
  const METHODS = { "empirical Bernstein": empiricalBernsteinSequence, Hoeffding: hoeffdingSequence };

  it.each(Object.entries(METHODS))("cover the mean at every one of 500 looks: %s", (_, method) => {
    // 400 runs at alpha 0.1: misses below 0.1 + 4·√(0.1·0.9/400) = 0.16.
    const rng = mersenneRng(67);
    let missed = 0;
    for (let run = 0; run < 400; run++) {
      const xs = Array.from({ length: 500 }, () => rng.next() ** 2); // mean 1/3
      if (intervalsOf(method(xs, { alpha: 0.1 })).some(({ lower, upper }) => lower > 1 / 3 || upper < 1 / 3)) missed++;
    }
    expect(missed / 400).toBeLessThan(0.16);
  });

  it("shrink on outcomes of small variance, empirical Bernstein and betting more than Hoeffding", () => {
    const xs = Array.from({ length: 400 }, (_, i) => 0.1 + 0.02 * (i % 3));
    const width = (answer: BoundedMeanSequence | Refused): number => {
      const last = intervalsOf(answer).at(-1);
      return last === undefined ? NaN : last.upper - last.lower;
    };
    const hoeffding = width(hoeffdingSequence(xs, { alpha: 0.05 }));
    expect(width(empiricalBernsteinSequence(xs, { alpha: 0.05 }))).toBeLessThan(hoeffding);
    expect(width(hedgedSequence(xs, { alpha: 0.05, grid: 200 }))).toBeLessThan(hoeffding);
  });

  it("refuse outcomes out of bounds and an empty sample", () => {
    expect(empiricalBernsteinSequence([0.2, 1.2], { alpha: 0.05 })).toMatchObject({ reason: "invalid-input" });
    expect(hoeffdingSequence([], { alpha: 0.05 })).toMatchObject({ reason: "too-few" });
    expect(hedgedSequence([0.5, NaN], { alpha: 0.05 })).toMatchObject({ reason: "invalid-input" });
  });
});

it("bernoulliConfidenceSequence covers a rate of 2 % at all of 2,000 looks", () => {
  // 150 runs, looked at every 50 units, alpha 0.1: misses below 0.1 + 4·√(0.1·0.9/150) = 0.198.
  const rng = mersenneRng(71);
  let missed = 0;
  for (let run = 0; run < 150; run++) {
    let [conversions, out] = [0, false];
    for (let n = 1; n <= 2000; n++) {
      if (rng.next() < 0.02) conversions++;
      if (n % 50 !== 0 || out) continue;
      const answer = bernoulliConfidenceSequence({ n, conversions }, { alpha: 0.1, tunedFor: 1000 });
      out = answer.kind === "refused" || answer.lower > 0.02 || answer.upper < 0.02;
    }
    if (out) missed++;
  }
  expect(missed / 150).toBeLessThan(0.198);
});

describe("the three sequences for means", () => {
  const outcomes = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });

  it("turn round with the outcomes, and stay within [0, 1]", () => {
    fc.assert(
      fc.property(outcomes, (xs) => {
        for (const method of [hoeffdingSequence, hedgedSequence]) {
          const there = intervalsOf(method(xs, { alpha: 0.1 }));
          const back = intervalsOf(
            method(
              xs.map((x) => 1 - x),
              { alpha: 0.1 },
            ),
          );
          there.forEach(({ lower, upper }, i) => {
            expect(lower).toBeGreaterThanOrEqual(0);
            expect(upper).toBeLessThanOrEqual(1);
            expect(back[i]?.lower).toBeCloseTo(1 - upper, method === hedgedSequence ? 2 : 9);
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  it("bet on one side only at theta 1 and 0", () => {
    const xs = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 0.4 : 0.6));
    expect(intervalsOf(hedgedSequence(xs, { alpha: 0.05, theta: 1 })).at(-1)).toMatchObject({ upper: 1 });
    expect(intervalsOf(hedgedSequence(xs, { alpha: 0.05, theta: 0 })).at(-1)).toMatchObject({ lower: 0 });
  });

  it("refuse outcomes that are not in [0, 1], none at all, and a mean that cannot have been the same throughout", () => {
    for (const method of [hoeffdingSequence, empiricalBernsteinSequence, hedgedSequence]) {
      expect(method([], { alpha: 0.05 })).toMatchObject({ reason: "too-few" });
      for (const bad of [NaN, 1.1, -0.1, Infinity])
        expect(method([0.5, bad], { alpha: 0.05 })).toMatchObject({ reason: "invalid-input" });
      expect(method([0.5], { alpha: 0 })).toMatchObject({ reason: "invalid-input" });
    }
    const moved = [...Array.from({ length: 300 }, () => 0.05), ...Array.from({ length: 600 }, () => 0.95)];
    expect(hedgedSequence(moved, { alpha: 0.05 })).toMatchObject({ kind: "refused", reason: "none-left" });
  });
});
