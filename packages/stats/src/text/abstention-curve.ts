import { ascendingOrder } from "../numerics/ascending-order.ts";
import { refuse, type Refused } from "../refused.ts";

/** What answering only from `threshold` up would have given: the share answered, and the share of those answered right. */
export interface AbstentionPoint {
  readonly threshold: number;
  readonly coverage: number;
  readonly accuracy: number;
}

/** From answering everything (coverage 1) to answering only the surest. */
export interface AbstentionCurve {
  readonly kind: "estimate";
  readonly n: number;
  readonly points: readonly AbstentionPoint[];
}

/**
 * What abstaining below a confidence buys: accuracy among the answered, at evenly spaced shares answered (risk-coverage curve).
 *
 * Units of equal confidence are answered together, so that a point can be reached by a threshold.
 *
 * @param confidences - of the answers given, in [0, 1], of units that the model has not seen.
 * @param right - 1 where that answer was right, else 0.
 * @param options.steps - points wanted, 1 or more: coverage 1, 1 − 1/steps, …
 * @returns `too-few` without units; `invalid-input` for unequal lengths, a confidence outside [0, 1], or steps that are no count.
 * @formula accuracy(t) = Σ right·1{confidence ≥ t} / Σ 1{confidence ≥ t}
 * @assumes independent units, later ones like these
 * @see El-Yaniv & Wiener (2010), "On the foundations of noise-free selective classification", section 2; Geifman & El-Yaniv (2017),
 * "Selective classification for deep neural networks", section 2
 * @example
 * abstentionCurve([0.9, 0.8, 0.6, 0.5], [1, 1, 0, 1], { steps: 2 }).points[1] // => { threshold: 0.8, coverage: 0.5, accuracy: 1 }
 */
export function abstentionCurve(
  confidences: readonly number[],
  right: readonly number[],
  { steps }: { readonly steps: number },
): AbstentionCurve | Refused<"invalid-input" | "too-few"> {
  const n = confidences.length;
  if (right.length !== n) return refuse("invalid-input", "every confidence needs to be right or wrong");
  if (!confidences.every((p) => p >= 0 && p <= 1)) return refuse("invalid-input", "confidences must be in [0, 1]");
  if (!right.every((r) => r === 0 || r === 1)) return refuse("invalid-input", "right must be 0 or 1");
  if (!Number.isSafeInteger(steps) || steps < 1 || steps > 1000)
    return refuse("invalid-input", `steps must be a count up to 1000, got ${steps}`);
  if (n === 0) return refuse("too-few", "no units");
  const order = ascendingOrder(Float64Array.from(confidences));
  const rightFrom = new Float64Array(n + 1);
  for (let k = n - 1; k >= 0; k--) rightFrom[k] = (rightFrom[k + 1] ?? 0) + (right[order[k] ?? 0] ?? 0);
  const points = new Map<number, AbstentionPoint>();
  for (let step = 0; step < steps; step++) {
    let first = Math.min(n - 1, Math.floor((step * n) / steps));
    const threshold = confidences[order[first] ?? 0] ?? NaN;
    while (first > 0 && confidences[order[first - 1] ?? 0] === threshold) first--;
    points.set(first, { threshold, coverage: (n - first) / n, accuracy: (rightFrom[first] ?? 0) / (n - first) });
  }
  return { kind: "estimate", n, points: [...points.values()] };
}

/**
 * The least threshold of a curve from which on accuracy is at least as wanted, at it and at every higher one; null where none is.
 *
 * @part abstentionCurve
 * @example
 * abstentionThreshold(abstentionCurve([0.9, 0.8, 0.6, 0.5], [1, 1, 0, 1], { steps: 2 }), 0.9) // => 0.8
 */
export function abstentionThreshold({ points }: Pick<AbstentionCurve, "points">, accuracy: number): number | null {
  const lastBelow = points.findLastIndex((point) => !(point.accuracy >= accuracy));
  return points[lastBelow + 1]?.threshold ?? null;
}
