import { refuse, type Refused } from "../refused.ts";
import { dispersion, heterogeneity, weightedMean, type HeterogeneityMethod } from "./heterogeneity.ts";

/** One group's effect after pooling. */
export interface ShrunkenEffect {
  readonly mean: number;
  readonly standardError: number;
  /** Share of the distance to mu that was taken away: 0 = trusted as measured, 1 = replaced by mu. */
  readonly shrinkage: number;
}

/** Common mean, spread of true effects around it, and each effect pulled towards it. */
export interface NormalNormalFit {
  readonly kind: "estimate";
  readonly mu: number;
  readonly muStandardError: number;
  /** Variance of the true effects, in squared units of the estimates. */
  readonly tau2: number;
  readonly effects: readonly ShrunkenEffect[];
}

/** Effects measured in several segments, each with the variance (squared standard error) of its measurement. */
export interface NormalNormalInput {
  readonly estimates: readonly number[];
  readonly variances: readonly number[];
  readonly method?: HeterogeneityMethod;
}

/**
 * Partial pooling of segment effects (empirical Bayes): each is pulled towards their mean by how noisy it is.
 *
 * Small segments borrow from the others. Shrink before ranking, never after. Segments that share a control are correlated and look
 * more alike than they are.
 *
 * @formula y_i ~ N(θ_i, v_i), θ_i ~ N(μ, τ²); θ̂_i = B_i y_i + (1 − B_i)μ, B_i = τ²/(τ² + v_i), se² = B_i v_i + (1 − B_i)² se(μ)²
 * @assumes Independent, about normal measurements of known variance; true effects about normal around μ.
 * @returns `too-few` below two effects, `invalid-input` for variances that are not positive or numbers that no double can combine,
 * `no-convergence` should a likelihood have no maximum.
 * @see Viechtbauer (2005), "Bias and efficiency of meta-analytic variance estimators", section 2; Morris (1983), "Parametric empirical
 * Bayes inference", section 2, for the shrunken effects.
 * @example
 * normalNormal({ estimates: [0, 2], variances: [0.5, 0.5], method: "DL" }).tau2 // => 1.5
 * normalNormal({ estimates: [0, 2], variances: [0.5, 0.5], method: "DL" }).effects[0].mean // => 0.25
 */
export function normalNormal({
  estimates,
  variances,
  method = "REML",
}: NormalNormalInput): NormalNormalFit | Refused<"too-few" | "invalid-input" | "no-convergence"> {
  if (!areMeasured(estimates, variances))
    return refuse("invalid-input", "every effect must be finite and come with a positive variance");
  if (estimates.length < 2) return refuse("too-few", `pooling needs at least 2 effects, got ${estimates.length}`);
  // From the first effect, so that a large common level costs no digits.
  const origin = estimates[0] ?? 0;
  const moved = { estimates: estimates.map((y) => y - origin), variances };
  const tau2 = heterogeneity(moved, method);
  if (tau2 === null) return refuse("no-convergence", `${method} did not settle; use PM or DL`);
  const { mu, totalWeight } = weightedMean(moved, tau2);
  const muStandardError = Math.sqrt(1 / totalWeight);
  if (![tau2, mu, muStandardError].every(Number.isFinite) || !(muStandardError > 0))
    return refuse("invalid-input", "effects or variances are too far apart for a double to combine");
  const effects = moved.estimates.map((y, i): ShrunkenEffect => {
    const v = variances[i] ?? 0;
    const trust = tau2 / (tau2 + v);
    return {
      mean: origin + (trust * y + (1 - trust) * mu),
      standardError: Math.sqrt(trust * v + ((1 - trust) * muStandardError) ** 2),
      shrinkage: 1 - trust,
    };
  });
  return { kind: "estimate", mu: origin + mu, muStandardError, tau2, effects };
}

/**
 * Cochran's Q of the effects around their fixed-effect mean: the test statistic of "all effects are equal".
 *
 * NaN when an effect is not finite or a variance not positive.
 *
 * @formula Σ (y_i − ȳ_w)²/v_i, ȳ_w the mean with weights 1/v_i; about χ² with k − 1 degrees of freedom when all are equal
 * @assumes Independent normal measurements of known variance.
 * @see Cochran (1954), "The combination of estimates from different experiments", section 4.
 * @example
 * cochranQ([0, 2], [0.5, 0.5]) // => 4
 */
export function cochranQ(estimates: readonly number[], variances: readonly number[]): number {
  if (!areMeasured(estimates, variances)) return NaN;
  const origin = estimates[0] ?? 0;
  const q = dispersion({ estimates: estimates.map((y) => y - origin), variances }, 0);
  return Number.isFinite(q) ? q : NaN;
}

function areMeasured(estimates: readonly number[], variances: readonly number[]): boolean {
  return (
    estimates.length === variances.length &&
    estimates.every(Number.isFinite) &&
    variances.every((v) => v > 0 && v < Infinity)
  );
}
