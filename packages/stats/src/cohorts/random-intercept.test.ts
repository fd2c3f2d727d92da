import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { randomIntercept } from "./random-intercept.ts";

describe("randomIntercept", () => {
  it("is the analysis of variance by hand in a balanced design", () => {
    // Means 1 and 5, two units each at ±1: within mean square 2, between mean square 16, so σ² between = (16 − 2)/2 = 7.
    const fit = accepted(randomIntercept([0, 2, 4, 6], [0, 0, 1, 1]));
    expect(fit.mean).toBeCloseTo(3, 10);
    expect(fit.withinVariance).toBeCloseTo(2, 8);
    expect(fit.betweenVariance).toBeCloseTo(7, 7);
    // Shrinkage 7·2/(7·2 + 2) = 7/8 of the distance of 2.
    expect(fit.groups.map((g) => g.deviation)).toEqual([expect.closeTo(-1.75, 7), expect.closeTo(1.75, 7)]);
  });

  it("sees no difference between groups where there is less than chance", () => {
    const fit = accepted(randomIntercept([0, 2, 0, 2], [0, 0, 1, 1]));
    expect(fit).toMatchObject({ betweenVariance: 0, mean: 1, withinVariance: expect.closeTo(4 / 3, 12) });
    expect(fit.groups.every((g) => g.deviation === 0)).toBe(true);
  });

  it("pulls every group towards the mean, and follows shift and scale", () => {
    const units = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 3 })), {
      minLength: 8,
      maxLength: 20,
    });
    fc.assert(
      fc.property(units, (all) => {
        const [ys, gs] = [all.map(([y]) => y), all.map(([, g]) => g)];
        const plain = randomIntercept(ys, gs);
        fc.pre(plain.kind === "estimate");
        const fit = accepted(plain);
        const moved = accepted(
          randomIntercept(
            ys.map((y) => 3 * y + 5),
            gs,
          ),
        );
        expect(moved.mean).toBeCloseTo(3 * fit.mean + 5, 5);
        expect(moved.withinVariance).toBeCloseTo(9 * fit.withinVariance, 4);
        for (const { group, n, deviation } of fit.groups) {
          const mean = ys.reduce((t, y, i) => t + (gs[i] === group ? y : 0), 0) / n;
          expect(Math.abs(deviation)).toBeLessThanOrEqual(Math.abs(mean - fit.mean) + 1e-9);
        }
      }),
    );
  });

  it("estimates both variances without much bias over 200 simulated worlds", () => {
    const draw = normalDraw(mersenneRng(12), { mean: 0, standardDeviation: 1 });
    let [between, within] = [0, 0];
    for (let run = 0; run < 200; run++) {
      const levels = Array.from({ length: 12 }, () => 2 * draw());
      const groups = Array.from({ length: 96 }, (_, i) => i % 12);
      const fit = accepted(
        randomIntercept(
          groups.map((g) => (levels[g] ?? 0) + draw()),
          groups,
        ),
      );
      between += fit.betweenVariance / 200;
      within += fit.withinVariance / 200;
    }
    // Standard deviation of the between estimate: about (4 + 1/8)·√(2/11) = 1.76, of the within one √(2/84) = 0.154; over 200 runs, four of them.
    expect(Math.abs(between - 4)).toBeLessThan((4 * 1.76) / Math.sqrt(200));
    expect(Math.abs(within - 1)).toBeLessThan((4 * 0.154) / Math.sqrt(200));
  });

  it("refuses one group, groups of one, no spread and what is not a number", () => {
    expect(randomIntercept([1, 2], [0, 0])).toMatchObject({ reason: "too-few" });
    expect(randomIntercept([1, 2], [0, 1])).toMatchObject({ reason: "too-few" });
    expect(randomIntercept([1, 1, 2, 2], [0, 0, 1, 1])).toMatchObject({ reason: "zero-variance" });
    expect(randomIntercept([NaN], [0])).toMatchObject({ reason: "invalid-input" });
  });
});
