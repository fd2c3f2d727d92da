import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideAt, FIVE, fiveFrame, HANDOFF, withValue } from "./five-levers.contract.ts";
import type { Decision } from "./decision.ts";
import type { Playbook } from "./playbook.ts";

/** The handoff on a field, so that its score is what the context says. */
const onField: Playbook = {
  ...FIVE,
  levers: FIVE.levers.map((lever) =>
    lever === HANDOFF ? { ...HANDOFF, score: { kind: "field", field: "fit" } } : lever,
  ),
};
const frame = fiveFrame({ playbook: onField });
const handoff = (unit: string, fit: unknown): Decision =>
  decideAt(frame, {
    unit,
    point: "handoff",
    context: typeof fit === "number" || typeof fit === "string" ? { fit } : {},
  });
const units = Array.from({ length: 10_000 }, (_, i) => `unit-${i}`);

describe("a threshold", () => {
  it.each([
    [0.2, "hand_to_sales"],
    [0.9, "hand_to_sales"],
    [0.0999, "nurture"],
    [-1, "nurture"],
  ])("draws nothing outside its band: %s gets %s for certain", (fit, action) => {
    for (const unit of units.slice(0, 200)) expect(handoff(unit, fit)).toMatchObject({ action, propensity: 1 });
  });

  it("draws inside the band with the stated probability, and logs it", () => {
    const decisions = units.map((unit) => handoff(unit, 0.15));
    const above = decisions.filter(({ action }) => action === "hand_to_sales");
    expect(new Set(above.map(({ propensity }) => propensity))).toEqual(new Set([0.3]));
    // Four standard errors of a share of 10,000.
    expect(Math.abs(above.length / units.length - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / units.length));
  });

  it.each([undefined, Number.NaN, Infinity, "0.9"])("hands nobody over on %s", (fit) => {
    expect(handoff("a", fit)).toMatchObject({ action: "nurture", propensity: 1 });
    expect(handoff("a", fit).reasons[0]).toContain("fit is not known");
  });

  it("reads the calibrated score of the lever that it names, and the holdout's under the baseline's weights", () => {
    const context = { employees: 300, visited_pricing: true, industry: "saas" };
    const asked = { unit: "a", point: "handoff", context };
    expect(decideAt(fiveFrame(), asked)).toMatchObject({
      action: "hand_to_sales",
      record: { score: { of: "prioritisation", score: 2.25, calibrated: 0.3 } },
    });
    expect(decideAt(fiveFrame({ holdoutShare: 1 }), asked)).toMatchObject({
      cohort: "holdout",
      action: "nurture",
      record: { score: { score: -1 } },
    });
  });

  it("says what would have flipped it, and that is so (law)", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.4, noNaN: true }), fc.nat(9999), (fit, i) => {
        const decision = handoff(`unit-${i}`, fit);
        const change = decision.record?.counterfactual;
        expect(change).toMatchObject({ kind: "context", field: "fit" });
        if (change?.kind !== "context" || typeof change.to !== "number") return;
        const frameAgain = fiveFrame({ playbook: onField });
        const again = decideAt(frameAgain, { unit: `unit-${i}`, point: "handoff", context: { fit: change.to } });
        expect(again.action).toBe(change.action);
        expect(again.action).not.toBe(decision.action);
      }),
    );
  });

  it("names the threshold where no field reaches it, and that is so", () => {
    const weightless = { intercept: -0.5, weights: { employees: 0, visited_pricing: 0, software: 0 } };
    const playbook = withValue("prioritisation", weightless);
    const asked = { unit: "a", point: "handoff", context: {} };
    const { action, record } = decideAt(fiveFrame({ playbook }), asked);
    const change = record?.counterfactual;
    if (change?.kind !== "threshold") throw new Error(`expected a threshold, got ${JSON.stringify(change)}`);
    const levers = playbook.levers.map((lever) =>
      lever.kind === "threshold"
        ? { ...lever, segments: { all: { threshold: change.to, band: 0.05, chance: 0.3 } } }
        : lever,
    );
    // Limits as wide as the counterfactual is far.
    const limits = {
      ...fiveFrame().limits,
      handoff: {
        kind: "threshold",
        threshold: { min: -1, max: 1 },
        band: { min: 0, max: 1 },
        chance: { min: 0, max: 1 },
      },
    } as const;
    const moved = decideAt(fiveFrame({ playbook: { ...playbook, levers }, limits }), asked);
    expect([action, moved.action]).toEqual(["nurture", change.action]);
  });

  it.each([
    ["above its range", { threshold: 0.6, band: 0, chance: 0.5 }],
    ["no number", { threshold: "0.2", band: 0, chance: 0.5 }],
    ["with a band below 0", { threshold: 0.2, band: -0.01, chance: 0.5 }],
    ["with a chance above its range", { threshold: 0.2, band: 0.05, chance: 0.99 }],
    ["nothing at all", null],
  ])("serves its baseline where it is %s", (_, value) => {
    const damaged = fiveFrame({ playbook: withValue("handoff", value) });
    const decision = decideAt(damaged, { unit: "a", point: "handoff", context: {} });
    expect(decision.reasons[0]).toMatch(/^Baseline served, because/u);
    expect(decision.record?.fallback).not.toBeNull();
  });
});
