import type { Rng } from "../numerics/random.ts";
import { refuse, type Refused } from "../refused.ts";

/** Probability of each action, by index; they sum to 1. What is drawn from and what is logged. */
export interface ActionDistribution {
  readonly kind: "estimate";
  readonly probabilities: readonly number[];
}

/** An action drawn, with the probability it had: log both. */
export interface ChosenAction {
  readonly kind: "estimate";
  /** Index of the action. */
  readonly action: number;
  /** In (0, 1]; exactly the probability that was drawn with, never rounded. */
  readonly propensity: number;
}

/** Rounding allowed when probabilities are summed. */
const SUM_TOLERANCE = 1e-9;

/**
 * Draws one action and says its propensity, with one uniform number from the generator. An action of probability 0 is never drawn.
 *
 * @part thompsonProbabilities
 * @param probabilities - of all actions after every map (floors, ranges, safety), summing to 1.
 * @returns `too-few` without actions, `invalid-input` when they are no distribution.
 * @example
 * chooseAction([0, 1, 0], mersenneRng(1)) // => { action: 1, propensity: 1 }
 */
export function chooseAction(
  probabilities: readonly number[],
  rng: Rng,
): ChosenAction | Refused<"too-few" | "invalid-input"> {
  if (probabilities.length === 0) return refuse("too-few", "nothing to choose from");
  const total = probabilities.reduce((t, p) => t + p, 0);
  if (probabilities.some((p) => !(p >= 0)) || !(Math.abs(total - 1) <= SUM_TOLERANCE))
    return refuse("invalid-input", `probabilities must be 0 or more and sum to 1, got a sum of ${total}`);
  const u = rng.next() * total;
  let cumulative = 0;
  // Where rounding leaves u at the very top, the last action that is possible at all.
  let action = probabilities.findLastIndex((p) => p > 0);
  for (const [index, p] of probabilities.entries()) {
    cumulative += p;
    if (u < cumulative) {
      action = index;
      break;
    }
  }
  return { kind: "estimate", action, propensity: probabilities[action] ?? NaN };
}
