import { emptyMoments, mergeMoments, momentsFromSums, sampleVariance, type Moments } from "../cohorts/moments.ts";
import { emptyOutcomeModel, learnOutcomes, predictOutcome, type OutcomeModel } from "./outcome-model.ts";
import { checkStratum, type ActionProbabilities, type ContrastStratum, type ValueStratum } from "./policy-strata.ts";
import { refuse, type Refused } from "../refused.ts";

/** Weight of the broader mean in the outcome model, in units. */
export interface PolicyContrastOptions {
  readonly priorUnits?: number;
}

/** Value of a policy, or difference of two values, per unit and in units of the outcome. */
export interface PolicyEstimate {
  readonly kind: "estimate";
  readonly n: number;
  readonly estimate: number;
  readonly standardError: number;
  /** (Σ|w|)² / Σw² of the weights w = (target − reference)/propensity of the actions taken: units that really tell the two apart. */
  readonly effectiveSampleSize: number;
  /** Largest |w| as a share of Σ|w|: how much hangs on one unit. */
  readonly maxWeightShare: number;
  /** Mean of target/propensity; far from 1 (beyond 3 of its standard errors) means that the logged propensities are wrong. */
  readonly meanWeight: number;
  readonly meanWeightStandardError: number;
  /** The doubly robust scores, for merging and for confidence sequences. */
  readonly scores: Moments;
}

/** Why a policy cannot be valued from this log. */
export type PolicyRefusal = "no-overlap" | "too-few" | "zero-variance" | "same-policy" | "invalid-input";

/** Everything carried from one period to the next. */
export interface PolicyContrastState {
  readonly model: OutcomeModel;
  readonly scores: Moments;
  readonly targetWeights: Moments;
  readonly absoluteWeight: number;
  readonly squaredWeight: number;
  readonly largestWeight: number;
  readonly emphasised: EmphasisedSums;
  readonly period: number;
}

/** Sums over units of powers of the stratum's emphasis h times powers of the score ψ. */
interface EmphasisedSums {
  readonly h: number;
  readonly h2: number;
  readonly hScore: number;
  readonly h2Score: number;
  readonly h2Score2: number;
}

/**
 * Nothing logged yet.
 *
 * @part policyContrast
 */
export const initialPolicyContrast: PolicyContrastState = {
  model: emptyOutcomeModel,
  scores: emptyMoments,
  targetWeights: emptyMoments,
  absoluteWeight: 0,
  squaredWeight: 0,
  largestWeight: 0,
  emphasised: { h: 0, h2: 0, hScore: 0, h2Score: 0, h2Score2: 0 },
  period: -Infinity,
};

const PRIOR_UNITS = 20;

/**
 * Value difference of two policies from logged, adaptively randomised decisions: doubly robust scores with a predictable model.
 *
 * The outcome model m uses **earlier periods only**, so given the past every score has the true difference as its mean even
 * when propensities were learnt from earlier outcomes: scores are a martingale difference sequence around it, and
 * `asymptoticConfidenceSequence` of the result may be watched continuously. What is estimated is the average difference over
 * the units as they came; it may change over time.
 *
 * @formula mean of Σ_a (target_a − reference_a) m_a + (target_A − reference_A)/p · (Y_i − m_A), A the action taken with propensity p
 * @assumes Exact propensities; outcomes of one unit unaffected by the actions for others.
 * @param strata - in time order.
 * @returns `no-overlap` when either policy uses an action that the log could not have chosen there; `same-policy` when the two
 * never differ; `too-few` below two units; `zero-variance` before any spread of outcomes is seen; `invalid-input` otherwise.
 * @see Dudík, Langford & Li (2011), "Doubly robust policy evaluation and learning", eq. 3; Hadad et al. (2021), "Confidence
 * intervals for policy evaluation in adaptive experiments", eq. 5; Waudby-Smith et al. (2024), "Anytime-valid off-policy
 * inference for contextual bandits", section 2.
 * @example
 * const cells = [{ action: "a", propensity: 0.5, n: 50, sum: 10, sumSquares: 10 }, { action: "b", propensity: 0.5, n: 50, sum: 20, sumSquares: 20 }];
 * policyContrast([{ period: 1, cells, target: { b: 1 }, reference: { a: 1 } }]).estimate // => 0.2
 */
