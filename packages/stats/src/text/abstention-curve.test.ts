import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng } from "../numerics/random.ts";
import { abstentionCurve, abstentionThreshold, type AbstentionCurve } from "./abstention-curve.ts";

function accepted(answer: ReturnType<typeof abstentionCurve>): AbstentionCurve {
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

describe("the abstention curve", () => {
  it("counts those answered and those right", () => {
    const { points } = accepted(abstentionCurve([0.5, 0.9, 0.6, 0.8], [1, 1, 0, 1], { steps: 4 }));
    expect(points).toEqual([
      { threshold: 0.5, coverage: 1, accuracy: 0.75 },
      { threshold: 0.6, coverage: 0.75, accuracy: 2 / 3 },
      { threshold: 0.8, coverage: 0.5, accuracy: 1 },
      { threshold: 0.9, coverage: 0.25, accuracy: 1 },
    ]);
  });

  it("rises all the way when confidences are true", () => {
    const rng = mersenneRng(5);
    const confidences = Array.from({ length: 20_000 }, () => rng.next());
    const right = confidences.map((p) => Number(rng.next() < p));
    const accuracies = accepted(abstentionCurve(confidences, right, { steps: 10 })).points.map((p) => p.accuracy);
    expect(accuracies).toEqual(accuracies.toSorted((a, b) => a - b));
  });

  it("says what its thresholds do", () => {
    const unit = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1));
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (units, steps) => {
        const confidences = units.map(([p]) => p);
        const right = units.map(([, r]) => r);
        for (const { threshold, coverage, accuracy } of accepted(abstentionCurve(confidences, right, { steps }))
          .points) {
          const answered = right.filter((_, i) => (confidences[i] ?? 0) >= threshold);
          expect(answered.length / units.length).toBeCloseTo(coverage, 12);
          expect(answered.reduce((sum, r) => sum + r, 0) / answered.length).toBeCloseTo(accuracy, 12);
        }
      }),
    );
  });

  it("gives the threshold from which on accuracy is as wanted, or none", () => {
    const curve = accepted(abstentionCurve([0.5, 0.9, 0.6, 0.8], [1, 1, 0, 1], { steps: 4 }));
    expect(abstentionThreshold(curve, 0.7)).toBe(0.8);
    expect(abstentionThreshold(curve, 0.5)).toBe(0.5);
    expect(abstentionThreshold({ points: [{ threshold: 0.5, coverage: 1, accuracy: 0.7 }] }, 0.9)).toBeNull();
  });
});
