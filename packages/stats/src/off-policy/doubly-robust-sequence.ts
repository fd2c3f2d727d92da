import { refuse, type Interval, type Refused } from "../refused.ts";
import { roundsFault, type ModelledRounds } from "./logged-rounds.ts";
import type { OffPolicyRefusal } from "./off-policy.ts";

/** What is known beforehand. */
export interface DoublyRobustSequenceOptions {
  readonly alpha: number;
  readonly rewardMin: number;
  readonly rewardMax: number;
  /** Largest weight that could occur, 1/floor for a policy with a floor; predictions must lie in the range of the rewards. */
  readonly weightMax: number;
}

/**
 * Confidence sequence for the value of a policy from doubly robust scores: holds at every look and while the logging policy learns.
 *
 * The interval after all rounds given; as rounds come, call it again at will. Narrower than `offPolicyConfidenceSequence` where the
 * model predicts well; its bets use only earlier rounds, and so must the predictions.
 *
 * @param log - rounds in time order.
 * @formula L = [Σλξ + ln(α/2) − Σ(ξ − ξ̂)²(−ln(1 − λ) − λ)]/(Σλ/(k + 1)), ξ = doubly robust score/(k + 1), k = weightMax
 * @assumes Exact propensities and predictions made from earlier rounds; rewards and predictions in a range, weights below a bound, known beforehand.
 * @returns `too-few` without rounds, `invalid-input` for anything outside the stated ranges.
 * @see Waudby-Smith, Wu, Ramdas, Karampatziakis & Mineiro (2024), "Anytime-valid off-policy inference for contextual bandits", theorem 2.
 * @example
 * const rewards = Array.from({ length: 400 }, (_, i) => i % 2);
 * const half = rewards.map(() => 0.5);
 * const rounds = { rewards, weights: rewards.map(() => 1), predicted: half, policyPredicted: half };
 * doublyRobustSequence(rounds, { alpha: 0.05, rewardMin: 0, rewardMax: 1, weightMax: 2 }).lower // => 0.409278
 */
export function doublyRobustSequence(
  log: ModelledRounds,
  options: DoublyRobustSequenceOptions,
): Interval | Refused<OffPolicyRefusal> {
  const fault = sequenceFault(log, options);
  if (fault !== null) return fault;
  const { alpha, rewardMin, rewardMax, weightMax } = options;
  const width = rewardMax - rewardMin;
  const low = scoresLowerBound(log, { alpha: alpha / 2, weightMax, scale: (x) => (x - rewardMin) / width });
  const high = 1 - scoresLowerBound(log, { alpha: alpha / 2, weightMax, scale: (x) => (rewardMax - x) / width });
  return low < high
    ? { lower: rewardMin + low * width, upper: rewardMin + high * width }
    : refuse("invalid-input", "the bounds cross: check the logged propensities and the ranges");
}

/** Largest bet; the paper's λ is cut below 1, and half keeps −ln(1 − λ) − λ small. */
const BET_MAX = 0.5;

/** Lower bound of the mean of scores, which are at least −weightMax for rewards and predictions scaled to [0, 1]. */
function scoresLowerBound(
  { rewards, weights, predicted, policyPredicted }: ModelledRounds,
  {
    alpha,
    weightMax: k,
    scale,
  }: { readonly alpha: number; readonly weightMax: number; readonly scale: (x: number) => number },
): number {
  const logTerm = Math.log(1 / alpha);
  let [sum, squares, variance] = [0, 0, 0.25];
  let [won, cost, stake] = [0, 0, 0];
  for (let i = 0; i < rewards.length; i++) {
    const t = i + 1;
    const bet = Math.min(BET_MAX, Math.sqrt((2 * logTerm) / (variance * t * Math.log(1 + t))));
    const residual = scale(rewards[i] ?? NaN) - scale(predicted[i] ?? NaN);
    const score = (scale(policyPredicted[i] ?? NaN) + (weights[i] ?? NaN) * residual) / (k + 1);
    // The guess must not lie more than 1 above the lowest score: cut at 1/(k + 1), as in the paper.
    const guess = Math.min(1 / (k + 1), i === 0 ? 0.5 / (k + 1) : sum / i);
    won += bet * score;
    cost += (score - guess) ** 2 * (-Math.log1p(-bet) - bet);
    stake += bet / (k + 1);
    sum += score;
    squares += (score - sum / t) ** 2;
    variance = (0.25 / (k + 1) ** 2 + squares) / (t + 1);
  }
  return Math.min(1, Math.max(0, (won - cost - logTerm) / stake));
}

function sequenceFault(
  log: ModelledRounds,
  { alpha, rewardMin, rewardMax, weightMax }: DoublyRobustSequenceOptions,
): Refused<OffPolicyRefusal> | null {
  if (log.rewards.length === 0) return refuse("too-few", "no rounds yet");
  if (!(alpha > 0 && alpha < 1) || !(weightMax >= 1 && weightMax < Infinity))
    return refuse("invalid-input", `alpha must be in (0, 1) and weightMax 1 or more, got ${alpha} and ${weightMax}`);
  if (!(rewardMax > rewardMin) || !Number.isFinite(rewardMin) || !Number.isFinite(rewardMax))
    return refuse("invalid-input", `rewardMax must be above rewardMin, got ${rewardMin} and ${rewardMax}`);
  const fault = roundsFault(log);
  if (fault !== null) return fault;
  // Predictions are weighted means, so the last digits of one may be outside.
  const slack = 1e-9 * (rewardMax - rewardMin);
  for (const column of [log.rewards, log.predicted, log.policyPredicted]) {
    for (let i = 0; i < column.length; i++) {
      const x = column[i] ?? NaN;
      if (!(x >= rewardMin - slack && x <= rewardMax + slack))
        return refuse("invalid-input", `round ${i}: ${x} is outside [${rewardMin}, ${rewardMax}]`);
    }
  }
  for (let i = 0; i < log.weights.length; i++) {
    const w = log.weights[i] ?? NaN;
    if (!(w <= weightMax * (1 + 1e-12)))
      return refuse("invalid-input", `weight ${w} of round ${i} is above ${weightMax}`);
  }
  return null;
}
