import { policyDocumentSchema } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { parseYaml } from "./load-yaml.ts";
import { policyFromDocument } from "./policy-from-document.ts";

const POLICY = `
api_version: ratchet.policy/v1
kind: AdaptationPolicy
metadata: {id: emails, version: 2, title: Spring e-mails}
metrics: [{id: reply, kind: conversion, window: 14d, direction: increase, minimum_effect: 0.01},
  {id: opens, kind: conversion, signal: opened, window: 3d, direction: increase, minimum_effect: 0.02, human_probability_min: 0.8}]
objective: reply
levers:
  - {id: content, baseline: none, allowed: [none, short], range: {min: 0, max: 1}, ranges: {short: {min: 0, max: 0.8}}, max_step: 0.5,
     cooldown: 72h, sensitivity: 0.3, reversibility: external_per_contact, compliance: none, min_tier: T1}
guardrails: [{id: replies, metric: reply, direction: must_not_decrease, tolerated: 0, statistic: {test: two_by_two_e_process, alpha: 0.01}}]
exploration: {start: 0.2, floor: 0.1, settled_floor: 0.05}
holdout: {share: 0.1}
rollout: {steps: [0.1, 0.9], min_units_per_step: 200, min_time_per_step: 30m, max_cycles: 6, promote_requires: {lower_bound_lift_above: 0, alpha: 0.05}}
measure: {tuned_for_units: 2000}
propose: {confidence: 0.9}
impact:
  reversibility: {instant: 1, within_day: 1.5, external_per_contact: 2.5, irreversible: 4}
  compliance: {none: 1, contact_timing: 1.5, contact_frequency: 1.5, personal_data: 2.5, price: 2.5, legal_effect: 4}
  novelty: {known: 1, novel: 1.5}
  normaliser: 24
  tiers: {T0: 3, T1: 12, T2: 35}
approvals:
  T0: {approvers: []}
  T1: {approvers: [{role: lever_owner, count: 1}]}
  T2: {approvers: [{role: lever_owner, count: 1}]}
  T3: {approvers: [{role: lever_owner, count: 1}]}
  valid_for: 7d
roles: {lever_owner: {members: [ann]}}
`;

describe("the policy of a document", () => {
  it("has the engine's words, and durations in milliseconds", () => {
    const parsed = parseYaml(POLICY, { file: "policy.yaml", schema: policyDocumentSchema });
    expect(parsed.kind === "ok" ? policyFromDocument(parsed.value) : parsed.error).toMatchObject({
      id: "emails",
      version: 2,
      metrics: [
        { id: "reply", signal: "reply", windowMs: 14 * 86_400_000, minimumEffect: 0.01 },
        { id: "opens", signal: "opened", humanProbabilityMin: 0.8 },
      ],
      levers: [
        { lever: "content", ranges: { short: { min: 0, max: 0.8 } }, cooldownMs: 72 * 3_600_000, minTier: "T1" },
      ],
      guardrails: [{ test: "two_by_two_e_process", alpha: 0.01, tolerated: 0 }],
      exploration: { start: 0.2, floor: 0.1, settledFloor: 0.05 },
      holdoutShare: 0.1,
      rollout: { steps: [0.1, 0.9], minTimePerStepMs: 1_800_000, lowerBoundAbove: 0 },
      tunedForUnits: 2000,
      proposeConfidence: 0.9,
      approvals: { T0: { approvers: [] }, T1: { approvers: [{ role: "lever_owner", count: 1 }] } },
      approvalValidForMs: 7 * 86_400_000,
      roles: { lever_owner: ["ann"] },
    });
  });

  it("reports a contradiction where it stands", () => {
    const parsed = parseYaml(POLICY.replace("steps: [0.1, 0.9]", "steps: [0.1, 0.95]"), {
      file: "policy.yaml",
      schema: policyDocumentSchema,
    });
    expect(parsed).toMatchObject({ kind: "err", error: [{ line: 14, path: "rollout.steps" }] });
  });
});
