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
 * Half-width = se·√N · √( 2(Nρ²+1)/(N²ρ²) · ln(√(Nρ²+1)/α) ). Asymptotic: have a burn-in (25 conversions an arm is the
 * default elsewhere in Ratchet), judge the absolute and not the relative difference, and never intersect over time.
 *
 * @returns `zero-standard-error` (before the first spread is seen the formula would give zero width), `too-few` for n < 2,
 * `invalid-input` for anything not finite or out of range.
 * @see Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), "Time-uniform central limit theory and asymptotic confidence
 * sequences", Annals of Statistics, eq. 9 and appendix B.2 (tuning).
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
 * exact: (−W₋₁(−α²/e) − 1)/n*; approximate: (−2 ln α + ln(1 − 2 ln α))/n*.
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
  const logAlphaSquared = 2 * Math.log(alpha);
  const scaled =
    tuning === "exact" ? -lambertWm1OfLog(logAlphaSquared - 1) - 1 : -logAlphaSquared + Math.log1p(-logAlphaSquared);
  return scaled / tunedFor;
}

/** Half-width for an outcome of standard deviation 1 after n units; one-sided per Howard et al. (2021), normal mixture bound. */
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
  const spread = n * rhoSquared + 1;
  const logarithm = sided === "two" ? Math.log(Math.sqrt(spread) / alpha) : Math.log1p(Math.sqrt(spread) / (2 * alpha));
  return Math.sqrt(((2 * spread) / (n * n * rhoSquared)) * logarithm);
}

/**
 * Half-width for an outcome of standard deviation 1 after n units, of the order √(ln ln n / n): tightest in the far long run, untuned.
 *
 * @see Howard et al. (2021), eq. 2; Waudby-Smith et al. (2024), appendix B.1.
 */
export function iteratedLogarithmMargin(n: number, alpha: number): number {
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
