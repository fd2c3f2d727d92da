import { refuse, type Refused } from "../refused.ts";

/** How the spread of the true effects is estimated. FE assumes there is none. */
export type HeterogeneityMethod = "REML" | "PM" | "DL" | "EB" | "FE";

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
 * Partial pooling of segment effects: y_i ~ N(θ_i, v_i), θ_i ~ N(μ, τ²).
 *
 * Small segments borrow from the others. Shrink before ranking, never after. Assumes independent measurements: segments that
 * share a control are correlated and look more alike than they are.
 *
 * @returns `too-few` below two effects, `invalid-input` for variances that are not positive, `no-convergence` should the
 * iteration fail.
 * @see Viechtbauer (2005), "Bias and efficiency of meta-analytic variance estimators"; DerSimonian & Laird (1986); Paule &
 * Mandel (1982); Morris (1983) for the shrunken effects.
 */
export function normalNormal({
  estimates,
  variances,
  method = "REML",
}: NormalNormalInput): NormalNormalFit | Refused<"too-few" | "invalid-input" | "no-convergence"> {
  if (
    estimates.length !== variances.length ||
    estimates.some((y) => !Number.isFinite(y)) ||
    variances.some((v) => !(v > 0 && Number.isFinite(v)))
  ) {
    return refuse("invalid-input", "every effect must be finite and come with a positive variance");
  }
  if (estimates.length < 2) return refuse("too-few", `pooling needs at least 2 effects, got ${estimates.length}`);
  const tau2 = heterogeneity({ estimates, variances, method });
  if (tau2 === null) return refuse("no-convergence", `${method} did not settle; use PM or DL`);
  const { mu, totalWeight } = weightedMean(estimates, variances, tau2);
  const muStandardError = Math.sqrt(1 / totalWeight);
  const effects = estimates.map((y, i): ShrunkenEffect => {
    const v = variances[i] ?? 0;
    const trust = tau2 / (tau2 + v);
    return {
      mean: trust * y + (1 - trust) * mu,
      standardError: Math.sqrt(trust * v + ((1 - trust) * muStandardError) ** 2),
      shrinkage: 1 - trust,
    };
  });
  return { kind: "estimate", mu, muStandardError, tau2, effects };
}

/** Cochran's Q of the effects around their fixed-effect mean; about chi-squared with k − 1 degrees of freedom when all are equal. */
export function cochranQ(estimates: readonly number[], variances: readonly number[]): number {
  return dispersion(estimates, variances, 0);
}

function heterogeneity({ estimates, variances, method }: Required<NormalNormalInput>): number | null {
  switch (method) {
    case "FE":
      return 0;
    case "DL":
      return derSimonianLaird(estimates, variances);
    // The empirical Bayes estimator of Morris has the same solution as Paule and Mandel's.
    case "PM":
    case "EB":
      return pauleMandel(estimates, variances);
    case "REML":
      return restrictedMaximumLikelihood(estimates, variances);
  }
}

function derSimonianLaird(estimates: readonly number[], variances: readonly number[]): number {
  const weights = variances.map((v) => 1 / v);
  const total = sum(weights);
  const squares = sum(weights.map((w) => w * w));
  return Math.max(0, (dispersion(estimates, variances, 0) - (estimates.length - 1)) / (total - squares / total));
}

/** Solves Σ (y_i − μ)²/(v_i + τ²) = k − 1; the left side falls in τ², so bisection cannot miss. */
function pauleMandel(estimates: readonly number[], variances: readonly number[]): number {
  const excess = (tau2: number): number => dispersion(estimates, variances, tau2) - (estimates.length - 1);
  if (excess(0) <= 0) return 0;
  let high = Math.max(...variances);
  while (excess(high) > 0) high *= 2;
  let low = 0;
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The restricted likelihood may have several modes: the best of a grid is refined, so that a poor start cannot decide. */
function restrictedMaximumLikelihood(estimates: readonly number[], variances: readonly number[]): number | null {
  const objective = (tau2: number): number => restrictedLogLikelihood(estimates, variances, tau2);
  const mean = sum(estimates) / estimates.length;
  const scale = sum(estimates.map((y) => (y - mean) ** 2)) / (estimates.length - 1) + Math.max(...variances);
  let best = 0;
  const smallest = Math.min(...variances) * 1e-6;
  const steps = 120;
  const ratio = ((scale * 4) / smallest) ** (1 / steps);
  const grid = [0, ...Array.from({ length: steps + 1 }, (_, i) => smallest * ratio ** i)];
  grid.forEach((tau2, i) => {
    if (objective(tau2) > objective(grid[best] ?? 0)) best = i;
  });
  if (best === 0) return 0;
  return zeroOfScore({ estimates, variances, low: grid[best - 1] ?? 0, high: grid[best + 1] ?? scale * 16 });
}

/** Bisection on the derivative of the restricted likelihood, which changes sign once inside a bracket of the maximum. */
function zeroOfScore({
  estimates,
  variances,
  low,
  high,
}: {
  readonly estimates: readonly number[];
  readonly variances: readonly number[];
  readonly low: number;
  readonly high: number;
}): number | null {
  let [a, b] = [low, high];
  if (restrictedScore(estimates, variances, a) <= 0) return a;
  if (restrictedScore(estimates, variances, b) > 0) return null;
  for (let i = 0; i < 200 && b - a > 1e-15 * b; i++) {
    const middle = (a + b) / 2;
    if (restrictedScore(estimates, variances, middle) > 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

function restrictedLogLikelihood(estimates: readonly number[], variances: readonly number[], tau2: number): number {
  const { totalWeight } = weightedMean(estimates, variances, tau2);
  const logs = sum(variances.map((v) => Math.log(v + tau2)));
  return -0.5 * (logs + Math.log(totalWeight) + dispersion(estimates, variances, tau2));
}

function restrictedScore(estimates: readonly number[], variances: readonly number[], tau2: number): number {
  const { mu, totalWeight } = weightedMean(estimates, variances, tau2);
  let residuals = 0;
  let squares = 0;
  estimates.forEach((y, i) => {
    const w = 1 / ((variances[i] ?? 0) + tau2);
    residuals += w * w * (y - mu) ** 2;
    squares += w * w;
  });
  return residuals - totalWeight + squares / totalWeight;
}

function dispersion(estimates: readonly number[], variances: readonly number[], tau2: number): number {
  const { mu } = weightedMean(estimates, variances, tau2);
  return sum(estimates.map((y, i) => (y - mu) ** 2 / ((variances[i] ?? 0) + tau2)));
}

function weightedMean(
  estimates: readonly number[],
  variances: readonly number[],
  tau2: number,
): { readonly mu: number; readonly totalWeight: number } {
  const weights = variances.map((v) => 1 / (v + tau2));
  const totalWeight = sum(weights);
  return { mu: sum(estimates.map((y, i) => y * (weights[i] ?? 0))) / totalWeight, totalWeight };
}

function sum(xs: readonly number[]): number {
  return xs.reduce((total, x) => total + x, 0);
}
