import { propensity } from "@ratchet/stats";
import { hashToUnitInterval, sha256 } from "../digest.ts";
import { decisionId, type ActionId, type ChangeId, type DecisionId, type UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";
import { cohortOf } from "./cohort.ts";
import type { Context } from "../context.ts";
import { FOLD_COUNT, type Cohort, type Decision } from "./decision.ts";
import { limitBreaches, type ActionLimits } from "./limits.ts";
import {
  leverAt,
  pointMass,
  probabilitiesFor,
  strangerIn,
  type ActionProbabilities,
  type Lever,
  type Playbook,
} from "./playbook.ts";
import { segmentOf } from "./segment.ts";

/** What the decision path knows: all of it in memory, none of it changed by deciding. */
export interface DecisionFrame {
  readonly salt: string;
  readonly playbook: Playbook;
  /** The current playbook with the running change's edits, and who gets it; one a lever. */
  readonly rollouts: readonly Rollout[];
  readonly holdoutShare: number;
  /** Hard limits by lever name. A lever without limits serves its baseline only. */
  readonly limits: Readonly<Record<string, ActionLimits>>;
  readonly cycle: number;
}

/** A change that a share of the traffic gets. */
export interface Rollout {
  readonly changeId: ChangeId;
  readonly lever: string;
  readonly candidate: Playbook;
  /** Share of the units outside the holdout, in [0, 1]. */
  readonly share: number;
}

export interface DecisionRequest {
  readonly point: string;
  readonly unitId: UnitId;
  readonly context: Context;
  /** Tells several decisions of one unit at one moment apart, where a lever has no decision window: the row of a log. */
  readonly occasion?: string;
}

export type DecideOutcome =
  | { readonly kind: "decided"; readonly decision: Decision }
  | { readonly kind: "refused"; readonly reason: "unknown-point"; readonly message: string };

/**
 * Decides one request: cohort, playbook, segment, a hash-seeded draw, and the propensity of what was drawn.
 *
 * Pure: the same frame, request and window give the same decision, on any node, years later.
 */
export function decide(frame: DecisionFrame, request: DecisionRequest, now: Instant): DecideOutcome {
  const lever = leverAt(frame.playbook, request.point);
  if (lever === null) {
    const known = frame.playbook.levers.map((l) => l.point).join(", ");
    return {
      kind: "refused",
      reason: "unknown-point",
      message: `no lever answers at point "${request.point}"; known points: ${known}`,
    };
  }
  const rollout = frame.rollouts.find((r) => r.lever === lever.name) ?? null;
  const cohort = cohortOf({ salt: frame.salt, unitId: request.unitId, holdoutShare: frame.holdoutShare, rollout });
  const segment = segmentOf(lever.segmentBy, request.context);
  const source = cohort === "candidate" && rollout !== null ? candidateLever(rollout, lever) : lever;
  const served = guard(
    cohort === "holdout" ? null : probabilitiesFor(source, segment),
    lever,
    Object.hasOwn(frame.limits, lever.name) ? frame.limits[lever.name] : undefined,
  );
  const id = decisionIdFor(frame.salt, lever, { ...request, now });
  const action = redraw(frame.salt, lever, { id, probabilities: served.probabilities });
  const chance = served.probabilities[action] ?? 0;
  const decision: Decision = {
    id,
    source: "engine",
    point: request.point,
    unitId: request.unitId,
    segment,
    context: request.context,
    action,
    propensity: propensity(chance),
    cohort,
    playbookVersion: frame.playbook.version,
    changeId: rollout?.changeId ?? null,
    rolloutShare: rollout?.share ?? 0,
    cycle: frame.cycle,
    fold: foldOf(request.unitId),
    reasons: reasonsFor({
      cohort,
      action,
      chance,
      segment,
      version: frame.playbook.version,
      changeId: rollout?.changeId ?? null,
      fallback: served.fallback,
    }),
    decidedAt: now,
  };
  return { kind: "decided", decision };
}

/**
 * The action that other probabilities would have given the same decision: the draw is a hash of its id, so it can be made again. This is
 * how a trace shows which decisions a change altered.
 */
export function redraw(
  salt: string,
  lever: Lever,
  { id, probabilities }: { readonly id: DecisionId; readonly probabilities: ActionProbabilities },
): ActionId {
  return draw(lever, probabilities, hashToUnitInterval([salt, "draw", id]));
}

/** The fold of a unit for cross-fitting: a hash that has nothing to do with its cohort. */
export function foldOf(unit: UnitId): number {
  return Math.floor(hashToUnitInterval(["fold", unit]) * FOLD_COUNT);
}

/** Same point, unit and window: same decision id. Without a window every moment is a decision of its own. */
function decisionIdFor(salt: string, lever: Lever, request: DecisionRequest & { readonly now: Instant }): DecisionId {
  const moment = request.occasion === undefined ? [request.now] : [request.now, request.occasion];
  const window = lever.decisionWindowMs > 0 ? [Math.floor(request.now / lever.decisionWindowMs)] : moment;
  return decisionId(`dec_${sha256([salt, lever.point, request.unitId, ...window].join("\n")).slice(0, 26)}`);
}

function candidateLever(rollout: Rollout, fallback: Lever): Lever {
  return rollout.candidate.levers.find((l) => l.name === rollout.lever) ?? fallback;
}

interface Served {
  readonly probabilities: ActionProbabilities;
  /** Why the baseline is served instead of the playbook's value; null in the ordinary case. */
  readonly fallback: string | null;
}

/** Second enforcement of the ranges: a value out of its range is never served, the baseline is. `null` asks for the baseline. */
function guard(probabilities: ActionProbabilities | null, lever: Lever, limits: ActionLimits | undefined): Served {
  const baseline = pointMass(lever, lever.baseline);
  if (probabilities === null) return { probabilities: baseline, fallback: null };
  if (limits === undefined)
    return { probabilities: baseline, fallback: `policy sets no limits for lever "${lever.name}"` };
  const stranger = strangerIn(lever, probabilities);
  const [breach] =
    stranger === null ? limitBreaches(probabilities, limits) : [`"${stranger}" is no action of the lever`];
  return breach === undefined ? { probabilities, fallback: null } : { probabilities: baseline, fallback: breach };
}

function draw(lever: Lever, probabilities: ActionProbabilities, u: number): ActionId {
  let cumulative = 0;
  let last: ActionId = lever.baseline;
  for (const action of lever.actions) {
    const p = probabilities[action] ?? 0;
    if (p <= 0) continue;
    cumulative += p;
    last = action;
    if (u < cumulative) return action;
  }
  return last;
}

interface ReasonFacts {
  readonly cohort: Cohort;
  readonly action: ActionId;
  readonly chance: number;
  readonly segment: string;
  readonly version: number;
  readonly changeId: ChangeId | null;
  readonly fallback: string | null;
}

function reasonsFor(facts: ReasonFacts): readonly string[] {
  if (facts.cohort === "holdout")
    return [`In the holdout: gets the baseline "${facts.action}", so that the whole programme can be measured`];
  if (facts.fallback !== null) return [`Baseline served, because ${facts.fallback}`];
  const chance = `${Number((100 * facts.chance).toPrecision(3))} %`;
  const reasons = [
    `"${facts.action}" has a ${chance} chance in segment ${facts.segment} under playbook v${facts.version}`,
  ];
  if (facts.cohort === "candidate") reasons.push(`Among those who get change ${facts.changeId} first`);
  if (facts.cohort === "control" && facts.changeId !== null) reasons.push(`Control of change ${facts.changeId}`);
  return reasons;
}
