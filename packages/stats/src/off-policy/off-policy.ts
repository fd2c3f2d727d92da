import { areMomentsValid, sampleVariance } from "../cohorts/moments.ts";
import { normalQuantile } from "../numerics/special-functions.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";
import { momentsOfColumn } from "./column-moments.ts";
import { firstNotFinite, roundsFault, type Column, type LoggedRounds, type ModelledRounds } from "./logged-rounds.ts";
import type { WeightMap } from "./weight-maps.ts";

/** Value of the target policy per round, with the standard error of the mean score. */
export interface OffPolicyEstimate {
  readonly kind: "estimate";
  readonly n: number;
  readonly estimate: number;
  readonly standardError: number;
}

/** Why a policy cannot be valued. */
export type OffPolicyRefusal = "too-few" | "no-overlap" | "zero-variance" | "invalid-input";

/**
 * Scores of the rounds whose mean is the inverse propensity estimate: w·r.
 *
 * @part ips
 * @returns `invalid-input` for columns that are not as long, weights below 0, anything not finite.
 * @example
 * ipsScores({ rewards: [1, 0], weights: [2, 3] })[0] // => 2
 */
export function ipsScores(log: LoggedRounds, map?: WeightMap): Float64Array | Refused<"invalid-input"> {
  const fault = roundsFault(log);
  if (fault !== null) return fault;
  const { rewards, weights } = log;
  const scores = new Float64Array(rewards.length);
  for (let i = 0; i < scores.length; i++) {
    const w = weights[i] ?? NaN;
    scores[i] = (map === undefined ? w : map(w)) * (rewards[i] ?? NaN);
  }
  return finiteScores(scores);
}

/**
 * Scores of the rounds whose mean is the doubly robust estimate: model value + w·(r − prediction). Subtract two policies' scores for
 * their paired difference.
 *
 * @part doublyRobust
 * @returns `invalid-input` for columns that are not as long, weights below 0, anything not finite.
 * @example
 * doublyRobustScores({ rewards: [1], weights: [2], predicted: [0.5], policyPredicted: [0.4] })[0] // => 1.4
 */
export function doublyRobustScores(log: ModelledRounds, map?: WeightMap): Float64Array | Refused<"invalid-input"> {
  const fault = roundsFault(log);
  if (fault !== null) return fault;
  const { rewards, weights, predicted, policyPredicted } = log;
  const scores = new Float64Array(rewards.length);
  for (let i = 0; i < scores.length; i++) {
    const w = weights[i] ?? NaN;
    scores[i] =
      (policyPredicted[i] ?? NaN) + (map === undefined ? w : map(w)) * ((rewards[i] ?? NaN) - (predicted[i] ?? NaN));
  }
  return finiteScores(scores);
}

/**
 * Mean of per-round scores with its standard error: the last step of every estimator here, and of a paired difference of two policies.
 *
 * @formula x̄ and s/√n, s² with n − 1
 * @assumes Rounds independent given the past; enough of them for a normal mean.
 * @param scores - a column, or the refusal that stands for it, which is passed on.
 * @returns `too-few` below two rounds, `zero-variance` when all scores are equal, `invalid-input` for anything not finite.
 * @see Owen (2013), "Monte Carlo theory, methods and examples", section 2.4.
 * @example
 * meanOfScores([1, 2, 3]).estimate // => 2
 * meanOfScores([1, 2, 3]).standardError // => 0.57735
 */
export function meanOfScores(
  scores: Column | Refused<OffPolicyRefusal>,
): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  if ("kind" in scores) return scores;
  const moments = momentsOfColumn(scores);
  const variance = sampleVariance(moments);
  if (!areMomentsValid(moments))
    return refuse(
      "invalid-input",
      "a score is not finite, or their spread is beyond a double: check rewards and weights",
    );
  if (variance === null) return refuse("too-few", `at least 2 rounds are needed, got ${moments.n}`);
  if (variance === 0) return refuse("zero-variance", "all scores are equal, so their spread is unknown");
  return { kind: "estimate", n: moments.n, estimate: moments.mean, standardError: Math.sqrt(variance / moments.n) };
}

