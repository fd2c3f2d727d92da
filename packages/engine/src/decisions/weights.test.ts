import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counterfactualInWords } from "./counterfactual.ts";
import { decideAt, FIVE_LIMITS, fiveFrame, PRIORITY, withValue } from "./five-levers.contract.ts";
import { calibrate, featureValue, scoreReaching, totalOf } from "./score.ts";

const frame = fiveFrame();
const anyContext = fc.record(
  {
    employees: fc.double({ min: 0, max: 20_000, noNaN: true }),
    visited_pricing: fc.boolean(),
    industry: fc.constantFrom("software", "saas", "retail", ""),
    region: fc.constantFrom("EMEA", "APAC"),
  },
  { requiredKeys: [] },
);

describe("a score", () => {
  it("is the intercept and what each feature adds, and calibrates to a probability and a band", () => {
    const context = { employees: 300, visited_pricing: true, industry: "saas", region: "EMEA" };
    const { record, ...decision } = decideAt(frame, { unit: "a", point: "priority", context });
    // −1 + 0.5 · (300 − 100) ÷ 100 + 1.5 + 0.75 = 2.25, beyond the last knot.
    expect(record?.score).toEqual({
      kind: "weights",
      of: "prioritisation",
      score: 2.25,
      calibrated: 0.3,
      intercept: -1,
      points: [1, 1.5, 0.75],
    });
    expect(decision).toMatchObject({ action: "A", propensity: 1, segment: "all/region=EMEA" });
    expect(decision.reasons[0]).toBe(
      '"A": 30 % expected in segment all/region=EMEA under playbook v1, mostly visited_pricing +1.5, employees +1',
    );
  });

  it("inherits its weights along the segments", () => {
    const scored = (region: string) =>
      decideAt(frame, { unit: "a", point: "priority", context: { region, visited_pricing: true } }).record?.score
        ?.score;
    expect([scored("EMEA"), scored("APAC")]).toEqual([-1 + 1.5, -0.5 + 1]);
  });

  it("says what a missing value counts as, and takes a value of another type for missing", () => {
    const [size, flag, industry] = PRIORITY.features;
    if (size === undefined || flag === undefined || industry === undefined)
      throw new Error("the example has three features");
    const missing = { missing: 0.25 };
    expect(featureValue({ ...size, ...missing }, {})).toBe(0.25);
    expect(featureValue({ ...size, ...missing }, { employees: "many" })).toBe(0.25);
    expect(featureValue({ ...size, ...missing }, { employees: Number.NaN })).toBe(0.25);
    expect(featureValue({ ...flag, ...missing }, { visited_pricing: "yes" })).toBe(0.25);
    expect(featureValue({ ...industry, ...missing }, { industry: "" })).toBe(0.25);
    expect(featureValue(size, { employees: 1e300 })).toBe(1000);
  });

  it("adds up to the bit from its points (law)", () => {
    fc.assert(
      fc.property(anyContext, (context) => {
        const score = decideAt(frame, { unit: "a", point: "priority", context }).record?.score;
        expect(totalOf(score?.intercept ?? Number.NaN, score?.points ?? [])).toBe(score?.score);
      }),
    );
  });

  it("never calibrates a greater score to a smaller probability, and knows the score that reaches one (law)", () => {
    const score = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(score, score, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(calibrate(PRIORITY.calibration, low)).toBeLessThanOrEqual(calibrate(PRIORITY.calibration, high));
      }),
    );
    expect(scoreReaching(PRIORITY.calibration, 0.05)).toBe(0);
    expect(scoreReaching(PRIORITY.calibration, 0.2)).toBeCloseTo(1.2, 12);
    expect(scoreReaching(PRIORITY.calibration, 0.4)).toBeNull();
    expect(scoreReaching(PRIORITY.calibration, 0)).toBeNull();
  });
});

describe("what would have put it in another band", () => {
  it("is the nearest change of one field, in words", () => {
    const context = { employees: 100, visited_pricing: false, industry: "retail" };
    const change = decideAt(frame, { unit: "a", point: "priority", context }).record?.counterfactual;
    expect(change).toEqual({ kind: "context", field: "visited_pricing", to: true, action: "B" });
    expect(change === undefined ? "" : counterfactualInWords(change)).toBe(
      'Had visited_pricing been true, it would have been "B"',
    );
  });

  it("does what it says, whatever the context (law)", () => {
    fc.assert(
      fc.property(anyContext, (context) => {
        const decision = decideAt(frame, { unit: "a", point: "priority", context });
        const change = decision.record?.counterfactual;
        if (change?.kind !== "context") return;
        const changed = decideAt(frame, {
          unit: "a",
          point: "priority",
          context: { ...context, [change.field]: change.to },
        });
        expect(change.action).not.toBe(decision.action);
        expect(changed.action).toBe(change.action);
      }),
    );
  });

  it("is a weight where no field can do it", () => {
    const playbook = withValue("prioritisation", {
      intercept: -1,
      weights: { employees: 0, visited_pricing: 0.5, software: 0 },
    });
    const context = { employees: 300, visited_pricing: true };
    const change = decideAt(fiveFrame({ playbook }), { unit: "a", point: "priority", context }).record?.counterfactual;
    expect(change).toMatchObject({ kind: "weight", feature: "employees", action: "B" });
  });
});

describe("weights that the policy does not allow", () => {
  const served = (value: unknown) =>
    decideAt(fiveFrame({ playbook: withValue("prioritisation", value) }), {
      unit: "a",
      point: "priority",
      context: { visited_pricing: true },
    });
  const good = { employees: 0.5, visited_pricing: 1.5, software: 0.75 };

  it.each([
    ["out of range", { intercept: 0, weights: { ...good, software: 3 } }, "its range is 0 to 2"],
    ["a word", { intercept: "0", weights: good }, "intercept is a string"],
    ["nothing", { intercept: 0, weights: { ...good, employees: null } }, 'weight of "employees" is null'],
    ["left out", { intercept: 0, weights: { employees: 1 } }, '"visited_pricing" has no weight'],
    ["of no feature", { intercept: 0, weights: { ...good, colour: 1 } }, '"colour" is no feature'],
    ["no table", [1, 2, 3], "the value is damaged"],
  ])("serve the baseline where one is %s", (_, value, why) => {
    const decision = served(value);
    expect(decision.record).toMatchObject({
      fallback: expect.stringContaining(why),
      score: { intercept: -1, points: [0, 0, 0] },
    });
    expect(decision.reasons[0]).toMatch(/^Baseline served, because/u);
  });

  it("serve the baseline where the limits are of another kind", () => {
    const limits = {
      ...FIVE_LIMITS,
      prioritisation: FIVE_LIMITS["handoff"] ?? { allowed: [], range: { min: 0, max: 1 }, ranges: {} },
    };
    expect(decideAt(fiveFrame({ limits }), { unit: "a", point: "priority", context: {} }).record?.fallback).toContain(
      "no limits",
    );
  });
});
