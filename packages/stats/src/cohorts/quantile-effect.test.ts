import { describe, expect, it } from "vitest";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { normalQuantile } from "../numerics/special-functions.ts";
import { quantileEffects } from "./quantile-effect.ts";
import { pooledCaps, winsorisedDifference } from "./winsorised-difference.ts";

describe("quantileEffects", () => {
  // Log-normal outcomes; the treatment doubles the spread of the logarithm, so quantiles move apart while the median stays. 1,000 runs of
  // 400 units: four standard errors of 95 % are 2.8 %; Woodruff's bounds are discrete, which costs up to about 1 % more.
  it("cover the true effects at the median and in the tail", () => {
    const normal = normalDraw(mersenneRng(5), { mean: 0, standardDeviation: 1 });
    const levels = [0.5, 0.9];
    const truth = levels.map((p) => Math.exp(normalQuantile(p)) - Math.exp(0.5 * normalQuantile(p)));
    const missed = [0, 0];
    for (let run = 0; run < 1000; run++) {
      const control = Array.from({ length: 400 }, () => Math.exp(0.5 * normal()));
      const treatment = Array.from({ length: 400 }, () => Math.exp(normal()));
      const answer = quantileEffects(control, treatment, { levels, confidence: 0.95 });
      if (answer.kind === "refused") throw new Error(answer.message);
      answer.effects.forEach(({ effect }, i) => {
        if (effect.kind === "refused") throw new Error(effect.message);
        const [low, high] = [effect.interval.lower, effect.interval.upper];
        if (!(low <= (truth[i] ?? NaN) && (truth[i] ?? NaN) <= high)) missed[i] = (missed[i] ?? 0) + 1;
      });
    }
    for (const count of missed) expect(Math.abs(count / 1000 - 0.05)).toBeLessThan(0.028 + 0.01);
  });

  it("refuse a level that the sample cannot bound, and one where outcomes are tied, but answer the others", () => {
    const spread = Array.from({ length: 100 }, (_, i) => i);
    const answer = quantileEffects(spread, spread, { levels: [0.5, 0.999], confidence: 0.95 });
    expect(answer).toMatchObject({
      effects: [{ effect: { kind: "estimate", estimate: 0 } }, { effect: { reason: "too-few" } }],
    });
    const tied = spread.map(() => 1);
    expect(quantileEffects(tied, tied, { levels: [0.5], confidence: 0.95 })).toMatchObject({
      effects: [{ effect: { reason: "zero-variance" } }],
    });
    expect(quantileEffects([], spread, { levels: [0.5], confidence: 0.95 })).toMatchObject({ reason: "too-few" });
    expect(quantileEffects(spread, spread, { levels: [1], confidence: 0.95 })).toMatchObject({
      reason: "invalid-input",
    });
  });
});

describe("winsorisedDifference", () => {
  it("caps both arms at one value from both together, and shows the uncapped difference beside it", () => {
    const control = Array.from({ length: 200 }, (_, i) => i % 10);
    const treatment = [...control.slice(1), 1e6];
    const found = pooledCaps([control, treatment], { lower: 0, upper: 0.01 });
    if (found.kind === "refused") throw new Error(found.message);
    expect(found.caps).toEqual({ lower: -Infinity, upper: 9 });
    const answer = winsorisedDifference(control, treatment, { caps: found.caps, confidence: 0.95 });
    expect(answer).toMatchObject({ changed: { control: 0, treatment: 1 }, uncapped: { estimate: 5000 } });
    expect(answer.kind === "estimate" && answer.capped.estimate).toBeCloseTo(9 / 200, 12);
  });

  it("does not depend on which arm is which when caps are chosen", () => {
    const [a, b] = [
      [1, 5, 9],
      [2, 70],
    ];
    expect(pooledCaps([a, b], { lower: 0.1, upper: 0.1 })).toEqual(pooledCaps([b, a], { lower: 0.1, upper: 0.1 }));
  });

  it("refuses caps out of order and tails of half the units", () => {
    expect(winsorisedDifference([1, 2], [3, 4], { caps: { lower: 2, upper: 1 }, confidence: 0.95 })).toMatchObject({
      reason: "invalid-input",
    });
    expect(pooledCaps([[1]], { lower: 0.5, upper: 0 })).toMatchObject({ reason: "invalid-input" });
    expect(pooledCaps([[], []], { lower: 0, upper: 0.1 })).toMatchObject({ reason: "too-few" });
  });
});