/**
 * Value of a target policy by inverse propensity scoring: unbiased, with variance that grows with the weights.
 *
 * @formula Σ w r/n, w = target/propensity of the action taken; with a `WeightMap` clipped or sub-Gaussian IPS
 * @assumes Exact propensities; the log could take every action that the target takes.
 * @returns `no-overlap` when no weight is positive; else as `meanOfScores`.
 * @see Horvitz & Thompson (1952), "A generalization of sampling without replacement", section 3; Dudík, Langford & Li (2011), section 2.
 * @example
 * ips({ rewards: [1, 0, 1, 0], weights: [1, 2, 0.5, 0.5] }).estimate // => 0.375
 */
export function ips(log: LoggedRounds, map?: WeightMap): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  return overlapped(log, ipsScores(log, map));
}

/**
 * Value of a target policy by self-normalised inverse propensity scoring: biased but consistent, never leaves the range of the rewards.
 *
 * @formula Σ w r/Σ w; standard error √(Σ w²(r − estimate)²)/Σ w
 * @assumes Exact propensities; the log could take every action that the target takes.
 * @returns `no-overlap` when the target policy never chooses a logged action; `zero-variance` when only one round has weight or all
 * rewards with weight are equal; `too-few`; `invalid-input`.
 * @see Swaminathan & Joachims (2015), "The self-normalized estimator for counterfactual learning", eq. 8.
 * @example
 * snips({ rewards: [1, 0, 1, 0], weights: [1, 2, 0.5, 0.5] }).estimate // => 0.375
 */
export function snips(log: LoggedRounds): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  const fault = roundsFault(log);
  if (fault !== null) return fault;
  const { rewards, weights } = log;
  const n = rewards.length;
  if (n < 2) return refuse("too-few", `at least 2 rounds are needed, got ${n}`);
  const total = sum(weights);
  if (total === 0) return refuse("no-overlap", "the target policy never chooses a logged action");
  const estimate = selfNormalised(rewards, weights);
  let squares = 0;
  let spread = false;
  let seen: number | null = null;
  for (let i = 0; i < n; i++) {
    const [w, r] = [weights[i] ?? NaN, rewards[i] ?? NaN];
    squares += (w * (r - estimate)) ** 2;
    if (w > 0) {
      seen ??= r;
      if (r !== seen) spread = true;
    }
  }
  if (!spread || squares === 0)
    return refuse("zero-variance", "all rewards with weight are equal, so their spread is unknown");
  const standardError = Math.sqrt(squares) / total;
  if (!Number.isFinite(estimate) || !Number.isFinite(standardError))
    return refuse("invalid-input", "rewards or weights are beyond what a double can sum");
  return { kind: "estimate", n, estimate, standardError };
}

/**
 * Weighted mean Σwr/Σw as a bare number; NaN when all weights are 0 or the columns differ in length.
 *
 * @part snips
 * @example
 * selfNormalised([1, 0], [3, 1]) // => 0.75
 */
export function selfNormalised(rewards: Column, weights: Column): number {
  if (rewards.length !== weights.length) return NaN;
  let [total, weighted] = [0, 0];
  for (let i = 0; i < rewards.length; i++) {
    const w = weights[i] ?? NaN;
    total += w;
    weighted += w * (rewards[i] ?? NaN);
  }
  const mean = weighted / total;
  return Number.isFinite(mean) ? mean : NaN;
}

/**
 * Value of a target policy by the outcome model alone: as wrong as the model, and its standard error does not show that.
 *
 * @formula Σ_i Σ_a target(a|x_i) q(x_i, a)/n
 * @assumes The outcome model is right, also for actions that the log rarely took.
 * @returns as `meanOfScores`.
 * @see Dudík, Langford & Li (2011), "Doubly robust policy evaluation and learning", section 2.
 * @example
 * directMethod({ rewards: [1, 0], weights: [1, 1], predicted: [0.5, 0.5], policyPredicted: [0.5, 0.25] }).estimate // => 0.375
 */
export function directMethod(log: ModelledRounds): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  return roundsFault(log) ?? meanOfScores(log.policyPredicted);
}

