import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asymptoticConfidenceSequence } from "./asymptotic-confidence-sequence.ts";
import { unitsUntilConfidenceSequence } from "./units-until-confidence-sequence.ts";

describe("unitsUntilConfidenceSequence", () => {
  it("names the size at which the confidence sequence has just that half-width", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.double({ min: 0.02, max: 0.5, noNaN: true }),
        (sd, ratio) => {
          const effect = sd * ratio;
          const answer = unitsUntilConfidenceSequence({
            standardDeviationPerUnit: sd,
            effect,
            alpha: 0.05,
            tunedFor: 2000,
          });
          if (answer.kind === "refused") throw new Error(answer.message);
          const sequence = asymptoticConfidenceSequence({
            estimate: 0,
            standardError: sd / Math.sqrt(answer.n),
            n: answer.n,
            alpha: 0.05,
            tunedFor: 2000,
          });
          if (sequence.kind === "refused") throw new Error(sequence.message);
          expect(sequence.halfWidth / effect).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it("needs more units for a smaller effect", () => {
    const of = (effect: number) =>
      unitsUntilConfidenceSequence({ standardDeviationPerUnit: 1, effect, alpha: 0.05, tunedFor: 2000 });
    const [coarse, fine] = [of(0.1), of(0.05)];
    expect(coarse.kind === "estimate" && fine.kind === "estimate" && fine.n > 3.5 * coarse.n).toBe(true);
  });

  it("refuses an effect of nothing, and one that nobody will live to see", () => {
    expect(
      unitsUntilConfidenceSequence({ standardDeviationPerUnit: 1, effect: 0, alpha: 0.05, tunedFor: 2000 }),
    ).toMatchObject({ reason: "invalid-input" });
    expect(
      unitsUntilConfidenceSequence({ standardDeviationPerUnit: 1, effect: 1e-9, alpha: 0.05, tunedFor: 2000 }),
    ).toMatchObject({ reason: "out-of-reach" });
  });
});
