import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialTest, proportionInterval, type ProportionIntervalMethod } from "./one-proportion.ts";
import { mersenneRng } from "../numerics/random.ts";
import { ratioInterval, twoProportionDifference, type DifferenceMethod } from "./two-proportions.ts";

const conversions = fc
  .integer({ min: 1, max: 200 })
  .chain((n) => fc.record({ n: fc.constant(n), conversions: fc.integer({ min: 0, max: n }) }));
const METHODS: readonly DifferenceMethod[] = ["newcombe", "agresti-caffo", "miettinen-nurminen"];

describe("twoProportionDifference", () => {
  it("has the z of the textbook: 30/180 against 9/200", () => {
    expect(
      twoProportionDifference({ n: 200, conversions: 9 }, { n: 180, conversions: 30 }, { confidence: 0.95 }),
    ).toMatchObject({
      estimate: expect.closeTo(0.121667, 6),
      pValue: expect.closeTo(9.53e-5, 7),
      interval: { lower: expect.closeTo(0.0608, 4), upper: expect.closeTo(0.1865, 4) },
    });
  });

  it("contains its estimate, has positive width and mirrors when arms are swapped, by every method", () => {
    fc.assert(
      fc.property(conversions, conversions, fc.constantFrom(...METHODS), (a, b, method) => {
        const [there, back] = [
          twoProportionDifference(a, b, { confidence: 0.9, method }),
          twoProportionDifference(b, a, { confidence: 0.9, method }),
        ];
        if (there.kind === "refused" || back.kind === "refused") return;
        expect(there.interval.upper).toBeGreaterThan(there.interval.lower);
        // Agresti-Caffo is centred on shrunken rates, so it alone may leave out the raw difference.
        const slack = method === "agresti-caffo" ? Infinity : 1e-12;
        expect(there.interval.lower).toBeLessThanOrEqual(there.estimate + slack);
        expect(there.interval.upper).toBeGreaterThanOrEqual(there.estimate - slack);
        expect(back.interval.lower).toBeCloseTo(-there.interval.upper, 7);
      }),
    );
  });

  it("covers at 2 % against 3 % with 500 units an arm, where Wald is shaky, within four standard errors", () => {
    const runs = 3000;
    const rng = mersenneRng(5);
    const draw = (p: number): number => Array.from({ length: 500 }, () => rng.next()).filter((u) => u < p).length;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const answer = twoProportionDifference(
        { n: 500, conversions: draw(0.02) },
        { n: 500, conversions: draw(0.03) },
        { confidence: 0.95 },
      );
      if (answer.kind === "estimate" && answer.interval.lower <= 0.01 && answer.interval.upper >= 0.01) covered++;
    }
    expect(covered / runs).toBeGreaterThan(0.95 - 4 * Math.sqrt((0.95 * 0.05) / runs));
  });

  it("refuses empty arms, nobody or everybody converted, and counts that are none", () => {
    const options = { confidence: 0.95 };
    expect(twoProportionDifference({ n: 0, conversions: 0 }, { n: 5, conversions: 1 }, options)).toMatchObject({
      reason: "too-few",
    });
    expect(twoProportionDifference({ n: 5, conversions: 0 }, { n: 5, conversions: 0 }, options)).toMatchObject({
      reason: "zero-variance",
    });
    expect(twoProportionDifference({ n: 5, conversions: 5 }, { n: 5, conversions: 5 }, options)).toMatchObject({
      reason: "zero-variance",
    });
    expect(twoProportionDifference({ n: 5, conversions: 6 }, { n: 5, conversions: 1 }, options)).toMatchObject({
      reason: "invalid-input",
    });
    expect(twoProportionDifference({ n: NaN, conversions: 0 }, { n: 5, conversions: 1 }, options)).toMatchObject({
      reason: "invalid-input",
    });
  });
});

describe("proportionInterval", () => {
  it("stays in [0, 1] and contains the rate, by every method", () => {
    const methods: readonly ProportionIntervalMethod[] = ["wilson", "clopper-pearson"];
    fc.assert(
      fc.property(conversions, fc.constantFrom(...methods), (sample, method) => {
        const answer = proportionInterval(sample, { confidence: 0.95, method });
        if (answer.kind === "refused") throw new Error(answer.message);
        expect(answer.interval.lower).toBeGreaterThanOrEqual(0);
        expect(answer.interval.upper).toBeLessThanOrEqual(1);
        expect(answer.interval.lower).toBeLessThanOrEqual(answer.estimate);
        expect(answer.interval.upper).toBeGreaterThanOrEqual(answer.estimate);
      }),
    );
  });

  it("refuses Wald where it would have zero width, and an empty sample", () => {
    expect(proportionInterval({ n: 9, conversions: 0 }, { confidence: 0.95, method: "wald" })).toMatchObject({
      reason: "zero-variance",
    });
    expect(proportionInterval({ n: 0, conversions: 0 }, { confidence: 0.95 })).toMatchObject({ reason: "too-few" });
  });
});

it("binomialTest sums the probabilities of all outcomes no likelier than the one seen", () => {
  // 2 of 3 at ½: P(0) = ⅛, P(3) = ⅛, P(1) = P(2) = ⅜: all outcomes count, p = 1. 3 of 3: ⅛ + ⅛.
  expect(binomialTest({ n: 3, conversions: 2 }, 0.5)).toBeCloseTo(1, 12);
  expect(binomialTest({ n: 3, conversions: 3 }, 0.5)).toBeCloseTo(0.25, 12);
});

describe("ratioInterval", () => {
  it("leaves one side open where one arm has no conversions, and turns with the arms", () => {
    const [none, some] = [
      { n: 50, conversions: 0 },
      { n: 60, conversions: 9 },
    ];
    const [up, down] = [
      ratioInterval(none, some, { alpha: 0.05, method: "score" }),
      ratioInterval(some, none, { alpha: 0.05, method: "score" }),
    ];
    if ("kind" in up || "kind" in down) throw new Error("no refusal expected");
    expect([up.upper, down.lower]).toEqual([Infinity, 0]);
    expect(up.lower).toBeCloseTo(2.0430109993, 8); // statsmodels 0.13.5
    expect(up.lower * down.upper).toBeCloseTo(1, 10);
  });

  it("refuses no conversions at all, and a logarithm where an arm has none", () => {
    const none = { n: 50, conversions: 0 };
    expect(ratioInterval(none, none, { alpha: 0.05, method: "score" })).toMatchObject({ reason: "zero-baseline" });
    expect(ratioInterval(none, { n: 5, conversions: 1 }, { alpha: 0.05, method: "log" })).toMatchObject({
      reason: "zero-baseline",
    });
    expect(ratioInterval({ n: 5, conversions: 6 }, none, { alpha: 0.05, method: "log" })).toMatchObject({
      reason: "invalid-input",
    });
  });
});
