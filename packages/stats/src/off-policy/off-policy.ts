import { areMomentsValid, momentsOf, sampleVariance } from "../cohorts/moments.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";
import { normalQuantile, tQuantile } from "../numerics/special-functions.ts";

/**
 * Decisions of a logging policy, one row a round, as columns: the reward seen and the importance weight
 * target probability / propensity of the action taken.
 */
export interface LoggedRounds {
  readonly rewards: readonly number[];
  readonly weights: readonly number[];
}

/** Logged rounds with an outcome model, which must not have been fitted on the same round (cross-fit it). */
export interface ModelledRounds extends LoggedRounds {
  /** Predicted reward of the action taken. */
  readonly predicted: readonly number[];
  /** Predicted reward of the target policy: Σ_a target(a) q(a). */
  readonly policyPredicted: readonly number[];
}

/** Value of the target policy per round, with the standard error of the mean score. */
export interface OffPolicyEstimate {
  readonly kind: "estimate";
  readonly n: number;
  readonly estimate: number;
  readonly standardError: number;
}

/** Why a policy cannot be valued. */
export type OffPolicyRefusal = "too-few" | "no-overlap" | "zero-variance" | "invalid-input";

/** Changes a weight before it is used, trading bias for variance; see `clipWeight` and its kin. */
export type WeightMap = (weight: number) => number;

const unchanged: WeightMap = (w) => w;

/** min(w, limit). @see Ionides (2008), "Truncated importance sampling". */
export function clipWeight(limit: number): WeightMap {
  return (w) => Math.min(w, limit);
}

/** w up to the threshold, 0 beyond: in a doubly robust score the model takes over there. @see Wang, Agarwal & Dudík (2017), SWITCH, eq. 7. */
export function switchWeight(threshold: number): WeightMap {
  return (w) => (w <= threshold ? w : 0);
}

/** λw/(w² + λ): optimistic shrinkage; 0 gives the direct method, ∞ plain doubly robust. @see Su et al. (2020), "Doubly robust off-policy evaluation with shrinkage", section 4.2. */
export function shrinkWeight(lambda: number): WeightMap {
  return (w) => (lambda === 0 ? 0 : (lambda * w) / (w * w + lambda));
}

/** w/(1 − λ + λw), λ in [0, 1]. @see Metelli, Russo & Restelli (2021), "Subgaussian and differentiable importance sampling", eq. 7. */
export function subGaussianWeight(lambda: number): WeightMap {
  return (w) => (w === 0 ? 0 : w / (1 - lambda + lambda * w));
}

/** Scores whose mean is the inverse propensity estimate: w·r. */
export function ipsScores({ rewards, weights }: LoggedRounds, map: WeightMap = unchanged): readonly number[] {
  return rewards.map((r, i) => map(weights[i] ?? NaN) * r);
}

/** Scores whose mean is the doubly robust estimate: model value + w·(r − prediction). Subtract two policies' scores for their paired difference. */
export function doublyRobustScores(
  { rewards, weights, predicted, policyPredicted }: ModelledRounds,
  map: WeightMap = unchanged,
): readonly number[] {
  return rewards.map((r, i) => (policyPredicted[i] ?? NaN) + map(weights[i] ?? NaN) * (r - (predicted[i] ?? NaN)));
}

/**
 * Mean of per-round scores with its standard error.
 *
 * @returns `too-few` below two rounds, `zero-variance` when all scores are equal, `invalid-input` for anything not finite or for
 * columns of different length.
 */
export function meanOfScores(scores: readonly number[]): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  const moments = momentsOf(scores);
  const variance = sampleVariance(moments);
  if (!areMomentsValid(moments))
    return refuse(
      "invalid-input",
      "a score is not finite: check rewards, propensities and that all columns are as long",
    );
  if (variance === null) return refuse("too-few", `at least 2 rounds are needed, got ${moments.n}`);
  if (variance === 0) return refuse("zero-variance", "all scores are equal, so their spread is unknown");
  return { kind: "estimate", n: moments.n, estimate: moments.mean, standardError: Math.sqrt(variance / moments.n) };
}

/**
 * Inverse propensity scoring: unbiased, with variance that grows with the weights.
 *
 * @see Horvitz & Thompson (1952); Dudík, Langford & Li (2011), section 2.
 */
export function ips(log: LoggedRounds, map: WeightMap = unchanged): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  return meanOfScores(ipsScores(log, map));
}

