import { propensity } from "@ratchet/stats";
import { hashToUnitInterval, sha256, unitIntervalAt } from "../digest.ts";
import { actionId, decisionIdFrom, type ActionId, type DecisionId, type UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { Context } from "../context.ts";
import { actionAt, choose, type Chosen, type Served } from "./choose.ts";
import { cohortOf, placeOf, type UnitPlace } from "./cohort.ts";
import { NO_SINGLE_CHANGE } from "./counterfactual.ts";
import {
  FOLD_COUNT,
  SOURCE_OF_MODE,
  type Cohort,
  type Decision,
  type DecisionMode,
  type DecisionRecord,
} from "./decision.ts";
import type { Withheld } from "./eligibility/eligible.ts";
import type { Recipient } from "./eligibility/standing.ts";
import { OPEN_FUNNEL, type Eligibility } from "./funnel.ts";
import { actionsOf, type ActionProbabilities, type ChoiceLever, type Lever } from "./lever.ts";
import { planOf, type DecisionFrame, type FramePlan, type LeverPlan } from "./plan.ts";
import { reasonsFor } from "./reasons.ts";

/** What is asked. */
export interface DecisionRequest {
  readonly point: string;
  readonly unitId: UnitId;
  readonly context: Context;
  /** Whom a contact would reach; the unit itself where absent. */
  readonly recipient?: Recipient;
  /** Tells several decisions of one unit at one moment apart, where a lever has no decision window: the row of a log. */
  readonly occasion?: string;
  /** What a retry repeats: where a lever has no decision window, the same key is the same decision, whenever it is asked for. */
  readonly idempotencyKey?: string;
  /** `test`: decided and recorded, and never learned from. Absent: `live`. */
  readonly mode?: Exclude<DecisionMode, "shadow">;
  /**
   * What is asked for. `offer`: to show it among others; nothing is used up until somebody takes it up. `exposure`: to act on it, which is
   * written down. Absent: to act on it, as far as anybody knows.
   */
  readonly asking?: "offer" | "exposure";
}

export type DecideOutcome =
  | {
      readonly kind: "decided";
      readonly decision: Decision;
      /** Why it must not be carried out (any more), where an opt-out or quiet hours came between it and this answer; absent: it may be. */
      readonly withheld?: Withheld;
    }
  | { readonly kind: "refused"; readonly reason: "unknown-point"; readonly message: string };

/** What units get that the engine only observes: their asker does what it would have done without it. */
export const DO_OWN_THING: ActionId = actionId("do_your_own_thing");

/** Units whose places are remembered. */
const UNITS_REMEMBERED_MAX = 16_384;

/**
 * Decides one request: cohort, playbook, segment, eligibility, a hash-seeded draw, and the propensity of what was drawn.
 *
 * Pure: the same frame, request and window give the same decision, on any node, years later. What is remembered between calls only saves
 * doing it again.
 */
export function decide(frame: DecisionFrame, request: DecisionRequest, now: Instant): DecideOutcome {
  const plan = planOf(frame).byPoint.get(request.point);
  if (plan === undefined) return unknownPoint(frame, request.point);
  return { kind: "decided", decision: decideUnit(frame, occasionOf(frame, plan, request, now), request) };
}

/** No lever answers there. */
export function unknownPoint({ playbook }: DecisionFrame, point: string): Extract<DecideOutcome, { kind: "refused" }> {
  const known = playbook.levers.map((l) => l.point).join(", ");
  return {
    kind: "refused",
    reason: "unknown-point",
    message: `no lever answers at point "${point}"; known points: ${known}`,
  };
}

/** What the decisions of one call share. */
interface Occasion {
  readonly plan: LeverPlan;
  readonly mode: DecisionMode;
  readonly now: Instant;
  /** What a decision's digest is of: these two around the unit's id. */
  readonly before: string;
  readonly after: string;
}

/** @param asked - what was asked, whoever it was about. */
export function occasionOf(
  { salt }: DecisionFrame,
  plan: LeverPlan,
  asked: Pick<DecisionRequest, "mode" | "idempotencyKey" | "occasion">,
  now: Instant,
): Occasion {
  const { lever } = plan;
  return {
    plan,
    mode: asked.mode === "test" ? "test" : lever.shadow === true ? "shadow" : "live",
    now,
    before: `${salt}\n${lever.point}\n`,
    after: `\n${momentOf(lever, asked, now)}`,
  };
}

/** What is asked of one unit. */
type UnitAsked = Pick<DecisionRequest, "unitId" | "context" | "recipient">;

/** As `decide`, of a unit among others. */
export function decideUnit(frame: DecisionFrame, occasion: Occasion, request: UnitAsked): Decision {
  const { plan, now } = occasion;
  const unitId = frame.resolveUnit === undefined ? request.unitId : frame.resolveUnit(request.unitId);
  const plans = planOf(frame);
  const { place, fold } = remembered(plans, frame.salt, unitId);
  const { lever, rollout } = plan;
  const { salt, holdoutShare, businessAsUsualShare = 0 } = frame;
  const cohort = cohortOf({ salt, unitId, place, holdoutShare, businessAsUsualShare, rollout });
  const digest = sha256(`${occasion.before}${unitId}${occasion.after}`);
  const eligibility =
    frame.eligible === undefined || cohort === "business-as-usual"
      ? null
      : frame.eligible({
          lever: lever.name,
          leverKind: lever.kind,
          point: lever.point,
          unitId,
          ...(request.recipient === undefined ? {} : { recipient: request.recipient }),
          context: request.context,
          candidates: actionsOf(lever),
          now,
        });
  return decideGiven(frame, plan, {
    request,
    unitId,
    id: decisionIdFrom(digest.slice(0, ID_DIGITS)),
    draw: unitIntervalAt(digest, ID_DIGITS),
    cohort,
    fold,
    mode: occasion.mode,
    eligibility,
    now,
  });
}

/** Hexadecimal digits of the digest that name a decision; its draw is read off the digits behind them, so one digest serves both. */
const ID_DIGITS = 26;

/** Everything about a decision that comes out of hashes, rules and clocks; a replay takes it from the record instead. */
export interface GivenDecision {
  readonly request: Pick<DecisionRequest, "unitId" | "context"> & {
    readonly recipient?: Pick<Recipient, "person" | "account">;
  };
  /** The surviving unit. */
  readonly unitId: UnitId;
  readonly id: DecisionId;
  readonly draw: number;
  readonly cohort: Cohort;
  readonly fold: number;
  readonly mode: DecisionMode;
  /** null where no rules were asked. */
  readonly eligibility: Eligibility | null;
  readonly now: Instant;
}

const SERVED: Readonly<Record<Exclude<Cohort, "business-as-usual">, Served>> = {
  holdout: "baseline",
  control: "current",
  candidate: "candidate",
};

/** The decision that follows: the choice, and its record. */
export function decideGiven(frame: DecisionFrame, plan: LeverPlan, given: GivenDecision): Decision {
  const { cohort, draw, eligibility, mode, request, unitId } = given;
  const { context } = request;
  const limited = eligibility !== null && eligibility.funnel.stages.some(({ removed }) => removed.length > 0);
  const chosen =
    cohort === "business-as-usual"
      ? observed(plan, context)
      : choose(plan, {
          served: SERVED[cohort],
          context,
          draw,
          remaining: limited ? eligibility.remaining : null,
        });
  const changeId = plan.rollout?.changeId ?? null;
  const funnel = eligibility?.funnel ?? OPEN_FUNNEL;
  return {
    id: given.id,
    source: SOURCE_OF_MODE[mode],
    point: plan.lever.point,
    unitId,
    segment: chosen.segment,
    context,
    action: chosen.action,
    propensity: propensity(chosen.propensity),
    cohort,
    playbookVersion: frame.playbook.version,
    changeId,
    rolloutShare: plan.rollout?.share ?? 0,
    cycle: frame.cycle,
    fold: given.fold,
    reasons: reasonsFor(plan, { chosen, cohort, mode, changeId, funnel, version: frame.playbook.version }),
    decidedAt: given.now,
    record: recordOf(frame, plan, given, chosen),
  };
}

function recordOf(frame: DecisionFrame, plan: LeverPlan, given: GivenDecision, chosen: Chosen): DecisionRecord {
  const { request, unitId, eligibility } = given;
  const record: DecisionRecord = {
    lever: plan.lever.name,
    mode: given.mode,
    playbook: frame.documents.playbook,
    policy: frame.documents.policy,
    draw: given.draw,
    holdoutShare: frame.holdoutShare,
    businessAsUsualShare: frame.businessAsUsualShare ?? 0,
    fallback: chosen.fallback,
    lease: frame.baselineBecause ?? null,
    askedAs: request.unitId === unitId ? null : request.unitId,
    candidates: chosen.candidates,
    funnel: eligibility?.funnel ?? OPEN_FUNNEL,
    score: chosen.score,
    counterfactual: chosen.counterfactual,
  };
  // Most decisions reach nobody in particular: spreading nothing into each would be half of what deciding costs.
  return request.recipient === undefined && eligibility?.sendAt === undefined
    ? record
    : { ...record, ...reachOf(given, chosen.action) };
}

/** Whom the chosen action reaches and when, as far as anybody said. */
function reachOf(
  { request: { recipient }, eligibility }: GivenDecision,
  action: ActionId,
): Pick<DecisionRecord, "recipient" | "sendAt"> {
  const times = eligibility?.sendAt ?? {};
  const sendAt = Object.hasOwn(times, action) ? times[action] : undefined;
  return {
    ...(recipient === undefined || (recipient.person === null && recipient.account === null)
      ? {}
      : { recipient: { person: recipient.person, account: recipient.account } }),
    ...(sendAt === undefined ? {} : { sendAt }),
  };
}

/** A unit that the engine only observes: nothing is chosen for it, and so nothing could have been chosen otherwise. */
function observed(plan: LeverPlan, context: Context): Chosen {
  return {
    segment: plan.leafOf(context).segment,
    action: DO_OWN_THING,
    propensity: 1,
    candidates: [],
    score: null,
    counterfactual: NO_SINGLE_CHANGE,
    fallback: null,
    written: null,
  };
}

/**
 * The action that other probabilities would have given the same decision: its draw is recorded, and was a hash of its id before it was, so
 * it can be made again. This is how a trace shows which decisions a change altered.
 */
export function redraw(
  salt: string,
  lever: ChoiceLever,
  {
    decision,
    probabilities,
  }: { readonly decision: Pick<Decision, "id" | "record">; readonly probabilities: ActionProbabilities },
): ActionId {
  const draw = decision.record?.draw ?? hashToUnitInterval([salt, "draw", decision.id]);
  const candidates = lever.actions.map((action) => ({ action, probability: probabilities[action] ?? 0 }));
  return actionAt(candidates, draw);
}

/** The fold of a unit for cross-fitting, where no workspace's salt is at hand: an imported log. */
export function foldOf(unit: UnitId): number {
  return Math.floor(hashToUnitInterval(["fold", unit]) * FOLD_COUNT);
}

function remembered({ units }: FramePlan, salt: string, unitId: UnitId): UnitPlace {
  const known = units.get(unitId);
  if (known !== undefined) return known;
  const made = placeOf(salt, unitId);
  if (units.size >= UNITS_REMEMBERED_MAX) units.clear();
  units.set(unitId, made);
  return made;
}

/** Same point, unit and window: same decision id. Without a window every moment, or every key, is a decision of its own. */
function momentOf(
  { decisionWindowMs }: Lever,
  request: Pick<DecisionRequest, "mode" | "idempotencyKey" | "occasion">,
  now: Instant,
): string {
  // What a key for testing decides must never stand in for what is decided in earnest.
  const suffix = request.mode === "test" ? "\ntest" : "";
  if (decisionWindowMs > 0) return `${Math.floor(now / decisionWindowMs)}${suffix}`;
  if (request.idempotencyKey !== undefined) return `key ${request.idempotencyKey}${suffix}`;
  return request.occasion === undefined ? `${now}${suffix}` : `${now}\n${request.occasion}${suffix}`;
}
