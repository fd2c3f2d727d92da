import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MEETING } from "../loop-examples.contract.ts";
import { effectOf, verdictOf, type Effect } from "./effect.ts";
import { BURN_IN_NON_ZERO, judge, type Judged } from "./verdict.ts";

const judged = (lower: number, upper: number, told: Partial<Judged> = {}): Judged => ({
  metric: MEETING,
  estimate: (lower + upper) / 2,
  standardError: (upper - lower) / 6,
  lower,
  upper,
  n: 2000,
  nonZeroMin: 200,
  alpha: 0.05,
  tunedFor: 2000,
  ...told,
});

describe("a verdict", () => {
  it.each([
    ["better", judged(0.001, 0.05)],
    ["worse", judged(-0.05, -0.001)],
    ["better", judged(-0.05, -0.001, { metric: { ...MEETING, direction: "decrease" } })],
    ["worse", judged(0.001, 0.05, { metric: { ...MEETING, direction: "decrease" } })],
    ["no meaningful difference", judged(-0.009, 0.009)],
    ["too early", judged(-0.02, 0.05)],
    ["too early", judged(-0.02, 0.02)],
    ["cannot tell", judged(-3, 3)],
  ])("is %s", (word, given) => {
    expect(judge(given).word).toBe(word);
  });

  it("is too early before 25 outcomes in the smaller group, whatever the interval says", () => {
    expect(judge(judged(0.1, 0.2, { nonZeroMin: BURN_IN_NON_ZERO - 1 }))).toEqual({
      word: "too early",
      sentence: expect.stringMatching(/^Only 24 .* in the smaller group$/u),
      remedy: "wait until both groups have 25",
    });
    expect(judge(judged(0.1, 0.2, { nonZeroMin: BURN_IN_NON_ZERO })).word).toBe("better");
  });

  it("that cannot be given says what would make it tellable", () => {
    expect(judge(judged(-0.02, 0.05)).remedy).toMatch(
      /^about [\d,]+ more units would settle a difference of (?:0\.015|1\.5 per 100 units)$/u,
    );
    expect(judge(judged(-3, 3)).remedy).toMatch(
      /raise the minimum effect, or choose an earlier or less noisy metric$/u,
    );
  });

  it("is never better or worse while zero is inside the interval, nor undecided while it is not (law)", () => {
    const x = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(x, x, (a, b) => {
        fc.pre(a !== b && a !== 0 && b !== 0);
        const [lower, upper] = [Math.min(a, b), Math.max(a, b)];
        const decided = ["better", "worse"].includes(judge(judged(lower, upper)).word);
        expect(decided).toBe(lower > 0 || upper < 0);
      }),
    );
  });

  const context = { metric: MEETING, alpha: 0.05, tunedFor: 2000, nonZeroMin: 200, redChecks: [] };
  const effect: Effect = {
    kind: "estimate",
    n: 2000,
    estimate: 0.03,
    standardError: 0.005,
    fixed: { lower: 0.02, upper: 0.04 },
    sequence: { lower: 0.01, upper: 0.05 },
  };

  it("is void while a health check is red, however clear the interval", () => {
    expect(verdictOf(effect, { ...context, redChecks: ["units per cohort contradict the design"] })).toMatchObject({
      word: "cannot trust yet",
      sentence: "A health check failed: units per cohort contradict the design",
    });
    expect(verdictOf(effect, context).word).toBe("better");
  });

  it.each([
    ["too-few", "too early", "wait for more outcomes"],
    ["zero-variance", "too early", "wait for more outcomes"],
    ["no-overlap", "cannot tell", "let the playbook try this action on a share of the units"],
    ["no-holdout", "cannot tell", "give a share of the units to a holdout in the policy"],
    ["same-policy", "cannot tell", "there is nothing to decide between the two"],
  ])("of an estimate refused as %s is %s, with a remedy", (reason, word, remedy) => {
    expect(verdictOf({ kind: "refused", reason, message: "why" }, context)).toEqual({ word, sentence: "why", remedy });
  });
});

describe("an effect", () => {
  it("decides on the sequence, which is wider than the interval that is valid once", () => {
    const found = effectOf(
      { kind: "estimate", n: 2000, estimate: 0.03, standardError: 0.01 },
      { alpha: 0.05, tunedFor: 2000 },
    );
    if (found.kind === "refused") throw new Error(found.message);
    expect(found.fixed.lower).toBeCloseTo(0.03 - 1.959964 * 0.01, 7);
    expect(found.sequence.lower).toBeLessThan(found.fixed.lower);
    expect(found.sequence.upper).toBeGreaterThan(found.fixed.upper);
  });

  it("passes a refusal on", () => {
    expect(effectOf({ kind: "refused", reason: "no-overlap", message: "why" }, { alpha: 0.05, tunedFor: 1 })).toEqual({
      kind: "refused",
      reason: "no-overlap",
      message: "why",
    });
  });
});
