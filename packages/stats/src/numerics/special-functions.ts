/**
 * Special functions, over @stdlib where it is good and around it where it is not.
 *
 * Two traps of @stdlib are avoided here and nowhere else: the normal quantile of its distribution package loses the lower
 * tail (−Infinity below about 1e-17), so ours goes through erfcinv; its incomplete gamma is wrong by 1 % from a = 1000 on,
 * so ours switches to a continued fraction. Tails are always computed directly, never as 1 − cdf.
 */
import { betaCdf } from "./incomplete-beta.ts";
import { gammaQ } from "./incomplete-gamma.ts";
import {
  erfc,
  erfcInverse,
  erfcx,
  lnBeta,
  lnGamma,
  psi,
  regularisedBeta,
  regularisedBetaInverse,
  studentQuantile,
} from "./stdlib.ts";

const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

/**
 * Standard normal density.
 *
 * @formula e^(−x²/2)/√(2π)
 * @assumes none
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.2.1
 * @example
 * normalPdf(0) // => 0.39894
 */
export function normalPdf(x: number): number {
  return Math.exp(-0.5 * x * x) / SQRT_TWO_PI;
}

/**
 * P(Z ≤ x) of a standard normal, to full relative precision in the lower tail.
 *
 * @formula ½ erfc(−x/√2)
 * @assumes none
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.2
 * @example
 * normalCdf(1.96) // => 0.975
 */
export function normalCdf(x: number): number {
  return 0.5 * erfc(-x * Math.SQRT1_2);
}

/**
 * P(Z > x) of a standard normal, to full relative precision in the upper tail.
 *
 * @formula ½ erfc(x/√2)
 * @assumes none
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.2
 * @example
 * normalSf(1.96) // => 0.024998
 */
export function normalSf(x: number): number {
  return 0.5 * erfc(x * Math.SQRT1_2);
}

/**
 * ln P(Z > x); finite where the probability itself underflows (x above 38).
 *
 * @formula ln ½ erfcx(x/√2) − x²/2
 * @assumes none
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.2
 * @example
 * normalLogSf(300) // => -45006.62
 */
export function normalLogSf(x: number): number {
  if (x < 0) return Math.log1p(-0.5 * erfc(-x * Math.SQRT1_2));
  return Math.log(0.5 * erfcx(x * Math.SQRT1_2)) - 0.5 * x * x;
}

/**
 * ln P(Z ≤ x).
 *
 * @formula normalLogSf(−x)
 * @assumes none
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.2
 * @example
 * normalLogCdf(-300) // => -45006.62
 */
export function normalLogCdf(x: number): number {
  return normalLogSf(-x);
}

/**
 * The z with P(Z ≤ z) = p, for p in [0, 1].
 *
 * @formula −√2 erfc⁻¹(2p)
 * @assumes p in [0, 1]; NaN otherwise
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.2
 * @example
 * normalQuantile(0.975) // => 1.96
 */
export function normalQuantile(p: number): number {
  return p <= 0.5 ? -Math.SQRT2 * erfcInverse(2 * p) : Math.SQRT2 * erfcInverse(2 * (1 - p));
}

/**
 * P(|T| > |t|) of Student's t with `df` degrees of freedom (any positive real; Infinity is the normal distribution).
 *
 * @formula I_y(df/2, ½), y = df/(df + t²)
 * @assumes df > 0
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.7.1
 * @example
 * tTwoSidedP(2.2281389, 10) // => 0.05
 */
export function tTwoSidedP(t: number, df: number): number {
  if (t === 0) return 1;
  if (df === Infinity) return 2 * normalSf(Math.abs(t));
  const square = t * t;
  if (!Number.isFinite(square)) return 0;
  const x = df / (df + square);
  const p =
    square > df ? regularisedBeta(x, df / 2, 0.5) : regularisedBeta(square / (df + square), 0.5, df / 2, true, true);
  return p > 1e-290
    ? p
    : smallBetaCdf({ a: df / 2, b: 0.5, logX: -Math.log1p(square / df), oneMinusX: square / (df + square) });
}

/**
 * I_x(a, b) = x^a (1 − x)^b / (a B(a, b)) · continued fraction, in logarithms: right down to the smallest double, where @stdlib
 * underflows. For x well below the mean of the distribution.
 *
 * @see Abramowitz & Stegun 26.5.8; Numerical Recipes 6.4.5 (modified Lentz).
 */
function smallBetaCdf({
  a,
  b,
  logX,
  oneMinusX,
}: {
  readonly a: number;
  readonly b: number;
  readonly logX: number;
  readonly oneMinusX: number;
}): number {
  const x = 1 - oneMinusX;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < FRACTION_TERMS_MAX; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return Math.exp(a * logX + b * Math.log(oneMinusX) - Math.log(a) - lnBeta(a, b) + Math.log(fraction));
}

const FRACTION_TERMS_MAX = 1_000_000;

