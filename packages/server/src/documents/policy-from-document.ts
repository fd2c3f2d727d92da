import { actionId, actorId, metricId, type LeverLimits, type MetricDefinition, type Policy } from "@ratchet/engine";
import { durationMs, type PolicyDocument } from "@ratchet/protocol";
import { eligibilityFromDocument } from "./eligibility-from-document.ts";

/** The policy of a checked document. */
export function policyFromDocument(document: PolicyDocument): Policy {
  const { rollout, impact, approvals } = document;
  return {
    id: document.metadata.id,
    version: document.metadata.version,
    metrics: document.metrics.map(metricFrom),
    objective: metricId(document.objective),
    levers: document.levers.map(limitsFrom),
    guardrails: document.guardrails.map(({ id, metric, direction, tolerated, statistic }) => ({
      id,
      metric: metricId(metric),
      direction,
      tolerated,
      test: statistic.test,
      alpha: statistic.alpha,
    })),
    exploration: {
      start: document.exploration.start ?? document.exploration.floor,
      floor: document.exploration.floor,
      settledFloor: document.exploration.settled_floor,
    },
    holdoutShare: document.holdout.share,
    ...(document.holdout.business_as_usual === undefined
      ? {}
      : { businessAsUsualShare: document.holdout.business_as_usual }),
    rollout: {
      steps: rollout.steps,
      minUnitsPerStep: rollout.min_units_per_step,
      minTimePerStepMs: durationMs(rollout.min_time_per_step),
      maxCycles: rollout.max_cycles,
      lowerBoundAbove: rollout.promote_requires.lower_bound_lift_above,
      alpha: rollout.promote_requires.alpha,
    },
    tunedForUnits: document.measure.tuned_for_units,
    proposeConfidence: document.propose.confidence,
    impact,
    approvals: { T0: approvals.T0, T1: approvals.T1, T2: approvals.T2, T3: approvals.T3 },
    approvalValidForMs: durationMs(approvals.valid_for),
    ...(document.eligibility === undefined ? {} : { eligibility: eligibilityFromDocument(document.eligibility) }),
    roles: Object.fromEntries(
      Object.entries(document.roles).map(([role, { members }]) => [role, members.map((member) => actorId(member))]),
    ),
  };
}

function metricFrom(metric: PolicyDocument["metrics"][number]): MetricDefinition {
  return {
    id: metricId(metric.id),
    kind: metric.kind,
    signal: metric.signal ?? metric.id,
    windowMs: durationMs(metric.window),
    direction: metric.direction,
    minimumEffect: metric.minimum_effect,
  };
}

function limitsFrom(lever: PolicyDocument["levers"][number]): LeverLimits {
  const rules = rulesFrom(lever);
  if (lever.kind === "weights")
    return { ...rules, kind: "weights", intercept: lever.intercept, range: lever.range, ranges: lever.ranges ?? {} };
  if (lever.kind === "threshold")
    return { ...rules, kind: "threshold", threshold: lever.threshold, band: lever.band, chance: lever.chance };
  return {
    ...rules,
    allowed: lever.allowed.map((action) => actionId(action)),
    range: lever.range,
    ranges: lever.ranges ?? {},
  };
}

type Rules = Pick<
  LeverLimits,
  "lever" | "maxStep" | "cooldownMs" | "sensitivity" | "reversibility" | "compliance" | "minTier"
>;

function rulesFrom(lever: PolicyDocument["levers"][number]): Rules {
  return {
    lever: lever.id,
    maxStep: lever.max_step,
    cooldownMs: durationMs(lever.cooldown),
    sensitivity: lever.sensitivity,
    reversibility: lever.reversibility,
    compliance: lever.compliance,
    minTier: lever.min_tier ?? "T0",
  };
}