/**
 * Self-normalised inverse propensity scoring: Σwr/Σw. Biased but consistent, never leaves the range of the rewards.
 *
 * @returns `no-overlap` when the target policy never chooses a logged action.
 * @see Swaminathan & Joachims (2015), "The self-normalized estimator for counterfactual learning".
 */
export function snips({ rewards, weights }: LoggedRounds): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  const total = sum(weights);
  if (!Number.isFinite(total)) return refuse("invalid-input", "a weight is not finite");
  if (total === 0) return refuse("no-overlap", "the target policy never chooses a logged action");
  const n = rewards.length;
  if (n < 2) return refuse("too-few", `at least 2 rounds are needed, got ${n}`);
  const estimate = selfNormalised(rewards, weights);
  const squares = rewards.reduce((t, r, i) => t + ((weights[i] ?? 0) * (r - estimate)) ** 2, 0);
  if (squares === 0) return refuse("zero-variance", "all rewards with weight are equal, so their spread is unknown");
  return { kind: "estimate", n, estimate, standardError: Math.sqrt(squares) / total };
}

/** Σwr/Σw; NaN when all weights are 0 (see `snips` for the refusing form). */
export function selfNormalised(rewards: readonly number[], weights: readonly number[]): number {
  return rewards.reduce((t, r, i) => t + r * (weights[i] ?? NaN), 0) / sum(weights);
}

/** The outcome model alone: mean of Σ_a target(a) q(a). As wrong as the model; its standard error does not show that. */
export function directMethod({ policyPredicted }: ModelledRounds): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  return meanOfScores(policyPredicted);
}

/**
 * Doubly robust value: right when either the propensities or the model are right. With a `WeightMap` it is Switch-DR
 * (`switchWeight`), DRos (`shrinkWeight`), clipped or sub-Gaussian DR.
 *
 * @see Dudík, Langford & Li (2011), "Doubly robust policy evaluation and learning", eq. 3.
 */
export function doublyRobust(
  log: ModelledRounds,
  map: WeightMap = unchanged,
): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  return meanOfScores(doublyRobustScores(log, map));
}

/**
 * Self-normalised doubly robust value: model value + Σw(r − prediction)/Σw.
 *
 * @see Thomas & Brunskill (2016), "Data-efficient off-policy policy evaluation", section 4 (weighted DR, horizon 1).
 */
export function selfNormalisedDoublyRobust(log: ModelledRounds): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  const mean = sum(log.weights) / log.weights.length;
  if (mean === 0) return refuse("no-overlap", "the target policy never chooses a logged action");
  return doublyRobust(log, (w) => w / mean);
}

/** How much of the log speaks for the target policy. */
export interface WeightDiagnostics {
  readonly n: number;
  readonly meanWeight: number;
  readonly meanWeightStandardError: number;
  /** (Σw)²/Σw². */
  readonly effectiveSampleSize: number;
  /** max w/Σw. */
  readonly maxWeightShare: number;
}

/** Diagnostics of importance weights; effective sample size 0 and share 1 when no weight is positive. */
export function weightDiagnostics(weights: readonly number[]): WeightDiagnostics {
  const moments = momentsOf(weights);
  const total = sum(weights);
  const squares = weights.reduce((t, w) => t + w * w, 0);
  return {
    n: weights.length,
    meanWeight: moments.mean,
    meanWeightStandardError: Math.sqrt((sampleVariance(moments) ?? 0) / Math.max(1, weights.length)),
    effectiveSampleSize: squares > 0 ? (total * total) / squares : 0,
    maxWeightShare: total > 0 ? weights.reduce((most, w) => Math.max(most, w), 0) / total : 1,
  };
}

/** Limits that an off-policy estimate must pass before it is shown. */
export interface OverlapGate {
  readonly effectiveSampleSizeMin: number;
  readonly effectiveShareMin: number;
  readonly maxWeightShareMax: number;
  /** Standard errors by which the mean weight may differ from 1. */
  readonly meanWeightDeviationMax: number;
}

/** ESS ≥ 200 and ≥ 1 % of n; no unit above 5 % of the weight; mean weight within 3 standard errors of 1. */
export const DEFAULT_OVERLAP_GATE: OverlapGate = {
  effectiveSampleSizeMin: 200,
  effectiveShareMin: 0.01,
  maxWeightShareMax: 0.05,
  meanWeightDeviationMax: 3,
};

