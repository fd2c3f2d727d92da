import type { Context } from "../context.ts";
import type { UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";
import { decideUnit, DO_OWN_THING, occasionOf, unknownPoint, type DecisionRequest } from "./decide.ts";
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
  if (plan === undefined) return unknownPoint(frame, request.point);
  if (plan.kind !== "weights")
    return {
      kind: "refused",
      reason: "not-a-score",
      message: `lever "${plan.lever.name}" at point "${request.point}" is of kind ${plan.kind}; only weights put units in order`,
    };
  const occasion = occasionOf(frame, plan, request, now);
  const survivorOf = frame.resolveUnit ?? ((unit: UnitId) => unit);
  // One point and one moment: a unit is one decision, and told by its id, whose hash is known, rather than by its decision's.
  const told = new Set<UnitId>();
  const decisions: Decision[] = [];
  for (const unit of request.units) {
    const survivor = survivorOf(unit.unitId);
    if (told.has(survivor)) continue;
    told.add(survivor);
    decisions.push(decideUnit(frame, occasion, unit));
  }
  return { kind: "ranked", ranked: inOrder(decisions) };
}

/** Decisions of one point in the order of `rank`. */
export function inOrder(decisions: readonly Decision[]): readonly Ranked[] {
  // Places are sorted by columns of numbers, and no object is made to sort by. Decisions are looked at where the numbers are equal.
  const chance = new Float64Array(decisions.length);
  const score = new Float64Array(decisions.length);
  const order = new Uint32Array(decisions.length);
  for (const [i, decision] of decisions.entries()) {
    chance[i] = isLast(decision) ? LAST : likelihoodOf(decision);
    score[i] = scoreOf(decision);
    order[i] = i;
  }
  order.sort((a, b) => {
    const one = chance[a] ?? 0;
    const other = chance[b] ?? 0;
    if (one > other) return -1;
    if (one < other) return 1;
    if (one !== LAST) {
      const [mine, theirs] = [score[a] ?? 0, score[b] ?? 0];
      if (mine !== theirs) return mine > theirs ? -1 : 1;
    }
    return amongEquals(decisions[a], decisions[b]);
  });
  const ranked: Ranked[] = [];
  for (const at of order) {
    const decision = decisions[at];
    if (decision !== undefined) ranked.push({ position: ranked.length + 1, decision });
  }
  return ranked;
}

/** Below every likelihood. */
const LAST = -2;

function isLast({ action }: Decision): boolean {
  return action === DO_NOTHING || action === DO_OWN_THING;
}

function likelihoodOf({ record }: Decision): number {
  return record?.score?.calibrated ?? -1;
}

function scoreOf({ record }: Decision): number {
  return record?.score?.score ?? -Infinity;
}

/** Negative where the first comes first. */
function amongEquals(first: Decision | undefined, second: Decision | undefined): number {
  if (first === undefined || second === undefined) return 0;
  const likelier = likelihoodOf(second) - likelihoodOf(first);
  if (likelier !== 0) return likelier;
  const [one, other] = [scoreOf(first), scoreOf(second)];
  if (one !== other) return one > other ? -1 : 1;
  return first.unitId < second.unitId ? -1 : 1;
}
