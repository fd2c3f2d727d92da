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
 * ln G = ½ ln r − (ν + 1)/2 · [ln(1 + r t²/ν) − ln(1 + t²/ν)], r = g/(g + n).
 *
 * @see Lindon, Ham, Tingley & Bojinov (2022), "Anytime-valid linear models and regression adjusted causal inference", theorem 3.
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
    n > 0 &&
    nu > 0 &&
    g > 0 &&
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
  const logEValue = 0.5 * Math.log(r) - ((nu + 1) / 2) * (Math.log1p((r * square) / nu) - Math.log1p(square / nu));
  const half = anytimeMultiplier({ n, degreesOfFreedom: nu, g, alpha }) * standardError;
  return {
    kind: "estimate",
    logEValue,
    pValue: Math.min(1, Math.exp(-logEValue)),
    interval: { lower: estimate - half, upper: estimate + half },
  };
}

/** The |t| at which the e-value reaches 1/alpha; Infinity while no t can reach it. */
export function anytimeMultiplier({
  n,
  degreesOfFreedom: nu,
  g,
  alpha,
}: Pick<CoefficientInput, "n" | "degreesOfFreedom" | "g" | "alpha">): number {
  const r = g / (g + n);
  const level = Math.exp((Math.log(r) + 2 * Math.log(alpha)) / (nu + 1));
  return level > r ? Math.sqrt((nu * (1 - level)) / (level - r)) : Infinity;
}

/**
 * The g with the narrowest interval at n units; choose n near the planned total, before the first look.
 *
 * @returns `invalid-input` unless n > coefficients + 1 and alpha in (0, 1).
 * @see Lindon, Ham, Tingley & Bojinov (2022), section 3.3. The derivative of the multiplier in r = g/(g + n) vanishes where
 * (1 − L)(ν + 1) r = (1 − r) L, L = (r α²)^(1/(ν + 1)).
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
  if (!(nu > 1 && Number.isFinite(n) && alpha > 0 && alpha < 1))
    return refuse("invalid-input", `n ${n}, coefficients ${coefficients}, alpha ${alpha}`);
  const slope = (logR: number): number => {
    const r = Math.exp(logR);
    const logLevel = (logR + 2 * Math.log(alpha)) / (nu + 1);
    return -Math.expm1(logLevel) * (nu + 1) * r - (1 - r) * Math.exp(logLevel);
  };
  const r = Math.exp(bisect(slope, -Math.log(n) - 20, -1e-12));
  return { kind: "estimate", g: (n * r) / (1 - r) };
}
