import { refuse, type Refused } from "../refused.ts";
import type { ActionDistribution } from "./choose-action.ts";

/** Least and largest probability that governance allows an action. */
export interface ActionRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Brings action probabilities into a range for each action: every minimum first, the rest by weight, what exceeds a maximum to the others.
 *
 * Within the ranges an action that weighs more gets no less. Log the probabilities after this map, not before.
 *
 * @formula p = min + (1 − Σ min)·w/Σw; then, until none is above its maximum, cap it there and scale the others up in proportion (water-filling)
 * @assumes Σ min ≤ 1 ≤ Σ max.
 * @param weights - not negative, at least one positive; scaled to sum to 1.
 * @returns `too-few` without actions; `infeasible` when no distribution lies in the ranges; `invalid-input` otherwise.
 * @see Palomar & Fonollosa (2005), "Practical algorithms for a family of waterfilling solutions", section II, for the redistribution.
 * @example
 * rangedProbabilities([8, 1, 1], [{ min: 0, max: 0.5 }, { min: 0, max: 1 }, { min: 0, max: 1 }]).probabilities // => [0.5, 0.25, 0.25]
 */
export function rangedProbabilities(
  weights: readonly number[],
  ranges: readonly ActionRange[],
): ActionDistribution | Refused<"too-few" | "infeasible" | "invalid-input"> {
  const fault = rangeFault(weights, ranges);
  if (fault !== null) return fault;
  const total = weights.reduce((t, w) => t + w, 0);
  const slack = Math.max(0, 1 - ranges.reduce((t, r) => t + r.min, 0));
  const start = weights.map((w, a) => (ranges[a]?.min ?? 0) + slack * (w / total));
  return { kind: "estimate", probabilities: waterFilled(start, ranges) };
}

/** Scales up what is below its maximum until the probabilities sum to 1; each pass caps at least one more action. */
function waterFilled(start: readonly number[], ranges: readonly ActionRange[]): readonly number[] {
  const capped = new Set<number>();
  let level = start;
  for (let pass = 0; pass <= start.length; pass++) {
    const over = level.flatMap((p, a) => (!capped.has(a) && p > (ranges[a]?.max ?? 0) ? [a] : []));
    if (over.length === 0 && pass > 0) break;
    for (const a of over) capped.add(a);
    const taken = [...capped].reduce((t, a) => t + (ranges[a]?.max ?? 0), 0);
    const free = start.reduce((t, p, a) => (capped.has(a) ? t : t + p), 0);
    if (free === 0) return filledByHeadroom(start, ranges, taken);
    level = start.map((p, a) => (capped.has(a) ? (ranges[a]?.max ?? 0) : (p / free) * Math.max(0, 1 - taken)));
  }
  return level;
}

/** All that carry weight are at their maximum: what is left goes to the others in proportion to their room. */
function filledByHeadroom(start: readonly number[], ranges: readonly ActionRange[], taken: number): readonly number[] {
  const room = start.reduce((t, p, a) => (p > 0 ? t : t + (ranges[a]?.max ?? 0)), 0);
  const left = Math.max(0, 1 - taken);
  return start.map((p, a) => {
    const max = ranges[a]?.max ?? 0;
    return p > 0 ? max : room > 0 ? (left * max) / room : 0;
  });
}

/** Rounding allowed when ends of ranges are summed. */
const SUM_TOLERANCE = 1e-12;

function rangeFault(
  weights: readonly number[],
  ranges: readonly ActionRange[],
): Refused<"too-few" | "infeasible" | "invalid-input"> | null {
  if (weights.length === 0) return refuse("too-few", "nothing to choose from");
  const total = weights.reduce((t, w) => t + w, 0);
  if (!(total > 0 && total < Infinity) || weights.some((w) => !(w >= 0)) || ranges.length !== weights.length)
    return refuse("invalid-input", "weights must be finite, 0 or more and not all 0, with a range for each");
  const wrong = ranges.findIndex(({ min, max }) => !(min >= 0 && min <= max && max <= 1));
  if (wrong >= 0)
    return refuse("invalid-input", `range of action ${wrong} must lie in [0, 1], got ${JSON.stringify(ranges[wrong])}`);
  const [least, most] = [ranges.reduce((t, r) => t + r.min, 0), ranges.reduce((t, r) => t + r.max, 0)];
  return least <= 1 + SUM_TOLERANCE && most >= 1 - SUM_TOLERANCE
    ? null
    : refuse("infeasible", `minima sum to ${least} and maxima to ${most}; 1 must lie between`);
}
