import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { softmax } from "./sparse-multinomial.ts";
import { temperatureScaling } from "./temperature-scaling.ts";

describe("temperature scaling", () => {
  it("finds the temperature by which scores were sharpened", () => {
    const rng = mersenneRng(3);
    const normal = normalDraw(rng, { mean: 0, standardDeviation: 1 });
    const n = 20_000;
    const truths = Array.from({ length: n }, () => Float64Array.from({ length: 4 }, () => 1.5 * normal()));
    const outcomes = truths.map((truth) => {
      let left = rng.next();
      return Math.max(
        0,
        softmax(truth, 1).findIndex((p) => (left -= p) < 0),
      );
    });
    const answer = temperatureScaling(
      truths.map((truth) => truth.map((s) => 3 * s)),
      outcomes,
    );
    if (answer.kind === "refused") throw new Error(answer.message);
    // Standard error of the sharpness 1/T at T = 1: 1/√(n·Var) with Var the mean variance of a score under its own probabilities, here
    // above 1: 1/√20,000 = 0.7 %. Four of them, and the targets' 1/(n + 2), stay below 3 % of T.
    expect(Math.abs(answer.temperature / 3 - 1)).toBeLessThan(0.03);
  });

  it("grows with the scores and does not care for a constant added to a unit's", () => {
    const unit = fc.tuple(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 3 }), fc.nat(2));
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 5, maxLength: 30 }),
        fc.double({ min: 0.5, max: 4, noNaN: true }),
        (units, by) => {
          const outcomes = units.map(([, outcome]) => outcome);
          const plain = temperatureScaling(
            units.map(([scores]) => scores),
            outcomes,
          );
          const moved = temperatureScaling(
            units.map(([scores]) => scores.map((s) => by * s + 7)),
            outcomes,
          );
          if (plain.kind === "refused" || moved.kind === "refused" || Math.abs(Math.log(plain.temperature)) > 5) return;
          expect(Math.log(moved.temperature / (by * plain.temperature))).toBeCloseTo(0, 4);
        },
      ),
    );
  });

  it("stays finite for scores that were right every time, and refuses those that were wrong on the whole", () => {
    const sure = Array.from({ length: 20 }, () => [1, 0]);
    expect(
      temperatureScaling(
        sure,
        sure.map(() => 0),
      ),
    ).toMatchObject({ kind: "estimate" });
    expect(
      temperatureScaling(
        sure,
        sure.map(() => 1),
      ),
    ).toMatchObject({ reason: "no-signal" });
  });
});
