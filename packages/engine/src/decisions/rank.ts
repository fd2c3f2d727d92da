import type { Context } from "../context.ts";
import type { UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";
import { decide, DO_OWN_THING, type DecisionRequest } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { DO_NOTHING } from "./funnel.ts";
import { planOf, type DecisionFrame } from "./plan.ts";

/** Units to be put in order at the point of a weights lever. */
export interface RankRequest {
  readonly point: string;
  readonly units: readonly { readonly unitId: UnitId; readonly context: Context }[];
  readonly idempotencyKey?: string;
  readonly mode?: NonNullable<DecisionRequest["mode"]>;
}

/** A unit's place in the order, from 1. */
export interface Ranked {
  readonly position: number;
  readonly decision: Decision;
}

export type RankOutcome =
  | { readonly kind: "ranked"; readonly ranked: readonly Ranked[] }
  | { readonly kind: "refused"; readonly reason: "unknown-point" | "not-a-score"; readonly message: string };

/**
 * Scores units and puts the likeliest first; of equally likely ones the greater score, then the smaller id, so that the order is one. Units
 * that are only observed, or that a rule took out, come last: they are answered for, and nobody is asked to work them. A unit that is there
 * twice is ranked once, as it was first told.
 *
 * Pure, and a decision a unit: each is recorded and explained like any other.
 */
export function rank(frame: DecisionFrame, request: RankRequest, now: Instant): RankOutcome {
  const plan = planOf(frame).byPoint.get(request.point);
  if (plan !== undefined && plan.kind !== "weights")
    return {
      kind: "refused",
      reason: "not-a-score",
      message: `lever "${plan.lever.name}" at point "${request.point}" is of kind ${plan.kind}; only weights put units in order`,
    };
  const isPlain = request.idempotencyKey === undefined && request.mode === undefined;
  const decisions = new Map<string, Decision>();
  for (const unit of request.units) {
    const asked = { point: request.point, unitId: unit.unitId, context: unit.context };
    const outcome = decide(frame, isPlain ? asked : { ...asked, ...keyOf(request) }, now);
    if (outcome.kind === "refused") return outcome;
    const { decision } = outcome;
    if (!decisions.has(decision.id)) decisions.set(decision.id, decision);
  }
  return { kind: "ranked", ranked: inOrder([...decisions.values()]) };
}

/** Decisions of one point in the order of `rank`. */
export function inOrder(decisions: readonly Decision[]): readonly Ranked[] {
  const keyed = decisions.map((decision) => ({
    decision,
    last: decision.action === DO_NOTHING || decision.action === DO_OWN_THING ? 1 : 0,
    calibrated: decision.record?.score?.calibrated ?? -1,
    score: decision.record?.score?.score ?? -Infinity,
  }));
  keyed.sort(
    (a, b) =>
      a.last - b.last ||
      b.calibrated - a.calibrated ||
      (b.score > a.score ? 1 : b.score < a.score ? -1 : 0) ||
      (a.decision.unitId < b.decision.unitId ? -1 : 1),
  );
  return keyed.map(({ decision }, i) => ({ position: i + 1, decision }));
}

function keyOf({ idempotencyKey, mode }: RankRequest): Pick<DecisionRequest, "idempotencyKey" | "mode"> {
  return { ...(idempotencyKey === undefined ? {} : { idempotencyKey }), ...(mode === undefined ? {} : { mode }) };
}
