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

/**
 * Values of bandit arms from an adaptively collected log, with errors that are normal however the propensities were learnt.
 *
 * Plain means of adaptively chosen arms are biased down for losers. Here doubly robust scores are weighted by the two-point
 * allocation rate, which keeps the variance of each arm's sum stable. Needs floors on the probabilities.
 *
 * @param options.decay - how fast floors fall: floor ∝ t^−decay, in [0, 1); "uniform" weighs all rounds alike (valid only if
 * propensities settle down).
 * @returns `too-few` without rounds or arms, `zero-variance` when an arm's scores are all alike, `invalid-input` otherwise.
 * @see Hadad, Hirshberg, Zhan, Wager & Athey (2021), "Confidence intervals for policy evaluation in adaptive experiments", eq. 5,
 * 14-18; PNAS 118(15).
 */
export function adaptivelyWeightedAipw(
  log: AdaptiveLog,
  { decay }: { readonly decay: number | "uniform" },
): AdaptiveValues | Refused<AdaptiveRefusal> {
  const fault = adaptiveFault(log, decay);
  if (fault !== null) return fault;
  const count = log.propensities[0]?.length ?? 0;
  const deviations = Array.from({ length: count }, (_, arm) => weightedDeviations(log, arm, decay));
  const arms = deviations.map(({ estimate, influence }) => ({ estimate, standardError: norm(influence) }));
  if (arms.some(({ standardError }) => !(standardError > 0)))
    return refuse("zero-variance", "the scores of an arm are all alike; wait for the first spread");
  const last = deviations.at(-1);
  return {
    kind: "estimate",
    arms,
    lastMinusOthers:
      last === undefined
        ? []
        : deviations.slice(0, -1).map(({ estimate, influence }) => ({
            estimate: last.estimate - estimate,
            standardError: norm(last.influence.map((x, t) => x - (influence[t] ?? 0))),
          })),
  };
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

/** An arm's weighted mean score, and what each round adds to it. */
function weightedDeviations(
  { arms, rewards, propensities, predictions }: AdaptiveLog,
  arm: number,
  decay: number | "uniform",
): { readonly estimate: number; readonly influence: Float64Array } {
  const e = Float64Array.from(propensities, (row) => row[arm] ?? NaN);
  const scores = e.map((p, t) => {
    const m = predictions[t]?.[arm] ?? NaN;
    return arms[t] === arm ? m + ((rewards[t] ?? NaN) - m) / p : m;
  });
  const weights = decay === "uniform" ? e.map(() => 1) : twoPointWeights(e, decay);
  const total = weights.reduce((t, h) => t + h, 0);
  const estimate = scores.reduce((t, s, i) => t + s * (weights[i] ?? 0), 0) / total;
  return { estimate, influence: scores.map((s, i) => ((weights[i] ?? 0) * (s - estimate)) / total) };
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
