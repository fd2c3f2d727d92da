import { momentsOf } from "./moments.ts";
import { refuse, type Refused } from "../refused.ts";
import { normalQuantile } from "../numerics/special-functions.ts";

/** Shares to treat at either end, each in [0, 0.5), together below 1. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/** Why a sample cannot be summarised. */
export type SampleRefusal = "invalid-input" | "too-few";

/**
 * Replaces the ⌊share·n⌋ smallest and largest observations by the nearest one kept; order kept, ties by position.
 *
 * For experiments cap both arms at one value fixed before unblinding, and keep the uncapped metric beside it.
 *
 * @returns `too-few` without observations, `invalid-input` otherwise.
 * @see Tukey (1962), "The future of data analysis", section 14; Dixon (1960).
 * @formula x_(i) for i ≤ ⌊ln⌋ becomes x_(⌊ln⌋+1), and likewise above
 * @assumes none
 * @example
 * winsorise([1, 2, 3, 4, 100], { lower: 0, upper: 0.2 }) // => { values: [1, 2, 3, 4, 4] }
 */
export function winsorise(
  observations: readonly number[],
  { lower, upper }: Tails,
): { readonly kind: "estimate"; readonly values: readonly number[] } | Refused<SampleRefusal> {
  const fault = sampleFault(observations, { lower, upper });
  if (fault !== null) return fault;
  const n = observations.length;
  const order = observations.map((_, i) => i).sort((a, b) => (observations[a] ?? 0) - (observations[b] ?? 0));
  const [low, high] = [Math.floor(lower * n), Math.floor(upper * n)];
  const values = [...observations];
  const [bottom, top] = [observations[order[low] ?? 0] ?? NaN, observations[order[n - high - 1] ?? 0] ?? NaN];
  order.forEach((i, rank) => {
    if (rank < low) values[i] = bottom;
    else if (rank >= n - high) values[i] = top;
  });
  return { kind: "estimate", values };
}

/**
 * Mean without the ⌊share·n⌋ smallest and largest observations.
 *
 * @see Tukey & McLaughlin (1963), "Less vulnerable confidence and significance procedures for location".
 * @formula mean of x_(⌊ln⌋+1) … x_(n−⌊un⌋)
 * @assumes none
 * @example
 * trimmedMean([1, 2, 3, 4, 100], { lower: 0.2, upper: 0.2 }) // => { mean: 3 }
 */
export function trimmedMean(
  observations: readonly number[],
  { lower, upper }: Tails,
): { readonly kind: "estimate"; readonly mean: number } | Refused<SampleRefusal> {
  const fault = sampleFault(observations, { lower, upper });
  if (fault !== null) return fault;
  const n = observations.length;
  const sorted = Float64Array.from(observations).sort();
  return { kind: "estimate", mean: momentsOf(sorted.subarray(Math.floor(lower * n), n - Math.floor(upper * n))).mean };
}

/**
 * Median absolute deviation from the median, and the standard deviation it stands for under normality.
 *
 * @see Hampel (1974), "The influence curve and its role in robust estimation".
 * @formula median |x − median x|; standard deviation = that/0.6745
 * @assumes the second figure alone: normal outcomes
 * @example
 * medianAbsoluteDeviation([1, 2, 3, 100]) // => { deviation: 1, standardDeviation: 1.4826 }
 */
export function medianAbsoluteDeviation(
  observations: readonly number[],
):
  | { readonly kind: "estimate"; readonly deviation: number; readonly standardDeviation: number }
  | Refused<SampleRefusal> {
  const fault = sampleFault(observations, { lower: 0, upper: 0 });
  if (fault !== null) return fault;
  const centre = median(observations);
  const deviation = median(observations.map((x) => Math.abs(x - centre)));
  return { kind: "estimate", deviation, standardDeviation: deviation / normalQuantile(0.75) };
}

/**
 * Middle observation, or the mean of the middle two; NaN of none.
 *
 * @part medianAbsoluteDeviation
 * @example
 * median([3, 1, 2, 10]) // => 2.5
 */
export function median(observations: readonly number[]): number {
  const sorted = Float64Array.from(observations).sort();
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? NaN) + high) / 2;
}

function sampleFault(observations: readonly number[], { lower, upper }: Tails): Refused<SampleRefusal> | null {
  if (observations.length === 0) return refuse("too-few", "no observations yet");
  if (!observations.every(Number.isFinite)) return refuse("invalid-input", "observations must be finite");
  return lower >= 0 && upper >= 0 && lower < 0.5 && upper < 0.5
    ? null
    : refuse("invalid-input", `tails must be in [0, 0.5), got ${lower} and ${upper}`);
}
