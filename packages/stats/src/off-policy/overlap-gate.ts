import { sampleVariance } from "../cohorts/moments.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";
import { momentsOfColumn } from "./column-moments.ts";
import { firstNotFinite, modelledRounds, type Column, type ModelledRounds, type PolicyLog } from "./logged-rounds.ts";
import { doublyRobust, gaussianInterval, type OffPolicyEstimate, type OffPolicyRefusal } from "./off-policy.ts";

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

/** Limits that an off-policy estimate must pass before it is shown. */
export interface OverlapGate {
  readonly effectiveSampleSizeMin: number;
  readonly effectiveShareMin: number;
  readonly maxWeightShareMax: number;
  /** Standard errors by which the mean weight may differ from 1. */
  readonly meanWeightDeviationMax: number;
  /** Smallest propensity of a logged action: below it the logging policy as good as never took the action. */
  readonly propensityMin: number;
}

/**
 * ESS ≥ 200 and ≥ 1 % of n; no round above 5 % of the weight; mean weight within 3 standard errors of 1; no propensity below one in
 * a thousand, which is a twentieth of the smallest floor that exploration should keep.
 */
export const DEFAULT_OVERLAP_GATE: OverlapGate = {
  effectiveSampleSizeMin: 200,
  effectiveShareMin: 0.01,
  maxWeightShareMax: 0.05,
  meanWeightDeviationMax: 3,
  propensityMin: 0.001,
};

/** Why an estimate may not be shown although it could be computed. */
export type OverlapRefusal = "no-overlap" | "wrong-propensities" | "few-effective-units" | "invalid-input";

/**
 * Diagnostics of importance weights: their mean, which should be 1, and how many rounds they are worth.
 *
 * Effective sample size 0 and share 1 when no weight is positive.
 *
 * @formula ESS = (Σw)²/Σw²; largest share = max w/Σw
 * @assumes Weights are target probability over logged propensity of the action taken.
 * @returns `too-few` without rounds, `invalid-input` for a weight that is negative or not finite.
 * @see Kong (1992), "A note on importance sampling using standardized weights"; Owen (2013), "Monte Carlo theory", section 9.3.
 * @example
 * weightDiagnostics([0.5, 1.5, 0.5, 1.5]).effectiveSampleSize // => 3.2
 */
export function weightDiagnostics(weights: Column): WeightDiagnostics | Refused<"too-few" | "invalid-input"> {
  const n = weights.length;
  if (n === 0) return refuse("too-few", "no rounds yet");
  const at = firstNotFinite(weights);
  if (at >= 0) return refuse("invalid-input", `weight ${at} is not finite: ${weights[at]}`);
  const moments = momentsOfColumn(weights);
  let [total, squares, largest] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const w = weights[i] ?? NaN;
    if (w < 0) return refuse("invalid-input", `weight ${i} is negative: ${w}`);
    total += w;
    squares += w * w;
    if (w > largest) largest = w;
  }
  if (!Number.isFinite(squares)) return refuse("invalid-input", "the weights are beyond what a double can sum");
  return {
    n,
    meanWeight: moments.mean,
    meanWeightStandardError: Math.sqrt((sampleVariance(moments) ?? 0) / n),
    effectiveSampleSize: squares > 0 ? (total * total) / squares : 0,
    maxWeightShare: total > 0 ? largest / total : 1,
  };
}

/**
 * The first gate that fails, or null when the estimate may be shown. A wrong mean weight means wrong propensities.
 *
 * @part evaluatePolicy
 * @see Owen (2013), "Monte Carlo theory, methods and examples", section 9.3, on which diagnostics an importance sample must pass.
 * @example
 * overlapRefusal(weightDiagnostics([1, 1, 1, 1])).reason // => "few-effective-units"
 */
