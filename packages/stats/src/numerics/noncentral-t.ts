import { betaCdf, logGamma, normalSf } from "./special-functions.ts";

const TERMS_MAX = 100_000;

/**
 * P(T > t) of the noncentral t distribution with `df` degrees of freedom and noncentrality `ncp`: the power of a t-test.
 *
 * Absolute accuracy about 1e-12; |ncp| up to about 37.
 *
 * @see Lenth (1989), "Algorithm AS 243: cumulative distribution function of the non-central t distribution".
 */
export function noncentralTSf(t: number, df: number, ncp: number): number {
  // P(T > t; ncp) = P(−T < −t) and −T has noncentrality −ncp.
  return t >= 0 ? upperTail(t, df, ncp) : 1 - upperTail(-t, df, -ncp);
}

/** For t ≥ 0: Φ(ncp) − Σ (p_j I_x(j + ½, df/2) + q_j I_x(j + 1, df/2)) / 2, with x = t²/(t² + df). */
function upperTail(t: number, df: number, ncp: number): number {
  const x = (t * t) / (t * t + df);
  const half = (ncp * ncp) / 2;
  let sum = 0;
  let weightLeft = 1;
  for (let j = 0; j < TERMS_MAX && weightLeft > 1e-15; j++) {
    const logPower = half === 0 ? (j === 0 ? 0 : -Infinity) : j * Math.log(half);
    const p = Math.exp(-half + logPower - logGamma(j + 1));
    const q = ncp === 0 ? 0 : (ncp / Math.SQRT2) * Math.exp(-half + logPower - logGamma(j + 1.5));
    const inside = betaCdf(x, j + 0.5, df / 2);
    sum += 0.5 * (p * inside + q * betaCdf(x, j + 1, df / 2));
    weightLeft -= p;
    if (j > half && p * inside < 1e-18 && Math.abs(q) * inside < 1e-18) break;
  }
  return Math.min(1, Math.max(0, normalSf(-ncp) - sum));
}
