import { momentsOf, sampleVariance } from "../cohorts/moments.ts";
import {
  assignmentFault,
  DEFAULT_OVERLAP_LIMITS,
  overlapReport,
  type Assignment,
  type ObservationalRefusal,
  type OverlapLimits,
  type OverlapReport,
} from "./overlap.ts";
import { refuse, type Refused } from "../refused.ts";

/** Outcomes with what models predict for each unit if treated and if not. */
export interface AipwInput extends Assignment {
  readonly outcomes: readonly number[];
  readonly ifTreated: readonly number[];
  readonly ifControl: readonly number[];
}

/** Average effect over all units; always an observational finding unless propensities were set by a randomiser. */
export interface AipwEffect {
  readonly kind: "estimate";
  readonly estimate: number;
  readonly standardError: number;
  /** Mean outcome if everybody were treated, and if nobody were. */
  readonly meanTreated: number;
  readonly meanControl: number;
  readonly overlap: OverlapReport;
}

/**
 * Doubly robust average treatment effect (AIPW): right if either the propensities or the outcome models are.
 *
 * The standard error is that of a mean of n independent scores: cross-fit the models, or it is too small.
 *
 * @formula ψᵢ = m₁ − m₀ + w(y − m₁)/e − (1 − w)(y − m₀)/(1 − e); ATE = mean ψ, se = sd(ψ)/√n
 * @assumes no unmeasured confounder, overlap, independent units; the models have not seen the unit they predict
 * @returns `thin-overlap` for propensities of 0 or 1 or beyond the limits, `one-arm`, `too-few`, `zero-variance` when all scores are
 * alike, `invalid-input` otherwise.
 * @see Robins, Rotnitzky & Zhao (1994), "Estimation of regression coefficients when some regressors are not always observed";
 * Chernozhukov et al. (2018), "Double/debiased machine learning", section 5.1
 * @example
 * const data = { outcomes: [3, 1], treated: [1, 0], propensities: [0.5, 0.5], ifTreated: [1, 1], ifControl: [0, 0] };
 * aipw(data).estimate // => 2
 * aipw(data).standardError // => 3
 */
export function aipw(
  { outcomes, treated, propensities, ifTreated, ifControl }: AipwInput,
  { limits = DEFAULT_OVERLAP_LIMITS }: { readonly limits?: OverlapLimits } = {},
): AipwEffect | Refused<ObservationalRefusal> {
  const fault = assignmentFault({ treated, propensities }, outcomes, limits);
  if (fault !== null) return fault;
  if (
    [ifTreated, ifControl].some((model) => model.length !== outcomes.length || !model.every((m) => Number.isFinite(m)))
  )
    return refuse("invalid-input", "each unit needs a finite prediction for either arm");
  const score = (model: readonly number[], arm: 0 | 1): Float64Array =>
    Float64Array.from(outcomes, (y, i) => {
      const [m, e] = [model[i] ?? NaN, propensities[i] ?? NaN];
      return treated[i] === arm ? m + (y - m) / (arm === 1 ? e : 1 - e) : m;
    });
  const [one, zero] = [score(ifTreated, 1), score(ifControl, 0)];
  const effects = momentsOf(one.map((s, i) => s - (zero[i] ?? NaN)));
  const variance = sampleVariance(effects) ?? 0;
  if (!Number.isFinite(variance) || !Number.isFinite(effects.mean))
    return refuse("invalid-input", "outcomes are too large to be squared; rescale them");
  if (!(variance > 0)) return refuse("zero-variance", "all scores are alike; there is no spread to judge them by");
  const overlap = overlapReport({ treated, propensities }, limits === "accept" ? 0.05 : limits.margin);
  if (overlap.kind === "refused") return overlap;
  return {
    kind: "estimate",
    estimate: effects.mean,
    standardError: Math.sqrt(variance / effects.n),
    meanTreated: momentsOf(one).mean,
    meanControl: momentsOf(zero).mean,
    overlap,
  };
}