export function overlapRefusal(
  d: WeightDiagnostics,
  gate: OverlapGate = DEFAULT_OVERLAP_GATE,
): Refused<OverlapRefusal> | null {
  // Every limit is asked in the positive, so that NaN fails it.
  if (![d.n, d.meanWeight, d.meanWeightStandardError, d.effectiveSampleSize, d.maxWeightShare].every(Number.isFinite))
    return refuse("invalid-input", "diagnostics must be finite");
  if (d.effectiveSampleSize === 0) return refuse("no-overlap", "the target policy never chooses a logged action");
  const deviation = Math.abs(d.meanWeight - 1);
  if (!(deviation <= gate.meanWeightDeviationMax * d.meanWeightStandardError + 1e-9)) {
    return refuse(
      "wrong-propensities",
      `weights average ${d.meanWeight.toFixed(3)} where 1 is expected; the logged propensities cannot be right`,
    );
  }
  const needed = Math.max(gate.effectiveSampleSizeMin, gate.effectiveShareMin * d.n);
  if (!(d.effectiveSampleSize >= needed)) {
    return refuse(
      "few-effective-units",
      `${d.n} rounds are worth ${d.effectiveSampleSize.toFixed(1)} for this policy; ${Math.ceil(needed)} are needed`,
    );
  }
  return d.maxWeightShare <= gate.maxWeightShareMax
    ? null
    : refuse("few-effective-units", `one round carries ${(100 * d.maxWeightShare).toFixed(1)} % of all weight`);
}

/** An estimate that passed the gates, with what they saw. */
export interface PolicyEvaluation extends OffPolicyEstimate {
  /** Normal, at one look. */
  readonly interval: Interval;
  readonly diagnostics: WeightDiagnostics;
}

/** How a log is evaluated. */
export interface EvaluationOptions {
  readonly confidence: number;
  /** Doubly robust unless another is given, for example `snips` or `(rounds) => doublyRobust(rounds, switchWeight(10))`. */
  readonly estimator?: (rounds: ModelledRounds) => OffPolicyEstimate | Refused<OffPolicyRefusal>;
  readonly gate?: OverlapGate;
}

/**
 * Value of a target policy out of a raw log, only if every overlap gate passes: support, mean weight, effective sample size, largest share.
 *
 * O(rounds × actions); columns may be `Float64Array`s.
 *
 * @formula doubly robust mean ± z·standard error (or the estimator given), refused unless weights average 1, ESS ≥ max(200, n/100), max w/Σw ≤ 5 %
 * @assumes Exact propensities; predictions not fitted on the same rounds; one look.
 * @returns `no-overlap` for an action that the log could not have taken, or took with less than `propensityMin`; `wrong-propensities`;
 * `few-effective-units`; else what the estimator refuses.
 * @see Dudík, Langford & Li (2011), "Doubly robust policy evaluation and learning", eq. 3; Owen (2013), "Monte Carlo theory", section 9.3.
 * @example
 * const coin = [0, 1, 0, 1, 1, 0, 1, 0];
 * const log = { actionCount: 2, actions: coin, rewards: [0, 1, 0, 1, 0, 1, 1, 0], propensities: coin.map(() => 0.5),
 *   target: coin.flatMap(() => [0.4, 0.6]), predictions: coin.flatMap(() => [0.25, 0.75]) };
 * const gate = { ...DEFAULT_OVERLAP_GATE, effectiveSampleSizeMin: 5, maxWeightShareMax: 0.2 };
 * evaluatePolicy(log, { confidence: 0.95, gate }).estimate // => 0.55
 * evaluatePolicy(log, { confidence: 0.95 }).reason // => "few-effective-units"
 */
export function evaluatePolicy(
  log: PolicyLog,
  { confidence, estimator = doublyRobust, gate = DEFAULT_OVERLAP_GATE }: EvaluationOptions,
): PolicyEvaluation | Refused<OffPolicyRefusal | OverlapRefusal> {
  const rounds = modelledRounds(log);
  if ("kind" in rounds) return rounds;
  for (let i = 0; i < log.propensities.length; i++) {
    const p = log.propensities[i] ?? NaN;
    if (p < gate.propensityMin)
      return refuse("no-overlap", `round ${i} was logged with propensity ${p}, below ${gate.propensityMin}`);
  }
  const diagnostics = weightDiagnostics(rounds.weights);
  if ("kind" in diagnostics) return diagnostics;
  const gated = overlapRefusal(diagnostics, gate);
  if (gated !== null) return gated;
  const answer = estimator(rounds);
  if (answer.kind === "refused") return answer;
  const interval = gaussianInterval(answer, confidence);
  return "kind" in interval ? interval : { ...answer, interval, diagnostics };
}
