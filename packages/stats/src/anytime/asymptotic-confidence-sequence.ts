import { lambertWm1OfLog } from "../numerics/lambert-w.ts";
import { refuse, type Refused } from "../refused.ts";
import { normalLogCdf } from "../numerics/special-functions.ts";

/** Which side an interval guards: both, only below (upper = Infinity) or only above (lower = −Infinity). */
export type Sides = "two" | "lower" | "upper";

/** An interval that holds at every look at once, with the evidence against 0 that belongs to it. */
export interface ConfidenceSequence {
  readonly kind: "estimate";
  readonly lower: number;
  readonly upper: number;
  /** Distance from the estimate to a guarded end, in the units of the estimate. */
  readonly halfWidth: number;
  /** ln of the e-value against a true value of 0; kept as a logarithm because e-values overflow. */
  readonly logEValue: number;
  /** Always-valid p-value: at most alpha exactly when the interval leaves out 0. */
  readonly pValue: number;
}

/** How the mixing variance is chosen: "exact" optimum by Lambert's W, or the closed approximation that GrowthBook uses. */
export type Tuning = "exact" | "approximate";

/** Input of the asymptotic confidence sequence. */
export interface AsymptoticInput {
  readonly estimate: number;
  /** Standard error of the estimate as it is now, > 0. */
  readonly standardError: number;
  /** Total units behind the estimate (both arms). */
  readonly n: number;
  /** Error probability over all looks together, in (0, 1); below 0.5 when one-sided. */
  readonly alpha: number;
  /** Total units at which the interval should be tightest. Fix it before the first look. */
  readonly tunedFor: number;
  readonly sides?: Sides;
  readonly tuning?: Tuning;
}

/**
 * Asymptotic confidence sequence: an interval that may be watched continuously and stopped on at will.
 *
 * Have a burn-in: `rateDifferenceSequence` waits for 25 of the rarer outcome in each arm. Judge the absolute or the log-ratio scale, not
 * the relative difference, and never intersect over time.
 *
 * @formula estimate ± se·√N·√(2(Nρ² + 1)/(N²ρ²)·ln(√(Nρ² + 1)/α)); one-sided with ln(1 + √(Nρ² + 1)/(2α)); ρ² by `mixingVariance`;
 * ln e = ρ²Nz²/(2(Nρ² + 1)) − ½ ln(Nρ² + 1), z = estimate/se
 * @assumes an estimate that is asymptotically a mean of independent units; a standard error that is estimated from many of them
 * @returns `zero-standard-error` (before the first spread is seen the formula would give zero width), `too-few` for n < 2,
 * `invalid-input` for anything not finite or out of range.
 * @see Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), "Time-uniform central limit theory and asymptotic confidence
 * sequences", Annals of Statistics, eq. 9 and appendix B.2 (tuning).
 * @example
 * const sequence = asymptoticConfidenceSequence({ estimate: 0.3, standardError: 0.04, n: 8182, alpha: 0.05, tunedFor: 5000 });
 * sequence // => { lower: 0.177978, upper: 0.422022 }
 */
export function asymptoticConfidenceSequence({
  estimate,
  standardError,
  n,
  alpha,
  tunedFor,
  sides = "two",
  tuning = "exact",
}: AsymptoticInput): ConfidenceSequence | Refused<"zero-standard-error" | "too-few" | "invalid-input"> {
  const alphaMax = sides === "two" ? 1 : 0.5;
  if (!(alpha > 0 && alpha < alphaMax))
    return refuse("invalid-input", `alpha must be in (0, ${alphaMax}), got ${alpha}`);
  if (!(tunedFor > 0 && Number.isFinite(tunedFor)))
    return refuse("invalid-input", `tunedFor must be a positive number of units, got ${tunedFor}`);
  if (!Number.isFinite(estimate) || !Number.isFinite(n))
    return refuse("invalid-input", `estimate ${estimate} of ${n} units is not finite`);
  if (n < 2) return refuse("too-few", `a confidence sequence needs at least 2 units, got ${n}`);
  if (standardError === 0)
    return refuse("zero-standard-error", "no spread has been seen yet; wait for the first conversions");
  if (!(standardError > 0 && Number.isFinite(standardError)))
    return refuse("invalid-input", `standard error must be positive, got ${standardError}`);

  const rhoSquared = mixingVariance({ alpha: sides === "two" ? alpha : 2 * alpha, tunedFor, tuning });
  const halfWidth =
    standardError * Math.sqrt(n) * asymptoticMargin({ n, rhoSquared, alpha, sided: sides === "two" ? "two" : "one" });
  if (!(estimate - halfWidth < estimate + halfWidth && Number.isFinite(halfWidth)))
    return refuse("invalid-input", `${estimate} with standard error ${standardError} is beyond the digits of a double`);
  const z = (sides === "upper" ? -estimate : estimate) / standardError;
  return {
    kind: "estimate",
    lower: sides === "upper" ? -Infinity : estimate - halfWidth,
    upper: sides === "lower" ? Infinity : estimate + halfWidth,
    halfWidth,
    ...evidence({ z, n, rhoSquared, sided: sides === "two" ? "two" : "one" }),
  };
}