export function policyContrast(
  strata: readonly ContrastStratum[],
  options: PolicyContrastOptions = {},
): PolicyEstimate | Refused<PolicyRefusal> {
  const state = accumulate(strata, options);
  return "kind" in state ? state : policyEstimate(state);
}

/**
 * Value of one policy from logged, adaptively randomised decisions: mean outcome per unit, by doubly robust scores with a predictable model.
 *
 * @formula mean of Σ_a target_a m_a + target_A/p · (Y_i − m_A)
 * @assumes As `policyContrast`.
 * @returns as `policyContrast`.
 * @see Dudík, Langford & Li (2011), "Doubly robust policy evaluation and learning", eq. 3.
 * @example
 * const cells = [{ action: "a", propensity: 0.5, n: 50, sum: 10, sumSquares: 10 }, { action: "b", propensity: 0.5, n: 50, sum: 20, sumSquares: 20 }];
 * policyValue([{ period: 1, cells, target: { b: 1 } }]).estimate // => 0.4
 */
export function policyValue(
  strata: readonly ValueStratum[],
  options: PolicyContrastOptions = {},
): PolicyEstimate | Refused<PolicyRefusal> {
  const state = accumulate(strata, options);
  return "kind" in state ? state : policyEstimate(state);
}

/**
 * Online form of `policyContrast`: the state after all strata of **one** later period. Folding this over the periods equals the batch functions.
 *
 * @part policyContrast
 * @example
 * stepPolicyContrast(initialPolicyContrast, []).scores.n // => 0
 */
export function stepPolicyContrast(
  state: PolicyContrastState,
  strata: readonly (ValueStratum | ContrastStratum)[],
  { priorUnits = PRIOR_UNITS }: PolicyContrastOptions = {},
): PolicyContrastState | Refused<PolicyRefusal> {
  const first = strata[0];
  if (first === undefined) return state;
  if (!(first.period > state.period) || strata.some((s) => s.period !== first.period)) {
    return refuse(
      "invalid-input",
      `periods must come in order and whole: got period ${first.period} after ${state.period}`,
    );
  }
  let next: PolicyContrastState = { ...state, period: first.period };
  for (const stratum of strata) {
    const fault = checkStratum(stratum);
    if (fault !== null) return fault;
    next = addStratum(next, stratum, priorUnits);
  }
  const tallies = strata.flatMap((s) =>
    s.cells.map(({ action, n, sum }) => ({ modelKey: s.modelKey ?? "", action, n, sum })),
  );
  return { ...next, model: learnOutcomes(state.model, tallies) };
}

/**
 * Reads the estimate off a state.
 *
 * @part policyContrast
 * @example
 * policyEstimate(initialPolicyContrast).reason // => "too-few"
 */
export function policyEstimate(state: PolicyContrastState): PolicyEstimate | Refused<PolicyRefusal> {
  const { scores, targetWeights } = state;
  const variance = sampleVariance(scores);
  if (variance === null) return refuse("too-few", `a policy needs at least 2 logged units, got ${scores.n}`);
  if (state.squaredWeight === 0)
    return refuse(
      "same-policy",
      "the two policies choose alike wherever units were logged; there is no difference to estimate",
    );
  if (variance === 0) return refuse("zero-variance", "all outcomes so far are alike; wait for the first spread");
  return {
    kind: "estimate",
    n: scores.n,
    ...weightedMean(state, variance),
    effectiveSampleSize: state.absoluteWeight ** 2 / state.squaredWeight,
    maxWeightShare: state.largestWeight / state.absoluteWeight,
    meanWeight: targetWeights.mean,
    meanWeightStandardError: Math.sqrt((sampleVariance(targetWeights) ?? 0) / targetWeights.n),
    scores,
  };
}

