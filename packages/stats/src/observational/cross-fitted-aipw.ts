import type { Refused } from "../refused.ts";
import { aipw, type AipwEffect } from "./aipw.ts";
import { overRandomSplits, type CrossFittedInput, type CrossFittedOptions } from "./cross-fitting.ts";
import type { ObservationalRefusal, OverlapLimits } from "./overlap.ts";

/**
 * Doubly robust average effect (ATE) with cross-fitted models: each unit is predicted by models that have not seen its fold.
 *
 * Ridge outcome models in each arm (linear, or logistic for outcomes of 0 and 1) and a ridge logistic propensity on standardised
 * columns, penalties by cross-validation. Repeated over random splits; medians, with the spread between splits added to the variance.
 *
 * @formula θ = median over splits of AIPW; se² = median of se_s² + (θ_s − θ)²
 * @assumes no unmeasured confounder, overlap; one of the two models near the truth
 * @returns refusals as `aipw`; `too-few` when an arm has fewer units than folds or a model cannot be fitted.
 * @see Chernozhukov et al. (2018), "Double/debiased machine learning", definitions 3.2 and 3.3
 * @example
 * const units = Array.from({ length: 40 }, (_, i) => i);
 * const data = { rows: units.map((i) => [i % 5]), treated: units.map((i) => i % 2), outcomes: units.map((i) => (i % 5) + 2 * (i % 2) + (i % 3)) };
 * crossFittedAipw(data, { rng: mersenneRng(1) }).kind // => "estimate"
 */
export function crossFittedAipw(
  input: CrossFittedInput,
  { limits, ...options }: CrossFittedOptions & { readonly limits?: OverlapLimits },
): AipwEffect | Refused<ObservationalRefusal> {
  const { outcomes, treated } = input;
  return overRandomSplits(input, options, (nuisances) =>
    aipw({ outcomes, treated, ...nuisances }, limits === undefined ? {} : { limits }),
  );
}
