import { refuse, type Refused } from "./refused.ts";

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
