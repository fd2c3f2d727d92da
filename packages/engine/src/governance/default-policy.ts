import type { ChoiceLever, Lever } from "../decisions/lever.ts";
import type { Range } from "../decisions/limits.ts";
import type { Playbook } from "../decisions/playbook.ts";
import { actorId, type ActorId, type MetricId } from "../ids.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import { DAY_MS } from "../time.ts";
import type { LeverLimits, Policy } from "./policy.ts";

/** What a team must say before it has written a policy of its own. */
export interface PolicyBasics {
  readonly id: string;
  readonly levers: readonly (Pick<ChoiceLever, "name" | "actions"> | Lever)[];
  readonly metrics: readonly MetricDefinition[];
  readonly objective: MetricId;
  /** Metrics that no change may harm; the objective guards itself. */
  readonly guardrails: readonly MetricId[];
  /** Units that a change is expected to see, for tuning confidence sequences. */
  readonly unitsExpected: number;
  /** Who may approve; the role is `lever-owner`. */
  readonly owner: ActorId;
}

/** The person in role `lever-owner` until a team names its own. */
export const DEFAULT_OWNER: ActorId = actorId("person:owner");

/** Weights and tier bounds of the impact score. */
const IMPACT: Policy["impact"] = {
  reversibility: { instant: 1, within_day: 1.5, external_per_contact: 2.5, irreversible: 4 },
  compliance: { none: 1, contact_timing: 1.5, contact_frequency: 1.5, personal_data: 2.5, price: 2.5, legal_effect: 4 },
  novelty: { known: 1, novel: 1.5 },
  normaliser: 24,
  tiers: { T0: 3, T1: 12, T2: 35 },
};

/**
 * A cautious policy to begin with: 10 % holdout, every change at least tier T1 (so a person approves it), canary, half, promotion only on
 * a confidence sequence above zero.
 */
export function defaultPolicy(basics: PolicyBasics): Policy {
  const owner = [{ role: "lever-owner", count: 1 }];
  return {
    id: basics.id,
    version: 1,
    metrics: basics.metrics,
    objective: basics.objective,
    levers: basics.levers.map(limitsFor),
    guardrails: basics.guardrails.map((id) => guardrailFor(id, basics.metrics)),
    exploration: { start: 0.1, floor: 0.05, settledFloor: 0 },
    holdoutShare: 0.1,
    rollout: {
      steps: [0.1, 0.5],
      minUnitsPerStep: 50,
      minTimePerStepMs: 0,
      maxCycles: 12,
      lowerBoundAbove: 0,
      alpha: 0.05,
    },
    tunedForUnits: basics.unitsExpected,
    proposeConfidence: 0.95,
    impact: IMPACT,
    approvals: { T0: { approvers: [] }, T1: { approvers: owner }, T2: { approvers: owner }, T3: { approvers: owner } },
    // Two weekly cycles: an approval must outlive the wait for the next one.
    approvalValidForMs: 14 * DAY_MS,
    roles: { "lever-owner": [basics.owner] },
  };
}

const CHANGE_RULES = {
  maxStep: 1,
  cooldownMs: 0,
  sensitivity: 0.3,
  reversibility: "external_per_contact",
  compliance: "none",
  minTier: "T1",
} as const;

/** Probabilities may be anything; other numbers move around where they stand, a weight no further than twice the largest one. */
function limitsFor(lever: Pick<ChoiceLever, "name" | "actions"> | Lever): LeverLimits {
  const rules = { lever: lever.name, ...CHANGE_RULES };
  if (!("kind" in lever) || lever.kind === "choice")
    return { ...rules, allowed: lever.actions, range: { min: 0, max: 1 }, ranges: {} };
  if (lever.kind === "threshold") {
    const values = [lever.baseline, ...Object.values(lever.segments)];
    return {
      ...rules,
      kind: "threshold",
      threshold: around(values.map(({ threshold }) => threshold)),
      band: { min: 0, max: 2 * Math.max(...values.map(({ band }) => band)) },
      chance: { min: 0, max: 1 },
    };
  }
  const values = [lever.baseline, ...Object.values(lever.segments)];
  const reach = 2 * Math.max(1, ...values.flatMap(({ weights }) => Object.values(weights).map(Math.abs)));
  return {
    ...rules,
    kind: "weights",
    intercept: around(values.map(({ intercept }) => intercept)),
    range: { min: -reach, max: reach },
    ranges: {},
  };
}

/** As far again on both sides as the values lie apart, or as the greatest is from 0. */
function around(values: readonly number[]): Range {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const reach = Math.max(greatest - least, Math.abs(greatest), Math.abs(least)) / 2;
  return { min: least - reach, max: greatest + reach };
}

/** Version 1: every lever gives its baseline, and each other action the share that the policy starts exploring with. */
export function firstPlaybook(levers: readonly Omit<ChoiceLever, "segments">[], policy: Policy): Playbook {
  return {
    version: 1,
    changeId: null,
    parent: null,
    levers: levers.map((lever) => {
      const start = Math.min(policy.exploration.start, 1 / lever.actions.length);
      const others = lever.actions.length - 1;
      const all = Object.fromEntries(lever.actions.map((a) => [a, a === lever.baseline ? 1 - others * start : start]));
      return { ...lever, segments: { all } };
    }),
  };
}

function guardrailFor(id: MetricId, metrics: readonly MetricDefinition[]): Policy["guardrails"][number] {
  const metric = metrics.find((candidate) => candidate.id === id);
  if (metric === undefined) throw new RangeError(`guardrail metric "${id}" is not defined`);
  return {
    id: `${id}-guard`,
    metric: id,
    direction: metric.direction === "increase" ? "must_not_decrease" : "must_not_increase",
    tolerated: metric.kind === "conversion" ? 0 : metric.minimumEffect,
    test: metric.kind === "conversion" ? "two_by_two_e_process" : "mean_confidence_sequence",
    alpha: 0.01,
  };
}
