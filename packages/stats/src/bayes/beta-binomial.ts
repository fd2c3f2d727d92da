import { refuse, type Refused } from "../refused.ts";
import { betaQuantile, digamma, logBeta } from "../numerics/special-functions.ts";
import { logBinomial } from "../cohorts/one-proportion.ts";
import type { Conversions } from "../anytime/two-by-two-e-process.ts";

/** Spread of the groups' true rates as a Beta distribution, and each group's rate pulled towards it. */
export interface BetaBinomialFit {
  readonly kind: "estimate";
  readonly alpha: number;
  readonly beta: number;
  /** alpha/(alpha + beta): mean rate over groups. */
  readonly mean: number;
  /** 1/(alpha + beta + 1): correlation of two units of one group; 0 = all groups alike. */
  readonly correlation: number;
  readonly logLikelihood: number;
  readonly rates: readonly {
    readonly mean: number;
    readonly standardDeviation: number;
    readonly interval95: readonly [number, number];
  }[];
}

/**
 * Partial pooling of conversion rates (empirical Bayes): each group's rate is pulled towards the mean by how few units it has.
 *
 * @formula conversions_i ~ Binomial(n_i, p_i), p_i ~ Beta(α, β), both by maximum likelihood; rate_i = (conversions_i + α)/(n_i + α + β)
 * @assumes Units independent given their group; true rates of the groups about Beta distributed.
 * @returns `too-few` below two groups with units; `zero-variance` when nobody or everybody converted; `no-spread` when the groups
 * differ no more than chance makes them, so that the likelihood rises without end (pool them completely then).
 * @see Griffiths (1973), "Maximum likelihood estimation for the beta-binomial distribution"; Efron & Morris (1975) for shrinkage.
 * @example
 * betaBinomial([{ n: 100, conversions: 2 }, { n: 100, conversions: 30 }, { n: 100, conversions: 16 }]).mean // => 0.156618
 */
export function betaBinomial(
  groups: readonly Conversions[],
): BetaBinomialFit | Refused<"too-few" | "invalid-input" | "zero-variance" | "no-spread"> {
  if (groups.some(({ n, conversions }) => !(Number.isFinite(n) && conversions >= 0 && conversions <= n)))
    return refuse("invalid-input", "conversions must lie between 0 and n in each group");
  const used = groups.filter(({ n }) => n > 0);
  if (used.length < 2) return refuse("too-few", `pooling needs at least 2 groups with units, got ${used.length}`);
  const units = used.reduce((t, g) => t + g.n, 0);
  const pooled = used.reduce((t, g) => t + g.conversions, 0) / units;
  if (pooled === 0 || pooled === 1) return refuse("zero-variance", "nobody or everybody converted");
  const fit = maximise(used, pooled);
  if (fit === null) return refuse("no-spread", "the groups differ no more than chance makes them; use the pooled rate");
  const { alpha, beta } = fit;
  return {
    kind: "estimate",
    alpha,
    beta,
    mean: alpha / (alpha + beta),
    correlation: 1 / (alpha + beta + 1),
    logLikelihood: used.reduce((t, g) => t + logBinomial(g.n, g.conversions), logLikelihood(used, alpha, beta)),
    rates: groups.map(({ n, conversions }) => {
      const [a, b] = [conversions + alpha, n - conversions + beta];
      const mean = a / (a + b);
      return {
        mean,
        standardDeviation: Math.sqrt((mean * (1 - mean)) / (a + b + 1)),
        interval95: [betaQuantile(0.025, a, b), betaQuantile(0.975, a, b)],
      };
    }),
  };
}

const LOG_SIZE_MAX = 20;

/** Profile over ln(alpha + beta) : the best of a grid, refined on the derivative; for each size the mean by bisection on its score. */
function maximise(
  groups: readonly Conversions[],
  pooled: number,
): { readonly alpha: number; readonly beta: number } | null {
  const at = (logSize: number): { readonly alpha: number; readonly beta: number } => {
    const size = Math.exp(logSize);
    const mean = bestMean(groups, size, pooled);
    return { alpha: mean * size, beta: (1 - mean) * size };
  };
  const value = (logSize: number): number => logLikelihood(groups, at(logSize).alpha, at(logSize).beta);
  const grid = Array.from({ length: 61 }, (_, i) => -8 + ((LOG_SIZE_MAX + 8) * i) / 60);
  const values = grid.map(value);
  const best = values.indexOf(Math.max(...values));
  if (best >= grid.length - 2) return null;
  let [a, b] = [grid[Math.max(0, best - 1)] ?? 0, grid[best + 1] ?? 0];
  const score = (logSize: number): number => sizeScore(groups, at(logSize));
  for (let i = 0; i < 100 && b - a > 1e-13; i++) {
    const middle = (a + b) / 2;
    if (score(middle) > 0) a = middle;
    else b = middle;
  }
  return at((a + b) / 2);
}

function bestMean(groups: readonly Conversions[], size: number, pooled: number): number {
  const score = (mean: number): number => {
    const [a, b] = [mean * size, (1 - mean) * size];
    return groups.reduce(
      (t, { n, conversions: x }) => t + digamma(x + a) - digamma(a) - (digamma(n - x + b) - digamma(b)),
      0,
    );
  };
  let [low, high] = [pooled * 1e-9, 1 - (1 - pooled) * 1e-9];
  for (let i = 0; i < 100 && high - low > 1e-16; i++) {
    const middle = (low + high) / 2;
    if (score(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Derivative of the log-likelihood in alpha + beta with the mean held. */
function sizeScore(
  groups: readonly Conversions[],
  { alpha, beta }: { readonly alpha: number; readonly beta: number },
): number {
  const mean = alpha / (alpha + beta);
  return groups.reduce(
    (t, { n, conversions: x }) =>
      t +
      mean * (digamma(x + alpha) - digamma(alpha)) +
      (1 - mean) * (digamma(n - x + beta) - digamma(beta)) -
      (digamma(n + alpha + beta) - digamma(alpha + beta)),
    0,
  );
}

function logLikelihood(groups: readonly Conversions[], alpha: number, beta: number): number {
  return groups.reduce((t, { n, conversions: x }) => t + logBeta(x + alpha, n - x + beta) - logBeta(alpha, beta), 0);
}
