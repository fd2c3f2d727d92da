import type { Refused } from "../refused.ts";
import { overRandomSplits, type CrossFittedInput, type CrossFittedOptions } from "./cross-fitting.ts";
import type { ObservationalRefusal } from "./overlap.ts";
import { weightedContrast, type WeightedContrast, type WeightLimits } from "./weighted-contrast.ts";

/**
 * Doubly robust effect on the treated (ATT) or in the overlap (ATO) with cross-fitted models.
 *
 * Models and repeats as in `crossFittedAipw`.
 *
 * @formula θ = median over splits of the augmented weightedContrast; se² = median of se_s² + (θ_s − θ)²
 * @assumes no unmeasured confounder; for the treated, each had some chance of not being treated
 * @returns refusals as `weightedContrast`; `too-few` when an arm has fewer units than folds or a model cannot be fitted.
 * @see Chernozhukov et al. (2018), "Double/debiased machine learning", section 5.1 (ATT) and definition 3.3
 * @example
 * const units = Array.from({ length: 80 }, (_, i) => i);
 * const data = { rows: units.map((i) => [i % 5]), treated: units.map((i) => i % 2), outcomes: units.map((i) => (i % 5) + 2 * (i % 2) + (i % 3)) };
 * crossFittedContrast(data, { rng: mersenneRng(1), population: "treated" }).population // => "treated"
 */
export function crossFittedContrast(
  input: CrossFittedInput,
  {
    population,
    limits,
    ...options
  }: CrossFittedOptions & { readonly population: "treated" | "overlap"; readonly limits?: WeightLimits },
): WeightedContrast | Refused<ObservationalRefusal> {
  const { outcomes, treated } = input;
  return overRandomSplits(input, options, ({ propensities, ...models }) =>
    weightedContrast(
      { outcomes, treated, propensities, models },
      limits === undefined ? { population } : { population, limits },
    ),
  );
}
