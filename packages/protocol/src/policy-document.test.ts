import { describe, expect, it } from "vitest";
import { issuesOf } from "./issues.ts";
import { policyDocumentSchema, type PolicyDocument } from "./policy-document.ts";

const policy: PolicyDocument = {
  api_version: "ratchet.policy/v1",
  kind: "AdaptationPolicy",
  metadata: { id: "emails", version: 1, title: "Spring e-mails" },
  metrics: [
    { id: "visit", kind: "conversion", window: "0s", direction: "increase", minimum_effect: 0.005 },
    { id: "spend", kind: "value", window: "14d", direction: "increase", minimum_effect: 0.25 },
  ],
  objective: "visit",
  levers: [
    {
      id: "content",
      baseline: "none",
      allowed: ["none", "short", "long"],
      range: { min: 0, max: 1 },
      max_step: 1,
      cooldown: "72h",
      sensitivity: 0.3,
      reversibility: "external_per_contact",
      compliance: "none",
    },
  ],
  guardrails: [
    {
      id: "spend",
      metric: "spend",
      direction: "must_not_decrease",
      tolerated: 0.1,
      statistic: { test: "mean_confidence_sequence", alpha: 0.01 },
    },
  ],
  exploration: { start: 0.2, floor: 0.1, settled_floor: 0.05 },
  holdout: { share: 0.1 },
  rollout: {
    steps: [0.1, 0.5, 0.9],
    min_units_per_step: 200,
    min_time_per_step: "0s",
    max_cycles: 6,
    promote_requires: { lower_bound_lift_above: 0, alpha: 0.05 },
  },
  measure: { tuned_for_units: 2000 },
  propose: { confidence: 0.9 },
  impact: {
    reversibility: { instant: 1, within_day: 1.5, external_per_contact: 2.5, irreversible: 4 },
    compliance: {
      none: 1,
      contact_timing: 1.5,
      contact_frequency: 1.5,
      personal_data: 2.5,
      price: 2.5,
      legal_effect: 4,
    },
    novelty: { known: 1, novel: 1.5 },
    normaliser: 24,
    tiers: { T0: 3, T1: 12, T2: 35 },
  },
  approvals: {
    T0: { approvers: [] },
    T1: { approvers: [{ role: "lever_owner", count: 1 }] },
    T2: {
      approvers: [
        { role: "lever_owner", count: 1 },
        { role: "revenue", count: 2 },
      ],
    },
    T3: { approvers: [{ role: "revenue", count: 2 }] },
    valid_for: "7d",
  },
  roles: { lever_owner: { members: ["ann"] }, revenue: { members: ["bo", "cy"] } },
};
const [lever] = policy.levers;

function faults(change: Readonly<Record<string, unknown>>): string {
  const parsed = policyDocumentSchema.safeParse({ ...policy, ...change });
  return parsed.success
    ? ""
    : issuesOf(parsed.error)
        .map((issue) => `${issue.path.join(".")}: ${issue.message}`)
        .join("\n");
}

describe("a policy", () => {
  it("says what may change, by how much, on whose authority", () => {
    expect(faults({})).toBe("");
  });

  it("refuses unknown keys, because a misspelt limit would be a missing limit", () => {
    expect(faults({ levers: [{ ...lever, max_stepp: 0.1 }] })).toContain('levers.0.max_stepp: unknown key "max_stepp"');
  });

  it.each([
    [
      "a baseline that is not allowed",
      { levers: [{ ...lever, baseline: "other" }] },
      'baseline "other" is not allowed',
    ],
    [
      "a baseline that the holdout could not get",
      { levers: [{ ...lever, range: { min: 0, max: 0.8 } }] },
      "outside its range up to 0.8",
    ],
    [
      "a range upside down",
      { levers: [{ ...lever, ranges: { long: { min: 0.5, max: 0.2 } } }] },
      "min 0.5 is above max 0.2",
    ],
    [
      "bounds of an action that is not allowed",
      { levers: [{ ...lever, ranges: { x: { min: 0, max: 1 } } }] },
      '"x" is not an allowed action',
    ],
    ["floors above 1", { exploration: { start: 0.2, floor: 0.4, settled_floor: 0.4 } }, "above 1"],
    [
      "a settled floor above the floor",
      { exploration: { start: 0.2, floor: 0.05, settled_floor: 0.1 } },
      "settled_floor 0.1 is above floor 0.05",
    ],
    ["steps that do not rise", { rollout: { ...policy.rollout, steps: [0.5, 0.5] } }, "steps must rise"],
    [
      "a last step inside the holdout",
      { rollout: { ...policy.rollout, steps: [0.5, 0.95] } },
      "reaches into the holdout; at most 0.9",
    ],
    ["a role that nobody holds", { roles: { revenue: policy.roles["revenue"] } }, 'no role "lever_owner"'],
    [
      "a role that cannot reach its count",
      { roles: { ...policy.roles, revenue: { members: ["bo"] } } },
      "nobody could ever approve",
    ],
    [
      "the engine in a role",
      { roles: { ...policy.roles, lever_owner: { members: ["engine"] } } },
      "it can have no role",
    ],
    [
      "an objective that machines make",
      {
        metrics: [
          {
            id: "attention",
            kind: "conversion",
            signal: "clicked",
            window: "1d",
            direction: "increase",
            minimum_effect: 0.01,
          },
        ],
        objective: "attention",
        guardrails: [],
      },
      '"attention" counts clicked signals',
    ],
    ["an objective without a metric", { objective: "reply" }, 'objective "reply" is not among'],
    [
      "a test that does not fit its metric",
      { guardrails: [{ ...policy.guardrails[0], statistic: { test: "two_by_two_e_process", alpha: 0.01 } }] },
      "use mean_confidence_sequence",
    ],
    [
      "too many false alarms",
      { guardrails: [{ ...policy.guardrails[0], statistic: { test: "mean_confidence_sequence", alpha: 0.06 } }] },
      "may spend 0.05",
    ],
    ["tiers that do not rise", { impact: { ...policy.impact, tiers: { T0: 3, T1: 3, T2: 35 } } }, "tiers must rise"],
  ])("refuses %s", (_, change, message) => {
    expect(faults(change)).toContain(message);
  });

  it("may count a label that notes were given, as a conversion", () => {
    const [metric, ...others] = policy.metrics;
    const about = (signal: string, kind = "conversion") =>
      faults({ metrics: [{ ...metric, kind, signal }, ...others] });
    expect(about("label:outcome=interested")).toBe("");
    expect(about("label:outcome=interested", "value")).toContain("has no value; use kind: conversion");
    for (const bad of ["label:outcome", "label:=x", "label:a=b=c", "Label:a=b"])
      expect(about(bad)).toContain("must be a signal type");
  });

  it("reports every contradiction at once", () => {
    expect(faults({ objective: "reply", rollout: { ...policy.rollout, steps: [0.9, 0.1] } }).split("\n")).toHaveLength(
      2,
    );
  });
});
