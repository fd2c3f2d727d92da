import { rangeOf, type ActionLimits } from "../decisions/limits.ts";
import type { ActionProbabilities, ChoiceLever } from "../decisions/lever.ts";
import type { ActionId } from "../ids.ts";

/** How little an action may get. */
export interface Floors {
  /** For actions that may still turn out best. */
  readonly floor: number;
  /** For actions that the evidence has ruled out as best. */
  readonly settledFloor: number;
}

/** Which action leads, and which are ruled out. */
export interface Ranking {
  readonly leader: ActionId;
  readonly settled: ReadonlySet<ActionId>;
}

/**
 * Probabilities that give the leader all that floors and ranges leave. What the leader's own maximum does not let it take goes to the
 * others in proportion to their room.
 *
 * @returns null when no probabilities satisfy the ranges.
 */
export function allocate(
  lever: ChoiceLever,
  ranking: Ranking,
  floors: Floors,
  limits: ActionLimits,
): ActionProbabilities | null {
  const others = lever.actions.filter((action) => action !== ranking.leader);
  const least = new Map(others.map((action) => [action, leastFor(action, ranking, floors, limits)] as const));
  const taken = [...least.values()].reduce((sum, p) => sum + p, 0);
  const { min, max } = rangeOf(limits, ranking.leader);
  if (1 - taken < min) return null;
  const lead = Math.min(1 - taken, max);
  const excess = 1 - taken - lead;
  const room = others.map((action) => Math.max(0, maximum(action, limits) - (least.get(action) ?? 0)));
  const totalRoom = room.reduce((sum, r) => sum + r, 0);
  if (excess > totalRoom + 1e-12) return null;
  const shares = others.map((action, i) => {
    const extra = totalRoom > 0 ? (excess * (room[i] ?? 0)) / totalRoom : 0;
    return [action, (least.get(action) ?? 0) + extra] as const;
  });
  return Object.fromEntries(lever.actions.map((a) => [a, a === ranking.leader ? lead : (new Map(shares).get(a) ?? 0)]));
}

function leastFor(action: ActionId, { settled }: Ranking, floors: Floors, limits: ActionLimits): number {
  if (maximum(action, limits) === 0) return 0;
  const wanted = settled.has(action) ? floors.settledFloor : floors.floor;
  return Math.min(Math.max(wanted, rangeOf(limits, action).min), maximum(action, limits));
}

function maximum(action: ActionId, limits: ActionLimits): number {
  return limits.allowed.includes(action) ? rangeOf(limits, action).max : 0;
}
