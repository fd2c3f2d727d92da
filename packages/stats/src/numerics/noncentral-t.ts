import { integrate } from "./quadrature.ts";
import { logGamma, normalSf } from "./special-functions.ts";

/**
 * P(T > t) of the noncentral t distribution: the power of a t-test.
 *
 * Absolute accuracy about 1e-13, relative about 1e-11 down to 1e-200; any noncentrality.
 *
 * @param df - degrees of freedom, any real ≥ 1; NaN below or for anything not finite.
 * @formula ∫ Φ(ncp − t·s) g(s) ds, with g the density of s = √(χ²(df)/df)
 * @assumes the statistic is (Z + ncp)/√(χ²(df)/df) with Z standard normal and χ² independent of it
 * @see Johnson, Kotz & Balakrishnan (1995), "Continuous Univariate Distributions" 2, section 31.2
 * @example
 * noncentralTSf(2.228, 10, 1.5) // => 0.27364
 * noncentralTSf(1, 10, 60) // => 1
 */
export function noncentralTSf(t: number, df: number, ncp: number): number {
  if (!(df >= 1) || ![t, df, ncp].every(Number.isFinite)) return NaN;
  const half = df / 2;
  const logConstant = Math.LN2 + half * Math.log(half) - logGamma(half);
  const f = (s: number): number =>
    s <= 0 ? 0 : normalSf(t * s - ncp) * Math.exp(logConstant + (df - 1) * Math.log(s) - half * s * s);
  return Math.min(1, integrate(f, breaks(t, df, ncp)));
}

/** Panels narrow enough for the density of s, around 1, and for the step of Φ, around ncp/t. */
function breaks(t: number, df: number, ncp: number): readonly number[] {
  const spread = 1 / Math.sqrt(2 * df);
  const around = (centre: number, width: number): readonly number[] =>
    Array.from({ length: 31 }, (_, i) => centre + (i - 15) * width);
  const step = t === 0 ? [] : around(ncp / t, 1 / Math.abs(t));
  const furthest = 1 + 30 * spread;
  return [0, ...around(1, 2 * spread), ...step].filter((s) => s >= 0 && s <= furthest);
}
