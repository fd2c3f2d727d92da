import fc from "fast-check";
import { expect, it } from "vitest";
import { parseProbability, parsePropensity, probability, propensity } from "./probability.ts";

it("takes probabilities from 0 to 1 and propensities from above 0 to 1", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (x) => {
      expect(parseProbability(x)).toEqual({ kind: "ok", value: x });
      expect(parsePropensity(x).kind).toBe(x > 0 ? "ok" : "err");
    }),
  );
});

it("refuses everything else, with a stable code and the value in the message", () => {
  for (const x of [-1e-300, 1.0000001, NaN, Infinity, -Infinity]) {
    expect(parseProbability(x)).toMatchObject({ kind: "err", error: { code: "probability.out_of_range" } });
    expect(parsePropensity(x)).toMatchObject({
      kind: "err",
      error: { code: "propensity.out_of_range", message: expect.stringContaining(String(x)) },
    });
    expect(() => probability(x)).toThrow(RangeError);
    expect(() => propensity(x)).toThrow(RangeError);
  }
  expect(() => propensity(0)).toThrow(RangeError);
});
