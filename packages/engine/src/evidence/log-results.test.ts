import { describe, expect, it } from "vitest";
import { segmentId } from "../ids.ts";
import { exampleCell, MEETING, OFFER, PLAIN, STORY } from "../loop-examples.contract.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { logResults, type LogComparison, type LogQuestion, type LogResults } from "./log-results.ts";

const read = (cells: readonly OutcomeCell[], told: Partial<LogQuestion> = {}): LogResults =>
  logResults({
    metric: MEETING,
    measurement: { cells, censored: 0 },
    actions: [PLAIN, STORY],
    baseline: PLAIN,
    assignment: "randomised",
    precision: { alpha: 0.05, tunedFor: 2000 },
    ...told,
  });
const half = (told: Partial<OutcomeCell>): OutcomeCell => exampleCell({ propensity: 0.5, ...told });
const only = (results: LogResults): LogComparison => {
  const [comparison] = results.comparisons;
  if (comparison === undefined) throw new Error("one action beside the baseline");
  return comparison;
};
const stateOf = (results: LogResults, name: string): string | undefined =>
  results.health.find(({ check }) => check === name)?.state;

describe("a randomised log", () => {
  const cells = [half({ action: PLAIN, n: 1000, sum: 100 }), half({ action: STORY, n: 1000, sum: 160 })];

  it("is read as the difference of means with Welch's interval, and the sequence beside it (worked example)", () => {
    const comparison = only(read(cells));
    expect(comparison).toMatchObject({
      action: STORY,
      n: 1000,
      nBaseline: 1000,
      mean: 0.16,
      meanBaseline: 0.1,
      verdict: { word: "better" },
    });
    if (comparison.effect.kind === "refused") throw new Error(comparison.effect.message);
    // Variances 0.1·0.9·1000/999 and 0.16·0.84·1000/999 over 1000 each.
    const standardError = Math.sqrt((0.09 + 0.1344) / 999);
    expect(comparison.effect.estimate).toBeCloseTo(0.06, 12);
    expect(comparison.effect.standardError).toBeCloseTo(standardError, 12);
    // t with 1937 degrees of freedom: 1.9612.
    expect(comparison.effect.fixed.lower).toBeCloseTo(0.06 - 1.96119 * standardError, 5);
    expect(comparison.effect.sequence.lower).toBeLessThan(comparison.effect.fixed.lower);
  });

  it("with uneven propensities weighs each unit by how rare its action was (worked example)", () => {
    // Busy leads convert at 50 % and mostly got the story; the others at 10 % and mostly did not. The story does nothing.
    const [busy, quiet] = [segmentId("all/kind=busy"), segmentId("all/kind=quiet")];
    const uneven = [
      exampleCell({ segment: busy, action: STORY, propensity: 0.9, n: 900, sum: 450 }),
      exampleCell({ segment: busy, action: PLAIN, propensity: 0.1, n: 100, sum: 50 }),
      exampleCell({ segment: quiet, action: STORY, propensity: 0.1, n: 100, sum: 10 }),
      exampleCell({ segment: quiet, action: PLAIN, propensity: 0.9, n: 900, sum: 90 }),
    ];
    const comparison = only(read(uneven));
    expect(comparison.mean).toBeCloseTo(0.3, 12);
    expect(comparison.meanBaseline).toBeCloseTo(0.3, 12);
    expect(comparison.effect.kind === "estimate" ? comparison.effect.estimate : 1).toBeCloseTo(0, 12);
    // Σ w²(y − 0.3)² ÷ 2000² an action. Story: 261/0.81 + 13/0.01, plain: 29/0.01 + 117/0.81.
    const squares = 261 / 0.81 + 13 / 0.01 + 29 / 0.01 + 117 / 0.81;
    expect(comparison.effect.kind === "estimate" ? comparison.effect.standardError : 0).toBeCloseTo(
      Math.sqrt(squares) / 2000,
      12,
    );
    expect(comparison.verdict.word).not.toBe("better");
  });

  it("is too early with few outcomes, and tells how many there are", () => {
    const scarce = [half({ action: PLAIN, n: 100, sum: 3 }), half({ action: STORY, n: 100, sum: 30 })];
    expect(only(read(scarce)).verdict).toMatchObject({
      word: "too early",
      sentence: expect.stringMatching(/^Only 3 .* in the smaller group$/u),
    });
  });

  it("without a unit of one action has no number", () => {
    const comparison = only(read([half({ action: PLAIN, n: 100, sum: 30 })]));
    expect(comparison).toMatchObject({ n: 0, mean: null, effect: { kind: "refused" }, verdict: { word: "too early" } });
  });

  it("compares within segments, too", () => {
    const large = cells.map((cell) => ({ ...cell, segment: segmentId("all/size=large") }));
    expect(only(read([...cells, ...large])).segments.map(({ segment }) => segment)).toEqual(["all", "all/size=large"]);
  });

  it("compares every action with the baseline", () => {
    const three = [PLAIN, STORY, OFFER].map((action) => exampleCell({ action, propensity: 1 / 3, n: 1000, sum: 100 }));
    expect(read(three, { actions: [PLAIN, STORY, OFFER] }).comparisons.map(({ action }) => action)).toEqual([
      STORY,
      OFFER,
    ]);
  });

  it("whose units contradict the declared propensities gets no verdict", () => {
    const lopsided = read([half({ action: PLAIN, n: 1400, sum: 140 }), half({ action: STORY, n: 600, sum: 96 })]);
    expect(stateOf(lopsided, "action-ratio")).toBe("red");
    expect(only(lopsided).verdict.word).toBe("cannot trust yet");
  });

  it("in which the action depends on the segment gets no verdict", () => {
    const large = segmentId("all/size=large");
    const sorted = [
      half({ action: PLAIN, n: 700, sum: 70 }),
      half({ action: STORY, n: 300, sum: 48 }),
      half({ action: PLAIN, segment: large, n: 300, sum: 30 }),
      half({ action: STORY, segment: large, n: 700, sum: 112 }),
    ];
    expect(stateOf(read(sorted), "balance")).toBe("red");
    expect(only(read(sorted)).verdict.word).toBe("cannot trust yet");
  });

  it("is not called healthy where there is nothing to check", () => {
    const unsaid = [exampleCell({ action: PLAIN, propensity: null }), exampleCell({ action: STORY, propensity: null })];
    expect(read(unsaid).health.map(({ state }) => state)).toEqual(["no data", "no data"]);
  });
});

describe("a log whose actions nobody drew at random", () => {
  it("shows the difference and gives no verdict on it, however clear it looks", () => {
    const cells = [
      exampleCell({ action: PLAIN, propensity: null, n: 1000, sum: 100 }),
      exampleCell({ action: STORY, propensity: null, n: 1000, sum: 400 }),
    ];
    const comparison = only(read(cells, { assignment: "observational" }));
    expect(comparison.effect).toMatchObject({ kind: "estimate" });
    expect(comparison.verdict).toMatchObject({ word: "cannot tell", remedy: expect.stringContaining("random action") });
  });
});