/**
 * Doubly robust value of a target policy: right when either the propensities or the outcome model are right.
 *
 * With a `WeightMap` it is Switch-DR (`switchWeight`), DRos (`shrinkWeight`), clipped or sub-Gaussian DR.
 *
 * @formula Σ_i [Σ_a target(a|x_i) q(x_i, a) + w_i (r_i − q(x_i, a_i))]/n
 * @assumes The model was not fitted on the same rounds (cross-fit it), and propensities or model are right.
 * @returns `no-overlap` when no weight is positive; else as `meanOfScores`.
 * @see Dudík, Langford & Li (2011), "Doubly robust policy evaluation and learning", eq. 3.
 * @example
 * doublyRobust({ rewards: [1, 0], weights: [2, 1], predicted: [0.5, 0.5], policyPredicted: [0.4, 0.6] }).estimate // => 0.75
 */
export function doublyRobust(log: ModelledRounds, map?: WeightMap): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  return overlapped(log, doublyRobustScores(log, map));
}

/**
 * Self-normalised doubly robust value of a target policy: steadier than plain DR under large weights, slightly biased.
 *
 * @formula Σ_i Σ_a target q/n + Σ w (r − q)/Σ w
 * @assumes As `doublyRobust`.
 * @returns as `doublyRobust`.
 * @see Thomas & Brunskill (2016), "Data-efficient off-policy policy evaluation for reinforcement learning", section 4 (horizon 1).
 * @example
 * const rounds = { rewards: [1, 0], weights: [3, 1], predicted: [0.5, 0.5], policyPredicted: [0.4, 0.6] };
 * selfNormalisedDoublyRobust(rounds).estimate // => 0.75
 */
export function selfNormalisedDoublyRobust(log: ModelledRounds): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  const fault = roundsFault(log);
  if (fault !== null) return fault;
  const mean = sum(log.weights) / log.weights.length;
  if (mean === 0) return refuse("no-overlap", "the target policy never chooses a logged action");
  return doublyRobust(log, (w) => w / mean);
}

/**
 * Normal interval of an estimate at one look, for any estimator with a standard error.
 *
 * @formula estimate ± z_{1−(1−confidence)/2}·standardError
 * @assumes One look fixed beforehand, and rounds enough for a normal mean; under peeking use `doublyRobustSequence`.
 * @returns `invalid-input` for a confidence outside (0, 1) or an estimate that is not finite, `zero-variance` for no standard error.
 * @see Dudík, Erhan, Langford & Li (2014), "Doubly robust policy evaluation and optimization", section 4.
 * @example
 * gaussianInterval({ kind: "estimate", n: 9, estimate: 1, standardError: 0.5 }, 0.95).upper // => 1.979982
 */
export function gaussianInterval(
  { estimate, standardError }: OffPolicyEstimate,
  confidence: number,
): Interval | Refused<"invalid-input" | "zero-variance"> {
  if (
    !(confidence > 0 && confidence < 1) ||
    !Number.isFinite(estimate) ||
    !(standardError >= 0 && standardError < Infinity)
  )
    return refuse("invalid-input", `estimate ${estimate}, standard error ${standardError}, confidence ${confidence}`);
  const half = -normalQuantile((1 - confidence) / 2) * standardError;
  const interval = { lower: estimate - half, upper: estimate + half };
  return interval.lower < interval.upper
    ? interval
    : refuse("zero-variance", "the standard error is nothing beside the estimate");
}

function finiteScores(scores: Float64Array): Float64Array | Refused<"invalid-input"> {
  const at = firstNotFinite(scores);
  return at < 0
    ? scores
    : refuse(
        "invalid-input",
        `round ${at} scores ${scores[at]}: its values are too large, or the weight map has no such parameter`,
      );
}

/** The mean of scores, unless the target policy never chose what was logged. */
function overlapped(
  log: LoggedRounds,
  scores: Float64Array | Refused<"invalid-input">,
): OffPolicyEstimate | Refused<OffPolicyRefusal> {
  if ("kind" in scores) return scores;
  return scores.length > 0 && sum(log.weights) === 0
    ? refuse("no-overlap", "the target policy never chooses a logged action")
    : meanOfScores(scores);
}

function sum(xs: Column): number {
  let total = 0;
  for (let i = 0; i < xs.length; i++) total += xs[i] ?? NaN;
  return total;
}
