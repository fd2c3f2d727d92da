import { refuse, type Refused } from "../refused.ts";
import { firstNotFinite, roundsFault, type Column, type LoggedRounds } from "./logged-rounds.ts";

/** Changes a weight before it is used, trading bias for variance; see `clipWeight` and its kin. NaN for a parameter that is none. */
export type WeightMap = (weight: number) => number;

/**
 * Clipping: min(w, limit), limit > 0.
 *
 * @part ips
 * @see Ionides (2008), "Truncated importance sampling", section 2.
 * @example
 * clipWeight(5)(8) // => 5
 */
export function clipWeight(limit: number): WeightMap {
  return (w) => (limit > 0 ? Math.min(w, limit) : NaN);
}

/**
 * Switching: w up to the threshold, 0 beyond; in a doubly robust score the model takes over there.
 *
 * @part doublyRobust
 * @see Wang, Agarwal & Dudík (2017), "Optimal and adaptive off-policy evaluation in contextual bandits", eq. 7.
 * @example
 * switchWeight(5)(8) // => 0
 */
export function switchWeight(threshold: number): WeightMap {
  return (w) => (threshold >= 0 ? (w <= threshold ? w : w - w) : NaN);
}

/**
 * Optimistic shrinkage: λw/(w² + λ), λ ≥ 0; 0 gives the direct method, ∞ plain doubly robust.
 *
 * @part doublyRobust
 * @see Su, Dimakopoulou, Krishnamurthy & Dudík (2020), "Doubly robust off-policy evaluation with shrinkage", section 4.2.
 * @example
 * shrinkWeight(4)(2) // => 1
 */
export function shrinkWeight(lambda: number): WeightMap {
  if (lambda === Infinity) return (w) => w;
  return (w) => (lambda > 0 ? (lambda * w) / (w * w + lambda) : lambda === 0 ? w - w : NaN);
}

/**
 * Sub-Gaussian weight: w/(1 − λ + λw), λ in [0, 1].
 *
 * @part ips
 * @see Metelli, Russo & Restelli (2021), "Subgaussian and differentiable importance sampling for off-policy evaluation and learning", eq. 7.
 * @example
 * subGaussianWeight(0.5)(3) // => 1.5
 */
export function subGaussianWeight(lambda: number): WeightMap {
  return (w) => (lambda >= 0 && lambda <= 1 ? (w === 0 ? 0 : w / (1 - lambda + lambda * w)) : NaN);
}

/** How much a weight map may be off. */
export interface WeightBias {
  readonly kind: "estimate";
  /** |mean of (w − ŵ)(r − prediction)|. */
  readonly bias: number;
  /** Upper bound of the bias at level 1 − delta, for rewards in [0, 1]. */
  readonly upper: number;
}

/**
 * Bias that a weight map may cause, and its upper bound: choose the map that minimises bias² + variance.
 *
 * @formula |Σ(w − ŵ)(r − q)|/n; upper adds √(2 Σw²/n · ln(2/δ)/n) + 2 max w · ln(2/δ)/(3n)
 * @assumes Rewards in [0, 1] for the upper bound; predictions not fitted on the same rounds.
 * @returns `too-few` without rounds, `invalid-input` for columns that are not as long or not finite, delta outside (0, 1).
 * @see Su, Dimakopoulou, Krishnamurthy & Dudík (2020), "Doubly robust off-policy evaluation with shrinkage", section 5.
 * @example
 * weightBias({ rewards: [1, 0], weights: [4, 1] }, { mapped: [2, 1], delta: 0.05 }).bias // => 1
 */
export function weightBias(
  log: LoggedRounds,
  { mapped, predicted, delta }: { readonly mapped: Column; readonly predicted?: Column; readonly delta: number },
): WeightBias | Refused<"too-few" | "invalid-input"> {
  const { rewards, weights } = log;
  const n = rewards.length;
  if (n === 0) return refuse("too-few", "no rounds yet");
  const fault = roundsFault(log);
  if (fault !== null) return fault;
  const others = predicted === undefined ? [mapped] : [mapped, predicted];
  if (!(delta > 0 && delta < 1) || others.some((column) => column.length !== n || firstNotFinite(column) >= 0))
    return refuse("invalid-input", `mapped weights and predictions must be ${n} finite values, delta in (0, 1)`);
  let [bias, squares, largest] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const w = weights[i] ?? NaN;
    bias += (w - (mapped[i] ?? NaN)) * ((rewards[i] ?? NaN) - (predicted === undefined ? 0 : (predicted[i] ?? NaN)));
    squares += w * w;
    if (w > largest) largest = w;
  }
  const logTerm = Math.log(2 / delta);
  const own = Math.abs(bias / n);
  return {
    kind: "estimate",
    bias: own,
    upper: own + Math.sqrt((2 * (squares / n) * logTerm) / n) + (2 * largest * logTerm) / (3 * n),
  };
}
