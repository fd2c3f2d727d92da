import { refuse, type Refused } from "../refused.ts";

/**
 * Mixes a floor into action probabilities: f + (1 − K·f)·w. Every action keeps at least `floor`, and the ranking stays.
 *
 * Floors are what makes inference after adaptive sampling work; log the probabilities after this map, not before. Where K·f ≥ 1 the
 * floors alone fill up the probability and the answer is uniform.
 *
 * @param weights - not negative, at least one positive; scaled to sum to 1.
 * @see GrowthBook bandits (minimum variation weight); Hadad et al. (2021), section 4, on why and how fast floors may fall.
 */
export function additiveFloor(
  weights: readonly number[],
  floor: number,
): { readonly kind: "estimate"; readonly probabilities: readonly number[] } | Refused<"invalid-input"> {
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
 * @param probabilities - not negative, at least one positive; scaled to sum to 1.
 * @see Hadad et al. (2021), supplement, for the floor of their experiments.
 */
export function clippedFloor(
  probabilities: readonly number[],
  floor: number,
): { readonly kind: "estimate"; readonly probabilities: readonly number[] } | Refused<"invalid-input"> {
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
