import { Matrix } from "ml-matrix";
import { refuse, type Refused } from "../refused.ts";
import type { ActionDistribution } from "./choose-action.ts";
import { additiveFloor } from "./exploration-floor.ts";
import { scaledCholesky } from "../numerics/scaled-cholesky.ts";

/** Ridge statistics of one action: A = I + Σ x xᵀ (by rows), b = Σ reward·x. */
export interface LinearArm {
  readonly precision: readonly (readonly number[])[];
  readonly response: readonly number[];
}

/** Belief about an action's reward at x: normal with mean xᵀθ and variance xᵀA⁻¹x (in units of the noise variance). */
export interface LinearBelief {
  readonly kind: "estimate";
  readonly theta: readonly number[];
  readonly covariance: readonly (readonly number[])[];
}

/**
 * An action of which nothing is known; `dimension` ≥ 1 columns of context.
 *
 * @part linearBelief
 * @example
 * untriedArm(1) // => { precision: [[1]], response: [0] }
 */
export function untriedArm(dimension: number): LinearArm {
  return {
    precision: Array.from({ length: dimension }, (_, i) =>
      Array.from({ length: dimension }, (_, j) => Number(i === j)),
    ),
    response: Array.from({ length: dimension }, () => 0),
  };
}

/**
 * An action after one more observed reward. Order does not matter, so late outcomes can be learnt when they come.
 *
 * @part linearBelief
 * @throws RangeError for a context of another length or anything not finite.
 * @example
 * learnReward(untriedArm(1), [2], 3) // => { precision: [[5]], response: [6] }
 */
export function learnReward(arm: LinearArm, context: readonly number[], reward: number): LinearArm {
  if (context.length !== arm.response.length || !context.every(Number.isFinite) || !Number.isFinite(reward))
    throw new RangeError(`a reward needs ${arm.response.length} finite columns of context and must be finite`);
  return {
    precision: arm.precision.map((row, i) => row.map((a, j) => a + (context[i] ?? 0) * (context[j] ?? 0))),
    response: arm.response.map((b, i) => b + reward * (context[i] ?? 0)),
  };
}

/**
 * What is believed of an action's coefficients by ridge regression: the posterior that linear Thompson sampling draws from.
 *
 * @formula θ = A⁻¹b, covariance A⁻¹ (times the noise variance); A = I + Σ x xᵀ, b = Σ r x
 * @assumes Reward linear in the context with constant noise; prior N(0, noise variance·I).
 * @returns `invalid-input` when the statistics are not those of an arm (not positive definite).
 * @see Agrawal & Goyal (2013), "Thompson sampling for contextual bandits with linear payoffs", section 2.
 * @example
 * linearBelief(learnReward(untriedArm(1), [1], 1)).theta // => [0.5]
 */
export function linearBelief({ precision, response }: LinearArm): LinearBelief | Refused<"invalid-input"> {
  const size = response.length;
  const isSymmetric = precision.every(
    (row, i) => row.length === size && row.every((a, j) => Number.isFinite(a) && a === precision[j]?.[i]),
  );
  if (size === 0 || precision.length !== size || !isSymmetric || !response.every(Number.isFinite))
    return refuse("invalid-input", `an arm needs a finite symmetric precision of ${size} rows, as many as responses`);
  const factored = scaledCholesky(new Matrix(precision.map((row) => [...row])));
  if (factored === null) return refuse("invalid-input", "the precision of an arm must be positive definite");
  const [theta, covariance] = [[...factored.solve(response)], factored.inverse()];
  return theta.every(Number.isFinite) && covariance.every((row) => row.every(Number.isFinite))
    ? { kind: "estimate", theta, covariance }
    : refuse("invalid-input", "the statistics of the arm are beyond what a double can solve");
}

/**
 * Mean and standard deviation of an action's reward as believed at a context; NaN for a context of another length.
 *
 * @part linearBelief
 * @example
 * linearReward(linearBelief(learnReward(untriedArm(1), [1], 1)), [2]) // => { mean: 1, standardDeviation: 1.4142 }
 */
