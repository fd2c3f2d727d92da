import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { momentsFromConversions, momentsOf } from "./moments.ts";
import { postStratified } from "./post-stratification.ts";
import { welchDifference } from "./welch.ts";

const arm = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 15 }).map(momentsOf);

describe("postStratified", () => {
  it("of a single stratum is the plain difference", () => {
    fc.assert(
      fc.property(arm, arm, (control, treatment) => {
        const [one, plain] = [
          postStratified([{ control, treatment }], { scale: "absolute" }),
          welchDifference(control, treatment, { confidence: 0.95 }),
        ];
        if (one.kind === "refused" || plain.kind === "refused") return;
        expect(one.estimate).toBeCloseTo(plain.estimate, 10);
        expect(one.standardError).toBeCloseTo(plain.standardError, 10);
      }),
    );
  });

  it("does not depend on the order of strata, and scales with the outcome on the absolute scale only", () => {
    const strata = fc.array(fc.record({ control: arm, treatment: arm }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(strata, (given) => {
        const [there, back] = [
          postStratified(given, { scale: "absolute" }),
          postStratified(given.toReversed(), { scale: "absolute" }),
        ];
        if (there.kind === "refused" || back.kind === "refused") return;
        expect(back.estimate).toBeCloseTo(there.estimate, 9);
        expect(back.standardError).toBeCloseTo(there.standardError, 9);
      }),
    );
  });

  it("undoes Simpson's paradox under a ramp: treatment wins in each week and loses in the sum", () => {
    const week = (n: number, conversions: number) => momentsFromConversions({ n, conversions });
    const strata = [
      { control: week(9000, 1800), treatment: week(1000, 220) }, // a good week, 10 % treated: 20 % against 22 %
      { control: week(1000, 50), treatment: week(9000, 540) }, // a poor one, 90 % treated: 5 % against 6 %
    ];
    const naive = (220 + 540) / 10_000 - (1800 + 50) / 10_000;
    expect(naive).toBeLessThan(0);
    expect(postStratified(strata, { scale: "absolute" })).toMatchObject({
      estimate: expect.closeTo((0.02 + 0.01) / 2, 10),
    });
  });

  it("refuses thin strata, no strata and a lift on nothing", () => {
    expect(postStratified([], { scale: "absolute" })).toMatchObject({ reason: "too-few" });
    expect(
      postStratified([{ control: momentsOf([1]), treatment: momentsOf([1, 2]) }], { scale: "absolute" }),
    ).toMatchObject({ reason: "too-few" });
    expect(
      postStratified([{ control: momentsOf([0, 0]), treatment: momentsOf([1, 2]) }], { scale: "relative" }),
    ).toMatchObject({ reason: "zero-baseline" });
    expect(
      postStratified([{ control: momentsOf([3, 3]), treatment: momentsOf([4, 4]) }], { scale: "absolute" }),
    ).toMatchObject({ reason: "zero-variance" });
  });
});
