import { Matrix } from "ml-matrix";
import { refuse, type Refused } from "../refused.ts";
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

/** An action of which nothing is known; `dimension` ≥ 1 columns of context. */
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
 * @throws RangeError for a context of another length or anything not finite.
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
 * What is believed of an action: the posterior that Thompson sampling draws from.
 *
 * @returns `invalid-input` when the statistics are not those of an arm (not positive definite).
 * @see Agrawal & Goyal (2013), "Thompson sampling for contextual bandits with linear payoffs", section 2.
 */
export function linearBelief({ precision, response }: LinearArm): LinearBelief | Refused<"invalid-input"> {
  const factored = scaledCholesky(new Matrix(precision.map((row) => [...row])));
  if (factored === null) return refuse("invalid-input", "the precision of an arm must be positive definite");
  return { kind: "estimate", theta: [...factored.solve(response)], covariance: factored.inverse() };
}

/**
 * Upper confidence score of an action: xᵀθ + width·√(xᵀA⁻¹x). Choosing the largest is deterministic: log propensities of 1 cannot be
 * evaluated off-policy, so mix in a floor.
 *
 * @see Li, Chu, Langford & Schapire (2010), "A contextual-bandit approach to personalized news article recommendation", algorithm 1.
 */
export function linUcbScore({ theta, covariance }: LinearBelief, context: readonly number[], width: number): number {
  const mean = context.reduce((t, x, i) => t + x * (theta[i] ?? NaN), 0);
  const variance = context.reduce(
    (t, x, i) => t + x * (covariance[i] ?? []).reduce((s, c, j) => s + c * (context[j] ?? NaN), 0),
    0,
  );
  return mean + width * Math.sqrt(Math.max(0, variance));
}

/**
 * Inverse gap weighting (SquareCB): probabilities that fall with the gap to the best prediction, exact by construction.
 *
 * @param predictions - predicted reward of each action.
 * @param greed - γ ≥ 0; 0 is uniform, larger is greedier (of the order of √(actions·rounds)).
 * @returns `too-few` without actions, `invalid-input` otherwise.
 * @see Foster & Rakhlin (2020), "Beyond UCB: optimal and efficient contextual bandits with regression oracles", section 3.
 */
export function inverseGapWeights(
  predictions: readonly number[],
  greed: number,
): { readonly kind: "estimate"; readonly probabilities: readonly number[] } | Refused<"invalid-input" | "too-few"> {
  if (predictions.length === 0) return refuse("too-few", "nothing to choose from");
  if (!predictions.every(Number.isFinite) || !(greed >= 0 && greed < Infinity))
    return refuse("invalid-input", `predictions must be finite and greed 0 or more, got ${greed}`);
  const best = predictions.reduce((at, y, i) => (y > (predictions[at] ?? NaN) ? i : at), 0);
  const top = predictions[best] ?? NaN;
  const others = predictions.map((y, i) => (i === best ? 0 : 1 / (predictions.length + greed * (top - y))));
  const rest = 1 - others.reduce((t, p) => t + p, 0);
  return { kind: "estimate", probabilities: others.map((p, i) => (i === best ? rest : p)) };
}