/**
 * ρ², the variance of the Gaussian mixture per unit of outcome variance, that makes the interval tightest at `tunedFor` units.
 *
 * @part asymptoticConfidenceSequence
 * @formula exact: (−W₋₁(−α²/e) − 1)/n*; approximate: (−2 ln α + ln(1 − 2 ln α))/n*
 * @returns NaN for an alpha outside (0, 1) or units that are not positive
 */
export function mixingVariance({
  alpha,
  tunedFor,
  tuning,
}: {
  readonly alpha: number;
  readonly tunedFor: number;
  readonly tuning: Tuning;
}): number {
  if (!(alpha > 0 && alpha < 1 && tunedFor > 0)) return NaN;
  const logAlphaSquared = 2 * Math.log(alpha);
  const scaled =
    tuning === "exact" ? -lambertWm1OfLog(logAlphaSquared - 1) - 1 : -logAlphaSquared + Math.log1p(-logAlphaSquared);
  return scaled / tunedFor;
}

/**
 * Half-width of the asymptotic confidence sequence for an outcome of standard deviation 1 after n units.
 *
 * @part asymptoticConfidenceSequence
 * @returns NaN for units or a mixing variance that are not positive, or an alpha outside (0, 1)
 */
export function asymptoticMargin({
  n,
  rhoSquared,
  alpha,
  sided,
}: {
  readonly n: number;
  readonly rhoSquared: number;
  readonly alpha: number;
  readonly sided: "one" | "two";
}): number {
  if (!(n > 0 && rhoSquared > 0 && alpha > 0 && alpha < 1)) return NaN;
  const spread = n * rhoSquared + 1;
  const logarithm = sided === "two" ? Math.log(Math.sqrt(spread) / alpha) : Math.log1p(Math.sqrt(spread) / (2 * alpha));
  return Math.sqrt(((2 * spread) / (n * n * rhoSquared)) * logarithm);
}

/**
 * Half-width of a confidence sequence that needs no tuning, for an outcome of standard deviation 1 after n units.
 *
 * Narrowest in the far long run, of the order √(ln ln n/n); wider than a tuned mixture at any size that somebody waits for.
 *
 * @returns NaN for less than one unit or an alpha outside (0, 1)
 * @formula 1.7·√((ln ln 2n + 0.72·ln(10.4/α))/n)
 * @assumes a mean of independent units of variance 1, asymptotically or sub-Gaussian
 * @see Howard et al. (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", eq. 2; Waudby-Smith et al. (2024), appendix B.1.
 * @example
 * iteratedLogarithmMargin(10000, 0.05) // => 0.0420
 */
export function iteratedLogarithmMargin(n: number, alpha: number): number {
  if (!(n >= 1 && alpha > 0 && alpha < 1)) return NaN;
  return 1.7 * Math.sqrt((Math.log(Math.log(2 * n)) + 0.72 * Math.log(10.4 / alpha)) / n);
}

function evidence({
  z,
  n,
  rhoSquared,
  sided,
}: {
  readonly z: number;
  readonly n: number;
  readonly rhoSquared: number;
  readonly sided: "one" | "two";
}): { readonly logEValue: number; readonly pValue: number } {
  const spread = n * rhoSquared + 1;
  const exponent = (rhoSquared * n * z * z) / (2 * spread);
  const logTwoSided = exponent - 0.5 * Math.log(spread);
  if (sided === "two") return { logEValue: logTwoSided, pValue: Math.min(1, Math.exp(-logTwoSided)) };
  const logEValue = Math.LN2 + logTwoSided + normalLogCdf(z * Math.sqrt((rhoSquared * n) / spread));
  return { logEValue, pValue: z > 0 ? Math.min(1, Math.sqrt(spread) / (2 * Math.expm1(exponent))) : 1 };
}
