import type { ActionId } from "../ids.ts";
import type { ActionProbabilities } from "./playbook.ts";

/** Hard bounds of one action's probability, in [0, 1]. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What may be served at all, whatever the playbook says. */
export interface ActionLimits {
  readonly allowed: readonly ActionId[];
  readonly range: Range;
  /** Where an action has bounds of its own. */
  readonly ranges: Readonly<Record<string, Range>>;
}

/** Slack for sums and bounds of probabilities that came out of arithmetic. */
const TOLERANCE = 1e-9;

/** The bounds of one action. */
export function rangeOf(limits: ActionLimits, action: string): Range {
  // Own keys only: an action may be called "constructor".
  return (Object.hasOwn(limits.ranges, action) ? limits.ranges[action] : undefined) ?? limits.range;
}

/**
 * What in these probabilities the limits do not allow, in words; empty when all is well.
 *
 * The one function that enforces ranges: governance calls it when a change is admitted, the decision path when it is served.
 */
export function limitBreaches(probabilities: ActionProbabilities, limits: ActionLimits): readonly string[] {
  const breaches: string[] = [];
  let total = 0;
  const named = Object.entries(probabilities);
  const unnamed = limits.allowed.filter((action) => !Object.hasOwn(probabilities, action));
  for (const [action, p] of [...named, ...unnamed.map((action) => [action, 0] as const)]) {
    total += p;
    if (!Number.isFinite(p) || p < 0 || p > 1)
      breaches.push(`"${action}" has probability ${p}, which is not in [0, 1]`);
    if (p > 0 && !limits.allowed.some((allowed) => allowed === action)) {
      breaches.push(`"${action}" is not an allowed action`);
      continue;
    }
    const { min, max } = rangeOf(limits, action);
    if (p < min - TOLERANCE || p > max + TOLERANCE) {
      breaches.push(`"${action}" would get ${percent(p)}, its range is ${percent(min)} to ${percent(max)}`);
    }
  }
  if (Math.abs(total - 1) > TOLERANCE) breaches.push(`probabilities sum to ${total}, expected 1`);
  return breaches;
}

function percent(p: number): string {
  return `${Number((100 * p).toPrecision(4))} %`;
}