export function linearReward(
  { theta, covariance }: LinearBelief,
  context: readonly number[],
): { readonly mean: number; readonly standardDeviation: number } {
  if (context.length !== theta.length) return { mean: NaN, standardDeviation: NaN };
  const mean = context.reduce((t, x, i) => t + x * (theta[i] ?? NaN), 0);
  const variance = context.reduce(
    (t, x, i) => t + x * (covariance[i] ?? []).reduce((s, c, j) => s + c * (context[j] ?? NaN), 0),
    0,
  );
  return { mean, standardDeviation: Math.sqrt(Math.max(0, variance)) };
}

/**
 * Upper confidence score of an action at a context (LinUCB); NaN for a context of another length.
 *
 * Choosing the largest is deterministic: propensities of 1 cannot be evaluated off-policy, so mix in a floor.
 *
 * @formula xᵀθ + width·√(xᵀA⁻¹x)
 * @assumes Reward linear in the context, with noise of constant spread; width ≥ 0 in its units.
 * @see Li, Chu, Langford & Schapire (2010), "A contextual-bandit approach to personalized news article recommendation", algorithm 1.
 * @example
 * linUcbScore(linearBelief(learnReward(untriedArm(1), [1], 1)), [1], 2) // => 1.9142
 */
export function linUcbScore(belief: LinearBelief, context: readonly number[], width: number): number {
  const { mean, standardDeviation } = linearReward(belief, context);
  const score = width >= 0 ? mean + width * standardDeviation : NaN;
  return Number.isFinite(score) ? score : NaN;
}

/**
 * Action probabilities of LinUCB with a floor: the largest upper confidence score gets all but the floors. The first of equals leads.
 *
 * @part linUcbScore
 * @returns `too-few` without actions; `invalid-input` for a context of another length, a width below 0, or floors beyond 1.
 * @example
 * const arms = [untriedArm(1), learnReward(untriedArm(1), [1], 5)].map((arm) => linearBelief(arm));
 * linUcbProbabilities(arms, [1], { width: 1, floor: 0.05 }).probabilities // => [0.05, 0.95]
 */
export function linUcbProbabilities(
  beliefs: readonly LinearBelief[],
  context: readonly number[],
  { width, floor }: { readonly width: number; readonly floor: number },
): ActionDistribution | Refused<"invalid-input" | "too-few"> {
  if (beliefs.length === 0) return refuse("too-few", "nothing to choose from");
  const scores = beliefs.map((belief) => linUcbScore(belief, context, width));
  if (!scores.every(Number.isFinite))
    return refuse("invalid-input", "the context must be finite and fit the beliefs, and width be 0 or more");
  const best = scores.reduce((at, score, a) => (score > (scores[at] ?? NaN) ? a : at), 0);
  return additiveFloor(
    scores.map((_, a) => Number(a === best)),
    floor,
  );
}

/**
 * Action probabilities by inverse gap weighting (SquareCB): they fall with the gap to the best prediction, and are exact by construction.
 *
 * @formula p_a = 1/(K + γ(ŷ_best − ŷ_a)) for the others, the rest for the best (the first of equals)
 * @assumes Predictions from a regression that is good on average; any one will do.
 * @param predictions - predicted reward of each action.
 * @param greed - γ ≥ 0; 0 is uniform, larger is greedier (of the order of √(actions·rounds)).
 * @returns `too-few` without actions, `invalid-input` otherwise.
 * @see Foster & Rakhlin (2020), "Beyond UCB: optimal and efficient contextual bandits with regression oracles", section 3, algorithm 1.
 * @example
 * inverseGapWeights([0, 1], 8).probabilities // => [0.1, 0.9]
 */
export function inverseGapWeights(
  predictions: readonly number[],
  greed: number,
): ActionDistribution | Refused<"invalid-input" | "too-few"> {
  if (predictions.length === 0) return refuse("too-few", "nothing to choose from");
  if (!predictions.every(Number.isFinite) || !(greed >= 0 && greed < Infinity))
    return refuse("invalid-input", `predictions must be finite and greed 0 or more, got ${greed}`);
  const best = predictions.reduce((at, y, i) => (y > (predictions[at] ?? NaN) ? i : at), 0);
  const top = predictions[best] ?? NaN;
  const others = predictions.map((y, i) => (i === best ? 0 : 1 / (predictions.length + greed * (top - y))));
  if (!others.every(Number.isFinite)) return refuse("invalid-input", "predictions are too far apart for a double");
  const rest = 1 - others.reduce((t, p) => t + p, 0);
  return { kind: "estimate", probabilities: others.map((p, i) => (i === best ? rest : p)) };
}
