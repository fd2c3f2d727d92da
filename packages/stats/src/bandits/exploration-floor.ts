import { refuse, type Refused } from "../refused.ts";
import type { ActionDistribution } from "./choose-action.ts";

/**
 * Mixes a floor into action probabilities: every action keeps at least `floor`, and the ranking stays.
 *
 * Floors are what makes inference after adaptive sampling work; log the probabilities after this map, not before. Where K·f ≥ 1 the
 * floors alone fill up the probability and the answer is uniform.
 *
 * @formula f + (1 − K·f)·w/Σw; 1/K for every action where K·f ≥ 1
 * @assumes Nothing of the weights but their order.
 * @param weights - not negative, at least one positive; scaled to sum to 1.
 * @returns `invalid-input` for weights or a floor that are none.
 * @see GrowthBook bandits (minimum variation weight); Hadad et al. (2021), section 4, on why and how fast floors may fall.
 * @example
 * additiveFloor([3, 1], 0.1).probabilities // => [0.7, 0.3]
 */
export function additiveFloor(
  weights: readonly number[],
  floor: number,
): ActionDistribution | Refused<"invalid-input"> {
  const total = weights.reduce((t, w) => t + w, 0);
  if (!(total > 0 && Number.isFinite(total)) || weights.some((w) => !(w >= 0)) || !(floor >= 0)) {
    return refuse(
      "invalid-input",
      `weights must be finite, not negative and not all 0, the floor not negative, got floor ${floor}`,
    );
  }
  const slack = 1 - weights.length * floor;
  return {
    kind: "estimate",
    probabilities: weights.map((w) => (slack <= 0 ? 1 / weights.length : floor + slack * (w / total))),
  };
}

/**
 * Raises probabilities below a floor to it and takes what that costs from the others, in proportion to what they have above it.
 *
 * Changes as little as a floor can, but moves all actions under it together: prefer `additiveFloor` where their order matters.
 *
 * @formula raised = max(p, f); then raised − (Σ raised − 1)·(raised − f)/Σ(raised − f)
 * @assumes Nothing of the probabilities.
 * @param probabilities - not negative, at least one positive; scaled to sum to 1.
 * @returns `invalid-input` for probabilities or a floor that are none.
 * @see Hadad et al. (2021), "Confidence intervals for policy evaluation in adaptive experiments", supplement, for the floor of their experiments.
 * @example
 * clippedFloor([0.05, 0.55, 0.4], 0.1).probabilities // => [0.1, 0.52, 0.38]
 */
export function clippedFloor(
  probabilities: readonly number[],
  floor: number,
): ActionDistribution | Refused<"invalid-input"> {
  const total = probabilities.reduce((t, p) => t + p, 0);
  if (!(total > 0 && Number.isFinite(total)) || probabilities.some((p) => !(p >= 0)) || !(floor >= 0))
    return refuse("invalid-input", `probabilities must be finite, not negative and not all 0, got floor ${floor}`);
  if (probabilities.length * floor >= 1)
    return { kind: "estimate", probabilities: probabilities.map(() => 1 / probabilities.length) };
  const raised = probabilities.map((p) => Math.max(p / total, floor));
  const excess = raised.reduce((t, p) => t + p, 0) - 1;
  const slack = raised.reduce((t, p) => t + (p - floor), 0);
  return { kind: "estimate", probabilities: raised.map((p) => p - (excess * (p - floor)) / slack) };
}