/** Even emphasis: mean and its standard error. Else the weighted mean, with Σh²(ψ − mean)² / (Σh)² as its variance. */
function weightedMean(
  { scores, emphasised: { h, h2, hScore, h2Score, h2Score2 } }: PolicyContrastState,
  variance: number,
): Pick<PolicyEstimate, "estimate" | "standardError"> {
  if (h === scores.n && h2 === scores.n)
    return { estimate: scores.mean, standardError: Math.sqrt(variance / scores.n) };
  const mean = hScore / h;
  const squares = Math.max(0, h2Score2 - 2 * mean * h2Score + mean * mean * h2);
  return { estimate: mean, standardError: Math.sqrt(squares) / h };
}

function accumulate(
  strata: readonly (ValueStratum | ContrastStratum)[],
  options: PolicyContrastOptions,
): PolicyContrastState | Refused<PolicyRefusal> {
  let state = initialPolicyContrast;
  for (let start = 0; start < strata.length;) {
    const period = strata[start]?.period;
    let end = start + 1;
    while (end < strata.length && strata[end]?.period === period) end++;
    const next = stepPolicyContrast(state, strata.slice(start, end), options);
    if ("kind" in next) return next;
    state = next;
    start = end;
  }
  return state;
}

/** Adds a stratum's scores, using only the model as it stood before its period. */
function addStratum(
  state: PolicyContrastState,
  stratum: ValueStratum | ContrastStratum,
  priorUnits: number,
): PolicyContrastState {
  const taken = stratum.cells.filter((cell) => cell.propensity > 0);
  const predicted = taken.map(({ action }) =>
    predictOutcome(state.model, { modelKey: stratum.modelKey ?? "", action, priorUnits }),
  );
  const preference = taken.map(
    ({ action }) =>
      probabilityOf(stratum.target, action) - ("reference" in stratum ? probabilityOf(stratum.reference, action) : 0),
  );
  const modelled = preference.reduce((total, d, i) => total + d * (predicted[i] ?? 0), 0);
  let next = state;
  taken.forEach((cell, i) => {
    if (cell.n === 0) return;
    const weight = (preference[i] ?? 0) / cell.propensity;
    const outcomes = momentsFromSums(cell);
    const scores: Moments = {
      n: cell.n,
      mean: modelled + weight * (outcomes.mean - (predicted[i] ?? 0)),
      m2: weight * weight * outcomes.m2,
    };
    const targetWeight = probabilityOf(stratum.target, cell.action) / cell.propensity;
    next = {
      ...next,
      scores: mergeMoments(next.scores, scores),
      targetWeights: mergeMoments(next.targetWeights, { n: cell.n, mean: targetWeight, m2: 0 }),
      absoluteWeight: next.absoluteWeight + cell.n * Math.abs(weight),
      squaredWeight: next.squaredWeight + cell.n * weight * weight,
      largestWeight: Math.max(next.largestWeight, Math.abs(weight)),
      emphasised: addEmphasised(next.emphasised, scores, stratum.emphasis ?? 1),
    };
  });
  return next;
}

function addEmphasised(sums: EmphasisedSums, { n, mean, m2 }: Moments, emphasis: number): EmphasisedSums {
  return {
    h: sums.h + emphasis * n,
    h2: sums.h2 + emphasis ** 2 * n,
    hScore: sums.hScore + emphasis * n * mean,
    h2Score: sums.h2Score + emphasis ** 2 * n * mean,
    h2Score2: sums.h2Score2 + emphasis ** 2 * (m2 + n * mean * mean),
  };
}

function probabilityOf(policy: ActionProbabilities, action: string): number {
  return Object.hasOwn(policy, action) ? (policy[action] ?? 0) : 0;
}
