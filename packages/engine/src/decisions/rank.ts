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
  const survivorOf = frame.resolveUnit ?? ((unit: UnitId) => unit);
  // One point and one moment: a unit is one decision, and told by its id, whose hash is known, rather than by its decision's.
  const told = new Set<UnitId>();
  const decisions: Decision[] = [];
  for (const unit of request.units) {
    const survivor = survivorOf(unit.unitId);
    if (told.has(survivor)) continue;
    told.add(survivor);
    const asked = { point: request.point, unitId: unit.unitId, context: unit.context };
    const outcome = decide(frame, isPlain ? asked : { ...asked, ...keyOf(request) }, now);
    if (outcome.kind === "refused") return outcome;
    decisions.push(outcome.decision);
  }
  return { kind: "ranked", ranked: inOrder(decisions) };
}

/** Decisions of one point in the order of `rank`. */
export function inOrder(decisions: readonly Decision[]): readonly Ranked[] {
  // Places are sorted by columns of numbers, and no object is made to sort by.
  const last = new Uint8Array(decisions.length);
  const calibrated = new Float64Array(decisions.length);
  const scores = new Float64Array(decisions.length);
  const order = new Uint32Array(decisions.length);
  let next = 0;
  for (const { action, record } of decisions) {
    const score = record?.score;
    last[next] = action === DO_NOTHING || action === DO_OWN_THING ? 1 : 0;
    calibrated[next] = score?.calibrated ?? -1;
    scores[next] = score?.score ?? -Infinity;
    order[next] = next;
    next += 1;
  }
  order.sort((a, b) => {
    if (last[a] !== last[b]) return last[a] === 0 ? -1 : 1;
    const likelier = (calibrated[a] ?? 0) - (calibrated[b] ?? 0);
    if (likelier !== 0) return likelier > 0 ? -1 : 1;
    const greater = (scores[a] ?? 0) === (scores[b] ?? 0) ? 0 : (scores[a] ?? 0) > (scores[b] ?? 0) ? 1 : -1;
    if (greater !== 0) return greater > 0 ? -1 : 1;
    return (decisions[a]?.unitId ?? "") < (decisions[b]?.unitId ?? "") ? -1 : 1;
  });
  const ranked: Ranked[] = [];
  for (const at of order) {
    const decision = decisions[at];
    if (decision !== undefined) ranked.push({ position: ranked.length + 1, decision });
  }
  return ranked;
}

function keyOf({ idempotencyKey, mode }: RankRequest): Pick<DecisionRequest, "idempotencyKey" | "mode"> {
  return { ...(idempotencyKey === undefined ? {} : { idempotencyKey }), ...(mode === undefined ? {} : { mode }) };
}
