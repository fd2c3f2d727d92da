/** A change on its way, and situations that it may meet: shared by the tests of rollouts. */
import { digestOf } from "./digest.ts";
import type { HealthCheck } from "./evidence/health.ts";
import type { GuardrailReading, RolloutEvidence } from "./evidence/rollout-evidence.ts";
import type { VerdictWord } from "./evidence/verdict.ts";
import { BO, exampleChange, examplePolicy, NOON, reviewed } from "./loop-examples.contract.ts";
import type { RolloutSituation } from "./rollout/decide-rollout.ts";

export const change = exampleChange();
export const about = { changeId: change.id };
const approval = {
  kind: "change.approval_given",
  ...about,
  by: BO,
  role: "lever-owner",
  digest: digestOf(change),
  policyVersion: 1,
  comment: "",
} as const;
export const approved = [...reviewed(change), approval, { kind: "change.approved", ...about }] as const;
export const canary = [...approved, { kind: "change.started", ...about, share: 0.1, cycle: 3 }] as const;
export const ramping = [
  ...canary,
  { kind: "change.advanced", ...about, step: 1, share: 0.5, evidence: digestOf("e") },
] as const;

export const green: HealthCheck = { check: "volume", state: "green", sentence: "decisions come in", pValue: null };
export const red: HealthCheck = {
  check: "cohort-ratio",
  state: "red",
  sentence: "units per cohort contradict the design",
  pValue: 0.0001,
};
export const silent: HealthCheck = {
  check: "volume",
  state: "no data",
  sentence: "no decision in cycle 5",
  pValue: null,
};

const noEffect = { kind: "refused", reason: "too-few", message: "too few" } as const;
export const guard = (state: GuardrailReading["state"], units = 500): GuardrailReading => ({
  id: "unsubscribe-guard",
  metric: "unsubscribe",
  state,
  sentence: "as counted",
  effect: noEffect,
  tolerated: 0,
  units,
});

export function evidence(word: VerdictWord, guardrail: GuardrailReading = guard("fine")): RolloutEvidence {
  const effect = {
    kind: "estimate",
    n: 2000,
    estimate: 0.03,
    standardError: 0.01,
    fixed: { lower: 0.01, upper: 0.05 },
    sequence: { lower: 0.002, upper: 0.06 },
  } as const;
  return {
    changeId: change.id,
    effect,
    verdict: { word, sentence: "as measured", remedy: null },
    candidateUnits: 1000,
    controlUnits: 1000,
    candidateMean: 0.1,
    controlMean: 0.07,
    guardrails: [guardrail],
  };
}

export const situation = (told: Partial<RolloutSituation> = {}): RolloutSituation => ({
  policy: examplePolicy(),
  playbookVersion: 1,
  health: [green],
  evidence: evidence("too early"),
  evidenceDigest: digestOf("snapshot"),
  unitsAtStep: 50,
  decisions: 4000,
  cyclesEnded: 5,
  now: NOON,
  ...told,
});
