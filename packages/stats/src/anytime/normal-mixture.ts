import { bisect } from "../numerics/bisect.ts";
import { normalLogCdf } from "../numerics/special-functions.ts";

/** Whether a boundary guards both signs of the sum or only large positive ones. */
export type MixtureSide = "one" | "two";

/**
 * Precision ρ (in units of intrinsic time v) of a normal mixture that is tightest at `vOpt`.
 *
 * @see Howard et al. (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", proposition 3; one-sided mixtures
 * use twice the alpha.
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
  const logInverse = -2 * Math.log(side === "one" ? 2 * alphaOpt : alphaOpt);
  return vOpt / (logInverse + Math.log1p(logInverse));
}

/**
 * ln of the normal mixture supermartingale at sum s and intrinsic time v: evidence that the sum has drifted. Two-sided it is the
 * mixture sequential probability ratio test (mSPRT).
 *
 * @see Howard et al. (2021), eq. 14; Johari, Pekelis & Walsh (2022), "Always valid inference".
 */
export function normalLogMixture(
  s: number,
  v: number,
  { rho, side }: { readonly rho: number; readonly side: MixtureSide },
): number {
  const twoSided = 0.5 * Math.log(rho / (v + rho)) + (s * s) / (2 * (v + rho));
  return side === "two" ? twoSided : Math.LN2 + twoSided + normalLogCdf(s / Math.sqrt(v + rho));
}

/** The sum that a sub-Gaussian process of intrinsic time v exceeds at any time with probability at most alpha. */
export function normalMixtureBound(
  v: number,
  { alpha, rho, side }: { readonly alpha: number; readonly rho: number; readonly side: MixtureSide },
): number {
  const twoSided = Math.sqrt((v + rho) * (Math.log1p(v / rho) - 2 * Math.log(alpha)));
  if (side === "two") return twoSided;
  return bisect((s) => normalLogMixture(s, v, { rho, side }) + Math.log(alpha), 0, twoSided);
}
