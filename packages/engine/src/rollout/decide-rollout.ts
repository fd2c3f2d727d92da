import type { Digest } from "../digest.ts";
import type { RolloutEvidence } from "../evidence/rollout-evidence.ts";
import { redSentences, type HealthCheck } from "../evidence/health.ts";
import type { ChangeEvent, ChangeState } from "../governance/change.ts";
import { approvalsHold } from "../governance/approve.ts";
import type { Policy } from "../governance/policy.ts";
import { DAY_MS, type Instant } from "../time.ts";

/** What a rollout step is decided on. */
export interface RolloutSituation {
  readonly policy: Policy;
  /** The version in force: a change starts, and is promoted, only on the version that it edits. */
  readonly playbookVersion: number;
  readonly health: readonly HealthCheck[];
  /** null before any decision of the rollout is mature. */
  readonly evidence: RolloutEvidence | null;
  readonly evidenceDigest: Digest;
  /** Mature candidate decisions at the current step. */
  readonly unitsAtStep: number;
  /** Mature decisions of the lever, the holdout aside. */
  readonly decisions: number;
  /** Cycles of the workspace that have ended, whether or not their decisions are mature: a rollout without data ends, too. */
  readonly cyclesEnded: number;
  readonly now: Instant;
}

/** A rollout's next step. `promote` leaves the new version's number to whoever publishes it. */
export type RolloutMove =
  | { readonly kind: "events"; readonly events: readonly ChangeEvent[]; readonly sentence: string }
  | { readonly kind: "promote"; readonly sentence: string }
  | { readonly kind: "stay"; readonly sentence: string };

/**
 * One step of a rollout: start, advance, promote, roll back, or stay. Reducing risk needs one bad reading; raising it needs health,
 * guardrails, units and time, all fresh for this step. No data is not success, and silence is not consent.
 */
export function decideRollout(state: ChangeState, situation: RolloutSituation): RolloutMove {
  if (state.status === "pending") return lapse(state, situation);
  if (state.status === "approved") return start(state, situation);
  if (state.status !== "canary" && state.status !== "ramping" && state.status !== "holding") {
    return { kind: "stay", sentence: `${state.status}` };
  }
  const danger = reasonToRollBack(state, situation);
  if (danger !== null)
    return rollBack(state, danger, { evidence: situation.evidenceDigest, decisions: situation.decisions });
  if (state.status === "holding") return { kind: "stay", sentence: "held by a person" };
  return stepForward(state, situation);
}

/** Undoing needs no permission: two entries, so that the ledger shows when it began and when nobody got the candidate any more. */
export function rollBack(
  state: ChangeState,
  reason: string,
  basis: { readonly evidence: Digest | null; readonly decisions: number },
): RolloutMove {
  const changeId = state.change.id;
  return {
    kind: "events",
    events: [
      { kind: "change.rollback_started", changeId, reason, ...basis },
      { kind: "change.rolled_back", changeId },
    ],
    sentence: `rolled back: ${reason}`,
  };
}

/** Silence is not consent, and must not block the lever: what nobody ruled on for as long as an approval would be valid expires. */
function lapse(state: ChangeState, { policy, now }: RolloutSituation): RolloutMove {
  if (now - state.draftedAt <= policy.approvalValidForMs) return { kind: "stay", sentence: "waits for a person" };
  const reason = `nobody ruled on it within ${Math.round(policy.approvalValidForMs / DAY_MS)} days`;
  const events: readonly ChangeEvent[] = [{ kind: "change.expired", changeId: state.change.id, reason }];
  return { kind: "events", events, sentence: `expired: ${reason}` };
}

function start(state: ChangeState, situation: RolloutSituation): RolloutMove {
  const { policy, playbookVersion, now } = situation;
  const changeId = state.change.id;
  if (state.change.basedOn !== playbookVersion) {
    const reason = `it edits playbook v${state.change.basedOn}, v${playbookVersion} is in force`;
    return { kind: "events", events: [{ kind: "change.expired", changeId, reason }], sentence: `expired: ${reason}` };
  }
  if (!approvalsHold(state, policy, now)) {
    const reason = "its approvals lapsed before it started";
    return { kind: "events", events: [{ kind: "change.expired", changeId, reason }], sentence: `expired: ${reason}` };
  }
  const unfit = reasonNotToRaise(situation);
  if (unfit !== null) return { kind: "stay", sentence: `not started: ${unfit}` };
  const share = policy.rollout.steps[0] ?? 0;
  return {
    kind: "events",
    events: [{ kind: "change.started", changeId, share, cycle: situation.cyclesEnded }],
    sentence: `canary at ${percent(share)}`,
  };
}

