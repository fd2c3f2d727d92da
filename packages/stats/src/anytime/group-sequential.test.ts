import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spentError, type ErrorSpending } from "./error-spending.ts";
import { accepted } from "../golden/adapter.ts";
import { groupSequentialBounds, wangTsiatisBounds } from "./group-sequential.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";

const SPENDINGS: readonly ErrorSpending[] = [
  { kind: "obrien-fleming" },
  { kind: "pocock" },
  { kind: "power", exponent: 2 },
  { kind: "exponential", rate: -4 },
];

describe("group-sequential bounds", () => {
  it("are the published ones: Pocock 2.178 for two looks, O'Brien-Fleming 2.040 at the last of five", () => {
    const pocock = accepted(wangTsiatisBounds({ informationShares: [0.5, 1], alpha: 0.05, sides: 2 }, 0.5));
    expect(pocock.bounds[1]?.criticalValue).toBeCloseTo(2.178, 3);
    const five = accepted(wangTsiatisBounds({ informationShares: [0.2, 0.4, 0.6, 0.8, 1], alpha: 0.05, sides: 2 }, 0));
    expect(five.bounds[4]?.criticalValue).toBeCloseTo(2.04, 3);
  });

  it("are the ordinary test with one look at the end", () => {
    for (const spending of SPENDINGS) {
      const { bounds } = accepted(groupSequentialBounds({ informationShares: [1], alpha: 0.05, sides: 2 }, spending));
      expect(bounds[0]?.criticalValue).toBeCloseTo(1.959964, 6);
    }
  });

  it("spend all of alpha and never give it back, at any spacing of the looks", () => {
    const looks = fc.uniqueArray(fc.integer({ min: 1, max: 19 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(looks, fc.constantFrom(...SPENDINGS), (twentieths, spending) => {
        const informationShares = [...twentieths.toSorted((a, b) => a - b).map((k) => k / 20), 1];
        const { bounds } = accepted(groupSequentialBounds({ informationShares, alpha: 0.05, sides: 1 }, spending));
        const spent = bounds.map((bound) => bound.spent);
        expect(spent).toEqual(spent.toSorted((a, b) => a - b));
        expect(spent.at(-1)).toBeCloseTo(0.05, 12);
        for (const bound of bounds) expect(bound.stageLevel).toBeLessThanOrEqual(0.05 + 1e-9);
      }),
      { numRuns: 20 },
    );
  });

  it("are crossed by 5 % of 20,000 null walks, within four standard errors", () => {
    const informationShares = [0.1, 0.35, 0.6, 1];
    const draw = normalDraw(mersenneRng(4), { mean: 0, standardDeviation: 1 });
    const { bounds } = accepted(
      groupSequentialBounds({ informationShares, alpha: 0.05, sides: 2 }, { kind: "pocock" }),
    );
    let crossed = 0;
    for (let run = 0; run < 20_000; run++) {
      let [score, share, stopped] = [0, 0, false];
      for (const bound of bounds) {
        score += draw() * Math.sqrt(bound.informationShare - share);
        share = bound.informationShare;
        stopped ||= Math.abs(score) / Math.sqrt(share) >= bound.criticalValue;
      }
      if (stopped) crossed++;
    }
    expect(Math.abs(crossed / 20_000 - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / 20_000));
  });

  it("spend nothing at the start and everything at the end", () => {
    for (const spending of SPENDINGS) {
      expect(spentError(spending, 1, 0.025)).toBeCloseTo(0.025, 12);
      expect(spentError(spending, 1e-9, 0.025)).toBeLessThan(1e-6);
    }
  });

  it("are those of the recursion with 600 nodes a step in double precision, at uneven looks", () => {
    // Computed apart from this package, with NumPy and SciPy's normal distribution; two sides, alpha 0.1.
    const plan = { informationShares: [0.08, 0.31, 0.36, 0.77, 1], alpha: 0.1, sides: 2 } as const;
    const expected: readonly (readonly [ErrorSpending, readonly number[]])[] = [
      [{ kind: "obrien-fleming" }, [6.8307790762, 3.3319345084, 3.1031194803, 1.9576155373, 1.7220491882]],
      [{ kind: "pocock" }, [2.4870702988, 2.1381712941, 2.2946674313, 1.9685124945, 2.0300883725]],
      [{ kind: "power", exponent: 1.5 }, [3.0533866717, 2.4215787784, 2.4954147427, 1.923119746, 1.8242382258]],
      [{ kind: "exponential", rate: -2 }, [2.9982047816, 2.5376604224, 2.6210900144, 1.9852454727, 1.7677391724]],
    ];
    for (const [spending, values] of expected)
      accepted(groupSequentialBounds(plan, spending)).bounds.forEach(({ criticalValue }, k) => {
        expect(criticalValue).toBeCloseTo(values[k] ?? NaN, 9);
      });
    const early = { informationShares: [0.1, 0.5, 0.9], alpha: 0.025, sides: 1 } as const;
    expect(accepted(wangTsiatisBounds(early, 0.25)).bounds.map((bound) => bound.criticalValue)).toEqual(
      [3.5477857560456387, 2.372547328488966, 2.048315061280069].map((z) => expect.closeTo(z, 9)),
    );
  });

  it("stop at no z where nothing is spent, and say what they cannot compute", () => {
    const { bounds } = accepted(
      groupSequentialBounds({ informationShares: [1e-4, 1], alpha: 0.05, sides: 1 }, { kind: "obrien-fleming" }),
    );
    expect(bounds[0]?.criticalValue).toBe(Infinity);
    expect(bounds[1]?.criticalValue).toBeCloseTo(1.6448536269514729, 9);
    const many = Array.from({ length: 201 }, (_, k) => (k + 1) / 201);
    for (const informationShares of [many, [0.5, 0.50001, 1]])
      expect(groupSequentialBounds({ informationShares, alpha: 0.05, sides: 2 }, { kind: "pocock" })).toMatchObject({
        reason: "invalid-input",
      });
  });

  it("refuse plans that are none", () => {
    const plan = { informationShares: [0.5, 1], alpha: 0.05, sides: 1 } as const;
    const none = { reason: "invalid-input" };
    expect(groupSequentialBounds({ ...plan, informationShares: [] }, { kind: "pocock" })).toMatchObject(none);
    expect(groupSequentialBounds({ ...plan, informationShares: [0.5, 0.4] }, { kind: "pocock" })).toMatchObject(none);
    expect(groupSequentialBounds({ ...plan, informationShares: [0.5, 1.1] }, { kind: "pocock" })).toMatchObject(none);
    for (const alpha of [0, 0.5, NaN])
      expect(groupSequentialBounds({ ...plan, alpha }, { kind: "pocock" })).toMatchObject(none);
    for (const rate of [NaN, 1000, -1000])
      expect(groupSequentialBounds(plan, { kind: "exponential", rate })).toMatchObject(none);
    expect(groupSequentialBounds(plan, { kind: "power", exponent: -1 })).toMatchObject(none);
    expect(wangTsiatisBounds(plan, 2)).toMatchObject(none);
  });
});
