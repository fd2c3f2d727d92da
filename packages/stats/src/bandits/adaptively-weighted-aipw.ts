import { refuse, type Refused } from "../refused.ts";

/** A bandit's log in time order: arm taken (index), outcome, and for every arm the probability then and a prediction made before. */
export interface AdaptiveLog {
  readonly arms: readonly number[];
  readonly rewards: readonly number[];
  readonly propensities: readonly (readonly number[])[];
  readonly predictions: readonly (readonly number[])[];
}

/** Value of an arm. */
export interface ArmValue {
  readonly estimate: number;
  readonly standardError: number;
}

/** Values of all arms, and the standard error of each arm's value minus that of the last arm. */
export interface AdaptiveValues {
  readonly kind: "estimate";
  readonly arms: readonly ArmValue[];
  readonly lastMinusOthers: readonly ArmValue[];
}

/** Why an adaptive log says nothing. */
export type AdaptiveRefusal = "invalid-input" | "too-few" | "zero-variance";

/** What both functions here take. */
export interface AdaptiveWeighting {
  /** How fast floors fall: floor ∝ t^−decay, in [0, 1); "uniform" weighs all rounds alike (valid only if propensities settle down). */
  readonly decay: number | "uniform";
}

/**
 * Values of bandit arms from an adaptively collected log, with errors that are normal however the propensities were learnt (AW-AIPW).
 *
 * Plain means of adaptively chosen arms are biased down for losers. Here doubly robust scores are weighted by the two-point
 * allocation rate, which keeps the variance of each arm's sum stable. Needs floors on the probabilities.
 *
 * @formula Σ h_t Γ_t/Σ h_t, se √(Σ h_t²(Γ_t − estimate)²)/Σ h_t; Γ_t = m_t + 1{a}(r − m_t)/e_t, h_t²/e_t = λ_t(1 − Σ_{s<t} h_s²/e_s)
 * @assumes Exact propensities bounded below by a floor ∝ t^−decay; predictions from earlier rounds; one look.
 * @returns `too-few` without rounds or arms, `zero-variance` when an arm's scores are all alike, `invalid-input` otherwise.
 * @see Hadad, Hirshberg, Zhan, Wager & Athey (2021), "Confidence intervals for policy evaluation in adaptive experiments", eq. 5,
 * 14-18; PNAS 118(15).
 * @example
 * const half = [0.5, 0.5], none = [0, 0];
 * const log = { arms: [0, 1, 0, 1], rewards: [1, 2, 3, 4], propensities: [half, half, half, half], predictions: [none, none, none, none] };
 * adaptivelyWeightedAipw(log, { decay: "uniform" }).arms[1].estimate // => 3
 */
export function adaptivelyWeightedAipw(
  log: AdaptiveLog,
  { decay }: AdaptiveWeighting,
): AdaptiveValues | Refused<AdaptiveRefusal> {
  const fault = adaptiveFault(log, decay);
  if (fault !== null) return fault;
  const count = log.propensities[0]?.length ?? 0;
  const deviations = Array.from({ length: count }, (_, arm) => weightedDeviations(log, arm, decay));
  const arms = deviations.map(({ estimate, influence }) => ({ estimate, standardError: norm(influence) }));
  const last = deviations.at(-1);
  const lastMinusOthers = last === undefined ? [] : deviations.slice(0, -1).map((other) => differenceOf(last, other));
  const spreadFault = [...arms, ...lastMinusOthers].map(valueFault).find((f) => f !== null);
  return spreadFault ?? { kind: "estimate", arms, lastMinusOthers };
}

/** Value of one arm minus that of another. */
export interface AdaptiveContrast extends ArmValue {
  readonly kind: "estimate";
}

/**
 * Value of one bandit arm minus another's from an adaptively collected log: the paired form of `adaptivelyWeightedAipw`.
 *
 * @formula difference of the two weighted means; se from the rounds' joint influence, √Σ(ψ_first − ψ_second)²
 * @assumes As `adaptivelyWeightedAipw`.
 * @param options.first - index of the arm whose value counts positive; `second` of the other.
 * @returns as `adaptivelyWeightedAipw`; `invalid-input` also for an arm that is not there, or the same one twice.
 * @see Hadad et al. (2021), "Confidence intervals for policy evaluation in adaptive experiments", section 5.
 * @example
 * const half = [0.5, 0.5], none = [0, 0];
 * const log = { arms: [0, 1, 0, 1], rewards: [1, 2, 3, 4], propensities: [half, half, half, half], predictions: [none, none, none, none] };
 * adaptiveContrast(log, { first: 1, second: 0, decay: "uniform" }).estimate // => 1
 */
