import { momentsOf } from "./moments.ts";
import { refuse, type Refused } from "../refused.ts";

/** Weighted mean and variance, dividing by the sum of weights. */
export interface WeightedMoments {
  readonly kind: "estimate";
  readonly mean: number;
  readonly variance: number;
  readonly totalWeight: number;
}

/** Third and fourth standardised moments; both 0 for the normal distribution. */
export interface SampleShape {
  readonly kind: "estimate";
  readonly skewness: number;
  readonly excessKurtosis: number;
}

/**
 * Mean and variance with frequency weights.
 *
 * @returns `too-few` without weight; `invalid-input` for unequal lengths, anything not finite or a negative weight.
 * @formula x̄ = Σwx/Σw, s² = Σw(x − x̄)²/Σw
 * @assumes weights are frequencies
 * @see Cochran (1977), "Sampling techniques", section 2.9
 * @example
 * weightedMoments([1, 2, 4], [1, 1, 2]) // => { mean: 2.75, variance: 1.6875 }
 */
export function weightedMoments(
  observations: readonly number[],
  weights: readonly number[],
): WeightedMoments | Refused<"invalid-input" | "too-few"> {
  if (observations.length !== weights.length || !observations.every(Number.isFinite))
    return refuse("invalid-input", "observations must be finite and as many as weights");
  if (!weights.every((w) => w >= 0 && w < Infinity))
    return refuse("invalid-input", "weights must be finite and not negative");
  const totalWeight = weights.reduce((t, w) => t + w, 0);
  if (totalWeight === 0) return refuse("too-few", "no observation has a weight");
  const mean = observations.reduce((t, x, i) => t + x * (weights[i] ?? 0), 0) / totalWeight;
  const variance = observations.reduce((t, x, i) => t + (x - mean) ** 2 * (weights[i] ?? 0), 0) / totalWeight;
  return { kind: "estimate", mean, variance, totalWeight };
}

/**
 * Skewness g₁ and excess kurtosis g₂: warns where a mean of few units is far from normal. Biased towards 0 in small samples.
 *
 * @returns `zero-variance` when all observations are equal, `invalid-input` when one is not finite, `too-few` without any.
 * @see Joanes & Gill (1998), "Comparing measures of sample skewness and kurtosis", section 2.
 * @formula g₁ = m₃/m₂^1.5, g₂ = m₄/m₂² − 3
 * @assumes none
 * @example
 * sampleShape([1, 2, 3, 10]) // => { skewness: 1.0182, excessKurtosis: -0.7696 }
 */
export function sampleShape(
  observations: readonly number[],
): SampleShape | Refused<"invalid-input" | "too-few" | "zero-variance"> {
  if (observations.length === 0) return refuse("too-few", "no observations yet");
  if (!observations.every(Number.isFinite)) return refuse("invalid-input", "observations must be finite");
  const { n, mean, m2 } = momentsOf(observations);
  if (m2 === 0) return refuse("zero-variance", "all observations are equal");
  if (!(m2 < Infinity)) return refuse("invalid-input", "observations are too large for doubles");
  const power = (k: number): number => observations.reduce((t, x) => t + (x - mean) ** k, 0) / n;
  return {
    kind: "estimate",
    skewness: power(3) / (m2 / n) ** 1.5,
    excessKurtosis: power(4) / (m2 / n) ** 2 - 3,
  };
}
