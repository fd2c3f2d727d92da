import type { ObservationalRefusal } from "./overlap.ts";
import { balancingWeights, type BalancingWeights, type TargetPopulation } from "./balancing-weights.ts";
import { refuse, type Refused } from "../refused.ts";

/** Units with outcomes; predictions of an outcome model for either arm make the estimate doubly robust. */
export interface ContrastInput {
  readonly outcomes: readonly number[];
  /** 1 = treated, 0 = not. */
  readonly treated: readonly number[];
  /** P(treated | covariates), in [0, 1]. */
  readonly propensities: readonly number[];
  /** Predicted outcome of each unit if treated, and if not. Without: weighting alone. */
  readonly models?: { readonly ifTreated: readonly number[]; readonly ifControl: readonly number[] };
}

/**
 * What the weighted groups must have before an effect is shown: `effectiveMin` units' worth of weight in each, and no unit with more
 * than `largestShareMax` of its group's weight.
 */
export type WeightLimits = { readonly effectiveMin: number; readonly largestShareMax: number } | "accept";

/**
 * At least 30 equally weighted units' worth in each group, none with more than 20 % of it: below, the normal interval of a mean is a
 * fiction, and one odd unit decides.
 */
export const DEFAULT_WEIGHT_LIMITS: WeightLimits = { effectiveMin: 30, largestShareMax: 0.2 };

/** Effect of the treatment in one population, and how many units it rests on. Observational. */
export interface WeightedContrast {
  readonly kind: "estimate";
  readonly estimate: number;
  /** Takes propensities and models as known: cross-fit them. */
  readonly standardError: number;
  readonly population: TargetPopulation;
  readonly effectiveTreated: number;
  readonly effectiveControl: number;
}

/**
 * Effect on the treated (ATT) or on those who might have gone either way (ATO): weighting alone, or doubly robust with models.
 *
 * Both means are divided by the sum of their weights, so the estimate cannot leave the range of the outcomes (without models) when
 * weights do not sum as they should.
 *
 * @formula τ = Σh(m₁ − m₀)/Σh + Σ_T w(y − m₁)/Σ_T w − Σ_C w(y − m₀)/Σ_C w, h = treated or e(1 − e), w = balancingWeights
 * @assumes no unmeasured confounder; for the treated, each had some chance of not being treated
 * @returns `thin-overlap` when the weights of a group are worth too few units (see `WeightLimits`), `one-arm`, `too-few`,
 * `zero-variance`, `invalid-input`.
 * @see Li, Morgan & Zaslavsky (2018), "Balancing covariates via propensity score weighting", eq. 4; Mao, Li & Greene (2019),
 * "Propensity score weighting analysis and treatment effect discovery", eq. 9, for the augmented form
 * @example
 * const data = { outcomes: [5, 3, 1, 2], treated: [1, 1, 0, 0], propensities: [0.5, 0.5, 0.5, 0.25] };
 * weightedContrast(data, { population: "treated", limits: "accept" }).estimate // => 2.75
 */
export function weightedContrast(
  input: ContrastInput,
  {
    population,
    limits = DEFAULT_WEIGHT_LIMITS,
  }: { readonly population: "treated" | "overlap"; readonly limits?: WeightLimits },
): WeightedContrast | Refused<ObservationalRefusal> {
  const fault = contrastFault(input);
  if (fault !== null) return fault;
  const found = balancingWeights(input, population);
  if (found.kind === "refused") return found;
  const thin = thinWeights(found, limits);
  if (thin !== null) return thin;
  const { estimate, variance } = contrast(input, found.weights, population);
  if (!Number.isFinite(estimate) || !Number.isFinite(variance))
    return refuse("invalid-input", "outcomes are too large to be squared; rescale them");
  if (!(variance > 0)) return refuse("zero-variance", "outcomes do not vary within the groups");
  const { effectiveTreated, effectiveControl } = found;
  return {
    kind: "estimate",
    estimate,
    standardError: Math.sqrt(variance),
    population,
    effectiveTreated,
    effectiveControl,
  };
}

function contrastFault({
  outcomes,
  treated,
  propensities,
  models,
}: ContrastInput): Refused<"invalid-input" | "too-few"> | null {
  if (treated.length !== outcomes.length || propensities.length !== outcomes.length)
    return refuse("invalid-input", "outcomes, arms and propensities must be equally many");
  if (outcomes.length < 2) return refuse("too-few", `needs at least 2 units, got ${outcomes.length}`);
  if (!outcomes.every(Number.isFinite)) return refuse("invalid-input", "outcomes must be finite");
  const predictions = models === undefined ? [] : [models.ifTreated, models.ifControl];
  return predictions.every((m) => m.length === outcomes.length && m.every(Number.isFinite))
    ? null
    : refuse("invalid-input", "each unit needs a finite prediction for either arm");
}

function thinWeights(
  { effectiveTreated, effectiveControl, largestShare }: BalancingWeights,
  limits: WeightLimits,
): Refused<"thin-overlap"> | null {
  if (limits === "accept") return null;
  const effective = Math.min(effectiveTreated, effectiveControl);
  if (!(effective >= limits.effectiveMin))
    return refuse(
      "thin-overlap",
      `a weighted group is worth ${effective.toFixed(1)} units, at least ${limits.effectiveMin} are needed; ` +
        "compare with units that are more alike, or ask for another population",
    );
  return largestShare <= limits.largestShareMax
    ? null
    : refuse("thin-overlap", `one unit has ${(100 * largestShare).toFixed(0)} % of its group's weight`);
}

/** The estimate and the sum of its squared influences. */
function contrast(
  { outcomes, treated, propensities, models }: ContrastInput,
  weights: readonly number[],
  population: "treated" | "overlap",
): { readonly estimate: number; readonly variance: number } {
  const tilt = propensities.map((e, i) => (population === "treated" ? (treated[i] ?? NaN) : e * (1 - e)));
  const predicted = outcomes.map((_, i) => (models?.ifTreated[i] ?? 0) - (models?.ifControl[i] ?? 0));
  const residuals = outcomes.map((y, i) => y - ((treated[i] === 1 ? models?.ifTreated[i] : models?.ifControl[i]) ?? 0));
  const armWeights = (arm: 0 | 1): number[] => weights.map((w, i) => (treated[i] === arm ? w : 0));
  const parts = [
    weightedMean(predicted, tilt),
    weightedMean(residuals, armWeights(1)),
    weightedMean(residuals, armWeights(0)),
  ] as const;
  const [modelled, one, zero] = parts;
  const variance = outcomes.reduce(
    (t, _, i) => t + ((modelled.influences[i] ?? 0) + (one.influences[i] ?? 0) - (zero.influences[i] ?? 0)) ** 2,
    0,
  );
  return { estimate: modelled.mean + one.mean - zero.mean, variance };
}

function weightedMean(
  values: readonly number[],
  weights: readonly number[],
): { readonly mean: number; readonly influences: readonly number[] } {
  const total = weights.reduce((t, w) => t + w, 0);
  const mean = values.reduce((t, v, i) => t + (v * (weights[i] ?? 0)) / total, 0);
  return { mean, influences: values.map((v, i) => ((weights[i] ?? 0) * (v - mean)) / total) };
}
