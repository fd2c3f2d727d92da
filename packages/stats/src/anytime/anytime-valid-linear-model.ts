import { bisect } from "../numerics/bisect.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";

/** A coefficient with its evidence, valid at every look. */
export interface AnytimeCoefficient {
  readonly kind: "estimate";
  /** ln of the e-value against a coefficient of 0. */
  readonly logEValue: number;
  readonly pValue: number;
  readonly interval: Interval;
}

/** Input of the anytime-valid linear model. */
export interface CoefficientInput {
  readonly estimate: number;
  readonly standardError: number;
  /** Units behind the fit, and its residual degrees of freedom. */
  readonly n: number;
  readonly degreesOfFreedom: number;
  /** Prior weight in units: the sequence is tightest near n = g·(a few). */
  readonly g: number;
  readonly alpha: number;
}

/**
 * Anytime-valid test and interval for a regression coefficient: exact under Gaussian errors, used with HC2 for Lin's estimator.
 *
 * @formula ln e = ½ ln r − (ν + 1)/2·[ln(1 + r·t²/ν) − ln(1 + t²/ν)], r = g/(g + n), t = estimate/se; reject at e ≥ 1/α
 * @assumes a linear model with independent Gaussian errors of one variance; with robust errors and many units only asymptotically
 * @returns `zero-standard-error`, or `invalid-input` unless all are finite and n, ν, g > 0, alpha in (0, 1). The interval is the whole
 * line while no t could yet leave it
 * @see Lindon, Ham, Tingley & Bojinov (2022), "Anytime-valid linear models and regression adjusted causal inference", theorem 3.
 * @example
 * anytimeCoefficient({ estimate: 0.5, standardError: 0.1, n: 200, degreesOfFreedom: 198, g: 50, alpha: 0.05 }) // => { logEValue: 8.5, pValue: 0.0002 }
 */
export function anytimeCoefficient({
  estimate,
  standardError,
  n,
  degreesOfFreedom: nu,
  g,
  alpha,
}: CoefficientInput): AnytimeCoefficient | Refused<"zero-standard-error" | "invalid-input"> {
  if (standardError === 0) return refuse("zero-standard-error", "no spread has been seen yet");
  if (!(
    Number.isFinite(estimate) &&
    standardError > 0 &&
    Number.isFinite(standardError) &&
    [n, nu, g].every((x) => x > 0 && Number.isFinite(x)) &&
    alpha > 0 &&
    alpha < 1
  )) {
    return refuse(
      "invalid-input",
      `estimate ${estimate}, standard error ${standardError}, n ${n}, ν ${nu}, g ${g}, alpha ${alpha}`,
    );
  }
  const r = g / (g + n);
  const square = (estimate / standardError) ** 2;
  const growth = Number.isFinite(square) ? Math.log1p((r * square) / nu) - Math.log1p(square / nu) : Math.log(r);
  const logEValue = 0.5 * Math.log(r) - ((nu + 1) / 2) * growth;
  const half = anytimeMultiplier({ n, degreesOfFreedom: nu, g, alpha }) * standardError;
  return {
    kind: "estimate",
    logEValue,
    pValue: Math.min(1, Math.exp(-logEValue)),
    interval: { lower: estimate - half, upper: estimate + half },
  };
}

/**
 * The |t| at which the e-value reaches 1/alpha; Infinity while no t can reach it.
 *
 * @part anytimeCoefficient
 * @returns NaN unless n, degreesOfFreedom and g are positive and finite, and alpha in (0, 1)
 */
export function anytimeMultiplier({
  n,
  degreesOfFreedom: nu,
  g,
  alpha,
}: Pick<CoefficientInput, "n" | "degreesOfFreedom" | "g" | "alpha">): number {
  if (![n, nu, g].every((x) => x > 0 && Number.isFinite(x)) || !(alpha > 0 && alpha < 1)) return NaN;
  const r = g / (g + n);
  const level = Math.exp((Math.log(r) + 2 * Math.log(alpha)) / (nu + 1));
  return level > r ? Math.sqrt((nu * (1 - level)) / (level - r)) : Infinity;
}

/**
 * The g with the narrowest interval at n units; choose n near the planned total, before the first look.
 *
 * @part anytimeCoefficient
 * @formula the root r of (1 − L)(ν + 1)r = (1 − r)L, L = (rα²)^(1/(ν + 1)), where the multiplier's derivative vanishes; g = n·r/(1 − r)
 * @returns `invalid-input` unless n > coefficients + 1, both finite and not negative, and alpha in (0, 1)
 * @see Lindon, Ham, Tingley & Bojinov (2022), section 3.3.
 */
export function narrowestG({
  n,
  coefficients,
  alpha,
}: {
  readonly n: number;
  readonly coefficients: number;
  readonly alpha: number;
}): { readonly kind: "estimate"; readonly g: number } | Refused<"invalid-input"> {
  const nu = n - coefficients;
  if (!(nu > 1 && coefficients >= 0 && Number.isFinite(n) && alpha > 0 && alpha < 1))
    return refuse("invalid-input", `n ${n}, coefficients ${coefficients}, alpha ${alpha}`);
  const slope = (logR: number): number => {
    const r = Math.exp(logR);
    const logLevel = (logR + 2 * Math.log(alpha)) / (nu + 1);
    return -Math.expm1(logLevel) * (nu + 1) * r - (1 - r) * Math.exp(logLevel);
  };
  const r = Math.exp(bisect(slope, -Math.log(n) - 20, -1e-12));
  return { kind: "estimate", g: (n * r) / (1 - r) };
}
