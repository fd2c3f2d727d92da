import type { ActionProbabilities } from "../decisions/lever.ts";

/** Total variation distance: half the sum of absolute differences, in [0, 1]. The share of units that would get another action. */
export function totalVariation(a: ActionProbabilities, b: ActionProbabilities): number {
  const actions = new Set([...Object.keys(a), ...Object.keys(b)]);
  let sum = 0;
  for (const action of actions) sum += Math.abs((a[action] ?? 0) - (b[action] ?? 0));
  return sum / 2;
}

/** The point at most `maxStep` (total variation) from `from` on the way to `to`. */
export function stepTowards(from: ActionProbabilities, to: ActionProbabilities, maxStep: number): ActionProbabilities {
  const distance = totalVariation(from, to);
  if (distance <= maxStep) return to;
  const share = maxStep / distance;
  return Object.fromEntries(
    Object.keys(to).map((action) => [action, (from[action] ?? 0) + share * ((to[action] ?? 0) - (from[action] ?? 0))]),
  );
}
