import fc from "fast-check";
import { expect, it } from "vitest";
import { additiveFloor } from "./exploration-floor.ts";

const weights = fc
  .array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 1, maxLength: 8 })
  .filter((w) => w.some((x) => x > 1e-6));

it("gives a distribution in which every action has at least the floor and none overtakes another", () => {
  fc.assert(
    fc.property(weights, fc.double({ min: 0, max: 0.5, noNaN: true }), (given, floor) => {
      const answer = additiveFloor(given, floor);
      if (answer.kind === "refused") throw new Error(answer.message);
      const p = answer.probabilities;
      expect(p.reduce((t, x) => t + x, 0)).toBeCloseTo(1, 12);
      p.forEach((x, i) => {
        expect(x).toBeGreaterThanOrEqual(Math.min(floor, 1 / given.length) - 1e-12);
        p.forEach((y, j) => expect((given[i] ?? 0) < (given[j] ?? 0) && x > y + 1e-12).toBe(false));
      });
    }),
  );
});

it("refuses weights that are no weights", () => {
  for (const bad of [[], [0, 0], [-1, 2], [NaN, 1], [Infinity, 1]])
    expect(additiveFloor(bad, 0.1)).toMatchObject({ kind: "refused", reason: "invalid-input" });
});
