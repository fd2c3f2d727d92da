import { refuse, type Refused } from "../refused.ts";
import type { ShrunkenEffect } from "./empirical-bayes.ts";
import { dispersion, weightedMean } from "./heterogeneity.ts";

/** Each effect pulled towards their mean, with the doubt about how much their true values differ taken into account. */
export interface NormalNormalPosterior {
  readonly kind: "estimate";
  readonly mu: number;
  readonly muStandardError: number;
  /** Posterior mean of τ, the standard deviation of the true effects, in units of the estimates. */
  readonly tau: number;
  readonly effects: readonly ShrunkenEffect[];
}

/** Points of the trapezoidal rule; the integrand is smooth and falls off on both sides, so that a few hundred are exact to many digits. */
const POINTS = 240;
/** Where the integrand is e^−40 of its peak nothing is left to add. */
const LOG_NEGLIGIBLE = 40;

/**
 * Partial pooling of segment effects when there are few of them: like `normalNormal`, but averaged over how much the true effects may
 * differ instead of taking one estimate of it for the truth.
 *
 * With ten segments an interval around `normalNormal`'s effects misses 14 times in a hundred where it promises five; this one keeps its
 * promise from two segments on, whatever their spread.
 *
 * @formula y_i ~ N(θ_i, v_i), θ_i ~ N(μ, τ²), μ flat, τ² ~ (τ²)^(a − 1) with a = min(1, (k − 1)/4); E and Var of θ_i by one quadrature over τ²
 * @assumes Independent, about normal measurements of known variance; true effects about normal around μ.
 * @returns `too-few` below two effects, `invalid-input` for variances that are not positive or numbers that no double can combine.
 * @see Morris & Tang (2011), "Estimating random effects via adjustment for density maximization", section 3, for the prior that is flat in
 * τ², under which intervals cover; with fewer than five effects that one has no proper posterior, and the exponent stays at half of what
 * would still have one. Gelman (2006), "Prior distributions for variance parameters", section 3, for averaging over τ.
 * @example
 * const { effects } = normalNormalPosterior({ estimates: [0, 2], variances: [0.5, 0.5] });
 * effects[0].mean // => 0.2179
 * effects[0].standardError // => 0.7385
 */
export function normalNormalPosterior({
  estimates,
  variances,
}: {
  readonly estimates: readonly number[];
  readonly variances: readonly number[];
}): NormalNormalPosterior | Refused<"too-few" | "invalid-input"> {
  const measured = estimates.every(Number.isFinite) && variances.every((v) => v > 0 && v < Infinity);
  if (estimates.length !== variances.length || !measured)
    return refuse("invalid-input", "every effect must be finite and come with a positive variance");
  if (estimates.length < 2) return refuse("too-few", `pooling needs at least 2 effects, got ${estimates.length}`);
  // From the first effect, so that a large common level costs no digits.
  const origin = estimates[0] ?? 0;
  const moved = { estimates: estimates.map((y) => y - origin), variances };
  const typical = variances.length / variances.reduce((total, v) => total + 1 / v, 0);
  const slices = weighedSpreads(moved, typical);
  const posterior = slices === null ? null : average(moved, slices);
  return posterior === null
    ? refuse("invalid-input", "effects or variances are too far apart for a double to combine")
    : {
        ...posterior,
        mu: origin + posterior.mu,
        effects: posterior.effects.map((e) => ({ ...e, mean: origin + e.mean })),
      };
}

interface Effects {
  readonly estimates: readonly number[];
  readonly variances: readonly number[];
}

/** A value of τ² with its posterior weight; weights sum to 1. */
interface Slice {
  readonly tau2: number;
  readonly weight: number;
}

/** The posterior of τ² on an even grid of ln(τ²/v̄) around its peak; null where it has none that a double can hold. */
function weighedSpreads(effects: Effects, typical: number): readonly Slice[] | null {
  const power = Math.min(1, (effects.estimates.length - 1) / 4);
  // ∝ (τ²)^(power − 1) dτ², and dτ² ∝ τ² du.
  const logWeight = (u: number): number => logPosterior(effects, typical * Math.exp(u)) + power * u;
  const peak = peakOf(logWeight);
  const height = logWeight(peak);
  if (!Number.isFinite(height)) return null;
  const reach = (direction: 1 | -1): number => {
    let step = 1e-3;
    while (logWeight(peak + direction * step) > height - LOG_NEGLIGIBLE && step < 1e3) step *= 1.5;
    return peak + direction * step;
  };
  const [from, to] = [reach(-1), reach(1)];
  const raw = Array.from({ length: POINTS + 1 }, (_, i) => {
    const u = from + ((to - from) * i) / POINTS;
    return { tau2: typical * Math.exp(u), weight: Math.exp(logWeight(u) - height) };
  });
  const total = raw.reduce((sum, { weight }) => sum + weight, 0);
  return raw.map(({ tau2, weight }) => ({ tau2, weight: weight / total }));
}

/** Log of the likelihood of τ² with μ integrated out, up to a constant. */
function logPosterior(effects: Effects, tau2: number): number {
  const logs = effects.variances.reduce((sum, v) => sum + Math.log(v + tau2), 0);
  const { totalWeight } = weightedMean(effects, tau2);
  return -0.5 * (logs + Math.log(totalWeight) + dispersion(effects, tau2));
}

/** The highest point: a scan of e^±60 in steps, then halving around the best. */
function peakOf(logWeight: (u: number) => number): number {
  let best = 0;
  for (let u = -60; u <= 60; u += 1) if (logWeight(u) > logWeight(best)) best = u;
  for (let step = 0.5; step > 1e-6; step /= 2) {
    while (logWeight(best + step) > logWeight(best)) best += step;
    while (logWeight(best - step) > logWeight(best)) best -= step;
  }
  return best;
}

/** Means and variances over τ²: the variance within each slice, and that of the means between them. */
function average(effects: Effects, slices: readonly Slice[]): NormalNormalPosterior | null {
  const centres = slices.map(({ tau2, weight }) => ({ tau2, weight, ...weightedMean(effects, tau2) }));
  const over = (of: (slice: (typeof centres)[number]) => number): number =>
    centres.reduce((sum, slice) => sum + slice.weight * of(slice), 0);
  const mu = over((slice) => slice.mu);
  const muVariance = over((slice) => 1 / slice.totalWeight + (slice.mu - mu) ** 2);
  const pooled = effects.estimates.map((y, i): ShrunkenEffect => {
    const v = effects.variances[i] ?? 0;
    const trust = ({ tau2 }: Slice): number => tau2 / (tau2 + v);
    const at = (slice: (typeof centres)[number]): number => trust(slice) * y + (1 - trust(slice)) * slice.mu;
    const mean = over(at);
    const variance = over(
      (slice) => trust(slice) * v + (1 - trust(slice)) ** 2 / slice.totalWeight + (at(slice) - mean) ** 2,
    );
    return { mean, standardError: Math.sqrt(variance), shrinkage: over((slice) => 1 - trust(slice)) };
  });
  const tau = over(({ tau2 }) => Math.sqrt(tau2));
  const all = [mu, muVariance, tau, ...pooled.flatMap(({ mean, standardError }) => [mean, standardError])];
  if (!all.every(Number.isFinite) || !(muVariance > 0) || pooled.some(({ standardError }) => !(standardError > 0)))
    return null;
  return { kind: "estimate", mu, muStandardError: Math.sqrt(muVariance), tau, effects: pooled };
}