export function adaptiveContrast(
  log: AdaptiveLog,
  { first, second, decay }: AdaptiveWeighting & { readonly first: number; readonly second: number },
): AdaptiveContrast | Refused<AdaptiveRefusal> {
  const fault = adaptiveFault(log, decay);
  if (fault !== null) return fault;
  const count = log.propensities[0]?.length ?? 0;
  if (first === second || ![first, second].every((arm) => Number.isInteger(arm) && arm >= 0 && arm < count))
    return refuse("invalid-input", `two different arms of ${count} are needed, got ${first} and ${second}`);
  const value = differenceOf(weightedDeviations(log, first, decay), weightedDeviations(log, second, decay));
  return valueFault(value) ?? { kind: "estimate", ...value };
}

/** An arm's weighted mean, and what each round adds to it. */
interface WeightedMean {
  readonly estimate: number;
  readonly influence: Float64Array;
}

function differenceOf(a: WeightedMean, b: WeightedMean): ArmValue {
  return {
    estimate: a.estimate - b.estimate,
    standardError: norm(a.influence.map((x, t) => x - (b.influence[t] ?? NaN))),
  };
}

function valueFault({ estimate, standardError }: ArmValue): Refused<AdaptiveRefusal> | null {
  if (standardError === 0)
    return refuse("zero-variance", "the scores of an arm are all alike; wait for the first spread");
  return Number.isFinite(estimate) && Number.isFinite(standardError)
    ? null
    : refuse("invalid-input", "rewards are beyond what a double can sum");
}

function adaptiveFault(
  { arms, rewards, propensities, predictions }: AdaptiveLog,
  decay: number | "uniform",
): Refused<AdaptiveRefusal> | null {
  const [rounds, count] = [arms.length, propensities[0]?.length ?? 0];
  if (rounds === 0 || count === 0) return refuse("too-few", "no rounds were logged yet");
  if ([rewards, propensities, predictions].some((xs) => xs.length !== rounds))
    return refuse("invalid-input", "every round needs an arm, a reward, propensities and predictions");
  if (decay !== "uniform" && !(decay >= 0 && decay < 1))
    return refuse("invalid-input", `decay must be in [0, 1), got ${decay}`);
  if (!rewards.every(Number.isFinite) || !arms.every((a) => Number.isInteger(a) && a >= 0 && a < count))
    return refuse("invalid-input", "rewards must be finite and arms indices");
  const complete =
    propensities.every((row) => row.length === count && row.every((e) => e > 0 && e <= 1)) &&
    predictions.every((row) => row.length === count && row.every(Number.isFinite));
  return complete
    ? null
    : refuse("invalid-input", "every arm needs a probability in (0, 1] and a finite prediction in every round");
}

/** Deviations below this share of the scores' size are rounding of a constant score, not spread. */
const ROUNDING = 1e-14;

function weightedDeviations(
  { arms, rewards, propensities, predictions }: AdaptiveLog,
  arm: number,
  decay: number | "uniform",
): WeightedMean {
  const rounds = arms.length;
  const [e, scores] = [new Float64Array(rounds), new Float64Array(rounds)];
  let largest = 0;
  for (let t = 0; t < rounds; t++) {
    const [p, m] = [propensities[t]?.[arm] ?? NaN, predictions[t]?.[arm] ?? NaN];
    e[t] = p;
    scores[t] = arms[t] === arm ? m + ((rewards[t] ?? NaN) - m) / p : m;
    largest = Math.max(largest, Math.abs(scores[t] ?? NaN));
  }
  const weights = decay === "uniform" ? e.map(() => 1) : twoPointWeights(e, decay);
  const total = weights.reduce((t, h) => t + h, 0);
  const estimate = scores.reduce((t, s, i) => t + s * (weights[i] ?? 0), 0) / total;
  const influence = scores.map((s, i) => ((weights[i] ?? 0) * (s - estimate)) / total);
  const constant = scores.every((s) => Math.abs(s - estimate) <= ROUNDING * largest);
  return { estimate, influence: constant ? new Float64Array(rounds) : influence };
}

/** h_t from h_t²/e_t = λ_t (1 − Σ earlier h²/e): each round takes the share λ of the variance that is left. */
function twoPointWeights(e: Float64Array, decay: number): Float64Array {
  const rounds = e.length;
  let left = 1;
  return e.map((p, index) => {
    const t = index + 1;
    const losing = (1 - decay) / (1 - decay + rounds * (t / rounds) ** decay - t);
    const share = Math.min(1, Math.max(0, (1 - p) * losing + p / (1 + rounds - t)));
    const taken = share * left;
    left -= taken;
    return Math.sqrt(Math.max(0, taken * p));
  });
}

function norm(xs: Float64Array): number {
  return Math.sqrt(xs.reduce((t, x) => t + x * x, 0));
}
