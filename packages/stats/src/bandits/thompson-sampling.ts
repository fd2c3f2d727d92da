import { betaBest, type BetaPosterior } from "../bayes/beta-best.ts";
import { normalBest } from "../bayes/normal-best.ts";
import type { Rng } from "../numerics/random.ts";
import { refuse, type Refused } from "../refused.ts";
import { chooseAction, type ActionDistribution, type ChosenAction } from "./choose-action.ts";
import { additiveFloor } from "./exploration-floor.ts";
import { linearReward, type LinearBelief } from "./linear-bandit.ts";

/** What is believed of each action's mean reward, independently of the others. */
export type ThompsonBelief =
  | { readonly kind: "beta"; readonly arms: readonly BetaPosterior[] }
  | {
      readonly kind: "normal";
      readonly arms: readonly { readonly mean: number; readonly standardDeviation: number }[];
    }
  | {
      readonly kind: "linear";
      /** One belief an action (`linearBelief`), each with its own coefficients. */
      readonly arms: readonly LinearBelief[];
      readonly context: readonly number[];
      /** Standard deviation of a reward around its mean, > 0: the belief is in its units. */
      readonly noiseDeviation: number;
    };

/**
 * Propensities of Thompson sampling: the probability that each action is the best, by quadrature instead of one random draw.
 *
 * Drawing an action from them (`chooseAction`) is Thompson sampling, but its propensity is known to about ten digits, so the log can be
 * evaluated off-policy. Log the probabilities after all floors and ranges.
 *
 * @formula p_a = ∫ f_a(x) Π_{b≠a} F_b(x) dx; linear: f_a normal with mean xᵀθ_a and variance σ²·xᵀA_a⁻¹x
 * @assumes Posteriors of different actions are independent.
 * @returns `too-few` without actions, `invalid-input` for improper posteriors or a context that says nothing (all 0).
 * @see Thompson (1933), "On the likelihood that one unknown probability exceeds another"; Agrawal & Goyal (2013), section 2.
 * @example
 * thompsonProbabilities({ kind: "beta", arms: [{ alpha: 2, beta: 1 }, { alpha: 1, beta: 1 }] }).probabilities // => [0.6667, 0.3333]
 */
export function thompsonProbabilities(
  belief: ThompsonBelief,
): ActionDistribution | Refused<"too-few" | "invalid-input"> {
  const best = belief.kind === "beta" ? betaBest(belief.arms) : normalBelief(belief);
  return best.kind === "refused" ? best : { kind: "estimate", probabilities: best.probabilityBest };
}

/**
 * One Thompson choice with its propensity, after an additive floor.
 *
 * @part thompsonProbabilities
 * @param options.floor - least probability of every action, 0 for none; 1–2 % keeps the log usable afterwards.
 * @example
 * const arms = [{ mean: 0, standardDeviation: 1 }, { mean: 9, standardDeviation: 1 }];
 * chooseThompson({ kind: "normal", arms }, { rng: mersenneRng(1), floor: 0.05 }) // => { action: 1, propensity: 0.95 }
 */
export function chooseThompson(
  belief: ThompsonBelief,
  { rng, floor }: { readonly rng: Rng; readonly floor: number },
): ChosenAction | Refused<"too-few" | "invalid-input"> {
  const best = thompsonProbabilities(belief);
  if (best.kind === "refused") return best;
  const floored = additiveFloor(best.probabilities, floor);
  return floored.kind === "refused" ? floored : chooseAction(floored.probabilities, rng);
}

function normalBelief(belief: Exclude<ThompsonBelief, { readonly kind: "beta" }>): ReturnType<typeof normalBest> {
  if (belief.kind === "normal") return normalBest(belief.arms);
  const { arms, context, noiseDeviation } = belief;
  if (!(noiseDeviation > 0 && noiseDeviation < Infinity))
    return refuse("invalid-input", `noiseDeviation must be positive and finite, got ${noiseDeviation}`);
  if (arms.some((arm) => arm.theta.length !== context.length))
    return refuse("invalid-input", "the context must have as many columns as the beliefs");
  return normalBest(
    arms.map((arm) => {
      const { mean, standardDeviation } = linearReward(arm, context);
      return { mean, standardDeviation: noiseDeviation * standardDeviation };
    }),
  );
}
