import { bisect } from "../numerics/bisect.ts";
import { normalLogCdf } from "../numerics/special-functions.ts";

/** Whether a boundary guards both signs of the sum or only large positive ones. */
export type MixtureSide = "one" | "two";

/**
 * Precision ρ (in units of intrinsic time v) of a normal mixture that is tightest at `vOpt`.
 *
 * @part normalMixtureBound
 * @returns NaN for an intrinsic time that is not positive, or an alpha outside (0, 1) (one-sided (0, ½))
 * @see Howard et al. (2021), proposition 3; one-sided mixtures use twice the alpha.
 */
export function mixturePrecision({
  vOpt,
  alphaOpt,
  side,
}: {
  readonly vOpt: number;
  readonly alphaOpt: number;
  readonly side: MixtureSide;
}): number {
  if (!(vOpt > 0 && vOpt < Infinity && alphaOpt > 0 && alphaOpt < (side === "one" ? 0.5 : 1))) return NaN;
  const logInverse = -2 * Math.log(side === "one" ? 2 * alphaOpt : alphaOpt);
  return vOpt / (logInverse + Math.log1p(logInverse));
}

/**
 * Evidence that a sum has drifted: ln of the normal mixture supermartingale. Two-sided it is the mixture sequential test (mSPRT).
 *
 * @param s - sum of the deviations from the null. @param v - intrinsic time ≥ 0: their variance summed.
 * @returns ln of an e-value; NaN for a negative time or a precision that is not positive
 * @formula ½ ln(ρ/(v + ρ)) + s²/(2(v + ρ)); one-sided + ln 2 + ln Φ(s/√(v + ρ))
 * @assumes sub-Gaussian deviations of the stated variance
 * @see Howard et al. (2021), eq. 14; Johari, Pekelis & Walsh (2022), "Always valid inference", section 4.
 * @example
 * normalLogMixture(30, 100, { rho: 100, side: "two" }) // => 1.9034
 */
export function normalLogMixture(
  s: number,
  v: number,
  { rho, side }: { readonly rho: number; readonly side: MixtureSide },
): number {
  if (!(v >= 0 && rho > 0)) return NaN;
  const twoSided = 0.5 * Math.log(rho / (v + rho)) + (s * s) / (2 * (v + rho));
  return side === "two" ? twoSided : Math.LN2 + twoSided + normalLogCdf(s / Math.sqrt(v + rho));
}

/**
 * The sum that a sub-Gaussian process of intrinsic time v exceeds at any time with probability at most alpha.
 *
 * @param options.rho - precision of the mixture, by `mixturePrecision`.
 * @returns NaN for a negative time, a precision that is not positive or an alpha outside (0, 1)
 * @formula two-sided √((v + ρ)·ln((v + ρ)/(ρα²))); one-sided where `normalLogMixture` reaches ln(1/α)
 * @assumes sub-Gaussian deviations of the stated variance
 * @see Howard et al. (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", eq. 14.
 * @example
 * const rho = mixturePrecision({ vOpt: 100, alphaOpt: 0.05, side: "two" });
 * normalMixtureBound(100, { alpha: 0.05, rho, side: "two" }) // => 30.4
 */
export function normalMixtureBound(
  v: number,
  { alpha, rho, side }: { readonly alpha: number; readonly rho: number; readonly side: MixtureSide },
): number {
  if (!(v >= 0 && Number.isFinite(v) && rho > 0 && Number.isFinite(rho) && alpha > 0 && alpha < 1)) return NaN;
  const twoSided = Math.sqrt((v + rho) * (Math.log1p(v / rho) - 2 * Math.log(alpha)));
  if (side === "two") return twoSided;
  return bisect((s) => normalLogMixture(s, v, { rho, side }) + Math.log(alpha), 0, twoSided);
}