/** The first gate that fails, or null when the estimate may be shown. A wrong mean weight means wrong propensities. */
export function overlapRefusal(
  d: WeightDiagnostics,
  gate: OverlapGate = DEFAULT_OVERLAP_GATE,
): Refused<"no-overlap" | "wrong-propensities" | "few-effective-units"> | null {
  if (d.effectiveSampleSize === 0) return refuse("no-overlap", "the target policy never chooses a logged action");
  const deviation = Math.abs(d.meanWeight - 1);
  if (deviation > gate.meanWeightDeviationMax * d.meanWeightStandardError + 1e-9) {
    return refuse(
      "wrong-propensities",
      `weights average ${d.meanWeight.toFixed(3)} where 1 is expected; the logged propensities cannot be right`,
    );
  }
  const needed = Math.max(gate.effectiveSampleSizeMin, gate.effectiveShareMin * d.n);
  if (d.effectiveSampleSize < needed) {
    return refuse(
      "few-effective-units",
      `${d.n} rounds are worth ${d.effectiveSampleSize.toFixed(1)} for this policy; ${Math.ceil(needed)} are needed`,
    );
  }
  return d.maxWeightShare > gate.maxWeightShareMax
    ? refuse("few-effective-units", `one round carries ${(100 * d.maxWeightShare).toFixed(1)} % of all weight`)
    : null;
}

/** Normal interval of an estimate, at one look. */
export function gaussianInterval({ estimate, standardError }: OffPolicyEstimate, confidence: number): Interval {
  const half = -normalQuantile((1 - confidence) / 2) * standardError;
  return { lower: estimate - half, upper: estimate + half };
}

/**
 * Lower bounds on the mean of scores in [0, max] that hold with probability 1 − delta: Hoeffding and empirical Bernstein at any
 * n, Student's t only approximately. The improvement rule is: deploy when the bound on the difference is above 0.
 *
 * @see Thomas, Theocharous & Ghavamzadeh (2015), "High confidence policy improvement", section 4; Maurer & Pontil (2009),
 * theorem 4 (with the population variance).
 */
export function lowerBounds(
  scores: readonly number[],
  { max, delta }: { readonly max: number; readonly delta: number },
):
  | { readonly kind: "estimate"; readonly hoeffding: number; readonly bernstein: number; readonly studentT: number }
  | Refused<OffPolicyRefusal> {
  const moments = momentsOf(scores);
  if (!areMomentsValid(moments) || !(max > 0) || !(delta > 0 && delta < 1))
    return refuse("invalid-input", "scores must be finite, max positive and delta in (0, 1)");
  const outside = scores.find((x) => x < 0 || x > max);
  if (outside !== undefined) return refuse("invalid-input", `scores must be in [0, ${max}], got ${outside}`);
  if (moments.n < 2) return refuse("too-few", `at least 2 rounds are needed, got ${moments.n}`);
  const { n, mean } = moments;
  const variance = moments.m2 / n;
  const logTerm = Math.log(2 / delta);
  return {
    kind: "estimate",
    hoeffding: mean - max * Math.sqrt(-Math.log(delta) / (2 * n)),
    bernstein: mean - (7 * max * logTerm) / (3 * (n - 1)) - Math.sqrt((2 * logTerm * variance) / (n - 1)),
    studentT: mean + Math.sqrt(variance / (n - 1)) * tQuantile(delta, n - 1),
  };
}

/**
 * Bias that a weight map may cause, and its upper bound at level delta: choose the map that minimises bound² + variance.
 *
 * @see Su et al. (2020), page 17; Su, Srinath & Krishnamurthy (2020), "Adaptive estimator selection".
 */
export function weightBias(
  { rewards, weights }: LoggedRounds,
  {
    mapped,
    predicted,
    delta,
  }: { readonly mapped: readonly number[]; readonly predicted?: readonly number[]; readonly delta: number },
): { readonly bias: number; readonly upper: number } {
  const n = rewards.length;
  const bias = Math.abs(
    rewards.reduce(
      (t, r, i) =>
        t + ((weights[i] ?? NaN) - (mapped[i] ?? NaN)) * (r - (predicted === undefined ? 0 : (predicted[i] ?? NaN))),
      0,
    ) / n,
  );
  const squares = weights.reduce((t, w) => t + w * w, 0) / n;
  const largest = weights.reduce((most, w) => Math.max(most, w), 0);
  const logTerm = Math.log(2 / delta);
  return { bias, upper: bias + Math.sqrt((2 * squares * logTerm) / n) + (2 * largest * logTerm) / (3 * n) };
}

function sum(xs: readonly number[]): number {
  return xs.reduce((t, x) => t + x, 0);
}