/** Exposure is raised on green health only: a check without data has not said yes. */
function reasonNotToRaise({ health }: RolloutSituation): string | null {
  const unfit = health.find((check) => check.state !== "green");
  return unfit === undefined ? null : unfit.sentence;
}

function reasonToRollBack(
  state: ChangeState,
  { health, evidence, policy, cyclesEnded }: RolloutSituation,
): string | null {
  // Bad data say nothing against a change: it pauses until they are mended, and its guardrails go on being watched.
  const [red] = redSentences(health.filter(({ check }) => check !== "data-incident"));
  if (red !== undefined) return `health check failed: ${red}`;
  const breached = evidence?.guardrails.find((guardrail) => guardrail.state === "breached");
  if (breached !== undefined) return `guardrail ${breached.id}: ${breached.sentence}`;
  if (evidence?.verdict.word === "worse") return `harm: ${evidence.verdict.sentence}`;
  if (evidence?.verdict.word === "no meaningful difference")
    return `no meaningful difference: ${evidence.verdict.sentence}`;
  const cyclesInRollout = cyclesEnded - (state.startedAfterCycle ?? cyclesEnded);
  return cyclesInRollout >= policy.rollout.maxCycles ? `inconclusive after ${cyclesInRollout} cycles` : null;
}

function stepForward(state: ChangeState, situation: RolloutSituation): RolloutMove {
  const { policy, evidence, unitsAtStep, now } = situation;
  const { steps, minUnitsPerStep, minTimePerStepMs } = policy.rollout;
  const unfit = reasonNotToRaise(situation);
  if (evidence === null || unfit !== null)
    return { kind: "stay", sentence: `no fresh data: ${unfit ?? "none of this change"}` };
  if (unitsAtStep < minUnitsPerStep)
    return { kind: "stay", sentence: `${unitsAtStep} of ${minUnitsPerStep} units at this step` };
  const blind = evidence.guardrails.find((guardrail) => guardrail.units === 0);
  if (blind !== undefined) return { kind: "stay", sentence: `guardrail ${blind.id} has no data: ${blind.sentence}` };
  const grey = evidence.guardrails.find((guardrail) => guardrail.state === "watch");
  if (grey !== undefined)
    return { kind: "stay", sentence: `guardrail ${grey.id} is in the grey zone: ${grey.sentence}` };
  const waited = now - (state.stepSince ?? now);
  if (waited < minTimePerStepMs) return { kind: "stay", sentence: "this step has not lasted long enough" };
  const next = steps[state.step + 1];
  if (next !== undefined) {
    const events: readonly ChangeEvent[] = [
      {
        kind: "change.advanced",
        changeId: state.change.id,
        step: state.step + 1,
        share: next,
        evidence: situation.evidenceDigest,
      },
    ];
    return { kind: "events", events, sentence: `ramped to ${percent(next)}` };
  }
  // A larger share is how a slow guardrail gets its data; promotion waits until it has spoken.
  const silent = evidence.guardrails.find((guardrail) => guardrail.state !== "fine");
  if (silent !== undefined)
    return { kind: "stay", sentence: `guardrail ${silent.id} cannot tell yet: ${silent.sentence}` };
  return evidence.verdict.word === "better" && isProven(evidence, policy)
    ? { kind: "promote", sentence: evidence.verdict.sentence }
    : { kind: "stay", sentence: `${evidence.verdict.word}: ${evidence.verdict.sentence}` };
}

/** The mild end of the confidence sequence, in the objective's good direction, clears the policy's bound. */
function isProven({ effect }: RolloutEvidence, policy: Policy): boolean {
  if (effect.kind === "refused") return false;
  const objective = policy.metrics.find((metric) => metric.id === policy.objective);
  const lower = objective?.direction === "decrease" ? -effect.sequence.upper : effect.sequence.lower;
  return lower > policy.rollout.lowerBoundAbove;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