/**
 * P(T > t) of Student's t.
 *
 * @formula ½ I_y(df/2, ½), y = df/(df + t²), for t ≥ 0
 * @assumes df > 0
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.7.1
 * @example
 * tSf(2, 10) // => 0.036694
 */
export function tSf(t: number, df: number): number {
  const half = 0.5 * tTwoSidedP(t, df);
  return t >= 0 ? half : 1 - half;
}

/**
 * P(T ≤ t) of Student's t.
 *
 * @formula tSf(−t, df)
 * @assumes df > 0
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.7
 * @example
 * tCdf(2, 10) // => 0.96331
 */
export function tCdf(t: number, df: number): number {
  return tSf(-t, df);
}

/**
 * The t with P(T ≤ t) = p.
 *
 * @formula the t with tCdf(t, df) = p
 * @assumes p in (0, 1), df > 0; NaN otherwise
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.7
 * @example
 * tQuantile(0.975, 10) // => 2.2281
 */
export function tQuantile(p: number, df: number): number {
  if (df === Infinity) return normalQuantile(p);
  const t = studentQuantile(p, df);
  if (Number.isFinite(t) || !(p > 0 && p < 0.5)) return t;
  // @stdlib gives up far out in the tail of few degrees of freedom, where the tail is a power to the last digit: A&S 26.7.1, t → ∞.
  return -Math.sqrt(df) * Math.exp(-(Math.log(p) + Math.log(df) + lnBeta(df / 2, 0.5)) / df);
}

/**
 * The x with P(X ≤ x) = p for Beta(a, b).
 *
 * @formula the x with I_x(a, b) = p
 * @assumes p in [0, 1], a, b > 0; NaN otherwise
 * @see DLMF 8.17 (https://dlmf.nist.gov/8.17)
 * @example
 * betaQuantile(0.975, 3, 20) // => 0.29161
 */
export function betaQuantile(p: number, a: number, b: number): number {
  return regularisedBetaInverse(p, a, b);
}

/**
 * P(X > x) of Fisher's F.
 *
 * @formula I_y(df₂/2, df₁/2), y = df₂/(df₂ + df₁ x)
 * @assumes degrees of freedom > 0; NaN otherwise
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.6.2
 * @example
 * fSf(4, 3, 20) // => 0.022077
 */
export function fSf(x: number, df1: number, df2: number): number {
  return x <= 0 && df1 > 0 && df2 > 0 ? 1 : betaCdf(df2 / (df2 + df1 * x), df2 / 2, df1 / 2);
}

/**
 * P(X > x) of chi-squared with `df` degrees of freedom.
 *
 * @formula Q(df/2, x/2)
 * @assumes df > 0; NaN otherwise
 * @see Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", 26.4.19
 * @example
 * chiSquaredSf(3.841459, 1) // => 0.05
 */
export function chiSquaredSf(x: number, df: number): number {
  return gammaQ(df / 2, x / 2);
}

/**
 * ln Γ(x), x > 0.
 *
 * @formula ln ∫₀^∞ t^(x−1) e^−t dt
 * @assumes x > 0
 * @see DLMF 5.2 (https://dlmf.nist.gov/5.2)
 * @example
 * logGamma(5) // => 3.1781
 */
export function logGamma(x: number): number {
  return lnGamma(x);
}

/**
 * ln B(a, b), a and b > 0.
 *
 * @formula ln Γ(a) + ln Γ(b) − ln Γ(a + b), without its cancellation
 * @assumes a, b > 0
 * @see DLMF 5.12 (https://dlmf.nist.gov/5.12)
 * @example
 * logBeta(2, 3) // => -2.4849
 */
export function logBeta(a: number, b: number): number {
  return lnBeta(a, b);
}

/**
 * Derivative of ln Γ.
 *
 * @formula ψ(x) = Γ′(x)/Γ(x)
 * @assumes x not 0 or a negative integer
 * @see DLMF 5.2 (https://dlmf.nist.gov/5.2)
 * @example
 * digamma(1) // => -0.57722
 */
export function digamma(x: number): number {
  return psi(x);
}

export { betaCdf, betaSf } from "./incomplete-beta.ts";
export { gammaP, gammaQ } from "./incomplete-gamma.ts";

/**
 * P(K > x) of Kolmogorov's limiting distribution of √n · sup |F_n − F|.
 *
 * @formula 2 Σ (−1)^(k−1) e^(−2k²x²)
 * @assumes a continuous distribution and a large sample
 * @see Kolmogorov (1933); Marsaglia, Tsang & Wang (2003), "Evaluating Kolmogorov's distribution"
 * @example
 * kolmogorovSf(1.36) // => 0.049486
 */
export function kolmogorovSf(x: number): number {
  if (x <= 0) return 1;
  if (x < 1) {
    const c = (Math.PI * Math.PI) / (8 * x * x);
    let cdf = 0;
    for (let k = 1; k <= 39; k += 2) cdf += Math.exp(-k * k * c);
    return 1 - (SQRT_TWO_PI / x) * cdf;
  }
  let sf = 0;
  for (let k = 1; k <= 20; k++) sf += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sf;
}
