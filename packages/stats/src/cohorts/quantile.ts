import { refuse, type Refused } from "../refused.ts";

/** Hyndman and Fan's nine definitions; 7 is the usual default, 8 nearly unbiased for the median of any distribution. */
export type QuantileType = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/**
 * Sample quantiles of observations in any order. O(n log n).
 *
 * @param shares - each in [0, 1].
 * @returns one value a share; `too-few` without observations; `invalid-input` for one that is not finite or a share outside [0, 1].
 * @see Hyndman & Fan (1996), "Sample quantiles in statistical packages".
 * @formula type 7: x_(k) + f (x_(k+1) − x_(k)), k + f = 1 + (n − 1)p
 * @assumes none
 * @example
 * quantiles([1, 2, 3, 10], [0.5, 0.9]) // => { values: [2.5, 7.9] }
 */
export function quantiles(
  observations: readonly number[],
  shares: readonly number[],
  type: QuantileType = 7,
): { readonly kind: "estimate"; readonly values: readonly number[] } | Refused<"invalid-input" | "too-few"> {
  if (observations.length === 0) return refuse("too-few", "no observations yet");
  if (!observations.every(Number.isFinite) || !shares.every((p) => p >= 0 && p <= 1))
    return refuse("invalid-input", "observations must be finite and shares in [0, 1]");
  const sorted = Float64Array.from(observations).sort();
  return { kind: "estimate", values: shares.map((p) => (type <= 3 ? step(sorted, p, type) : line(sorted, p, type))) };
}

/** Rounding in n·p must not move a quantile to the next observation. */
const FUZZ = 4 * Number.EPSILON;

/** Types 1-3: steps of the distribution function. */
function step(sorted: Float64Array, p: number, type: QuantileType): number {
  const rank = sorted.length * p - (type === 3 ? 0.5 : 0);
  const below = Math.floor(rank + FUZZ * Math.max(1, Math.abs(rank)));
  const exact = !(rank > below + FUZZ * Math.max(1, Math.abs(rank)));
  const share = type === 1 ? Number(!exact) : type === 2 ? (exact ? 0.5 : 1) : Number(!exact || below % 2 !== 0);
  return between(sorted, below, share);
}

/** Types 4-9: a line through the points (p_k, x_k), p_k = (k − a)/(n + 1 − a − b). */
function line(sorted: Float64Array, p: number, type: QuantileType): number {
  const [a, b] = plotting(type);
  const rank = a + p * (sorted.length + 1 - a - b);
  const below = Math.floor(rank + FUZZ);
  const share = rank - below;
  return between(sorted, below, Math.abs(share) < FUZZ ? 0 : share);
}

function plotting(type: QuantileType): readonly [number, number] {
  switch (type) {
    case 4:
      return [0, 1];
    case 5:
      return [0.5, 0.5];
    case 6:
      return [0, 0];
    case 8:
      return [1 / 3, 1 / 3];
    case 9:
      return [3 / 8, 3 / 8];
    case 1:
    case 2:
    case 3:
    case 7:
      return [1, 1];
  }
}

/** The observation of a rank (from 1, clamped), moved a share of the way to the next. */
function between(sorted: Float64Array, rank: number, share: number): number {
  const at = (r: number): number => sorted[Math.min(sorted.length, Math.max(1, r)) - 1] ?? NaN;
  return share === 0 ? at(rank) : share === 1 ? at(rank + 1) : at(rank) + share * (at(rank + 1) - at(rank));
}
