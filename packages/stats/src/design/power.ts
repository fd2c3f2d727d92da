import { bisect } from "../numerics/bisect.ts";
import { noncentralTSf } from "../numerics/noncentral-t.ts";
import { refuse, type Refused } from "../refused.ts";
import { normalCdf, normalQuantile, normalSf, tQuantile } from "../numerics/special-functions.ts";

/** Two true rates that a test should tell apart, with its two-sided error. */
export interface TwoRates {
  readonly control: number;
  readonly treatment: number;
  readonly alpha: number;
}

/**
 * Power of the pooled two-sided z-test with `n` units in each arm; the chance of a significant result in the wrong direction is left out.
 *
 * @see Fleiss, Levin & Paik (2003), "Statistical methods for rates and proportions", eq. 4.17; as R's `power.prop.test`.
 */
export function twoProportionsPower({ control: p1, treatment: p2, alpha }: TwoRates, n: number): number {
  const atNull = -normalQuantile(alpha / 2) * Math.sqrt(((p1 + p2) * (2 - p1 - p2)) / 2);
  return normalCdf((Math.sqrt(n) * Math.abs(p1 - p2) - atNull) / Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2)));
}

/** Units of each arm for a wanted power. */
export interface ArmSizes {
  readonly control: number;
  readonly treatment: number;
}

/**
 * Units (not rounded up) for the pooled two-sided z-test to reach a power; `ratio` = treatment units per control unit.
 *
 * @see Fleiss, Levin & Paik (2003), eq. 4.18-4.19.
 */
export function twoProportionsSize(
  { control: p1, treatment: p2, alpha }: TwoRates,
  { power, ratio = 1 }: { readonly power: number; readonly ratio?: number },
): ArmSizes | Refused<"no-effect" | "invalid-input"> {
  if (p1 === p2) return refuse("no-effect", "no number of units tells two equal rates apart");
  if (!isSetting({ alpha, power }) || !(ratio > 0) || !(p1 >= 0 && p1 <= 1 && p2 >= 0 && p2 <= 1))
    return refuse("invalid-input", "rates, alpha and power must be probabilities, ratio positive");
  const pooled = (p1 + ratio * p2) / (1 + ratio);
  const atNull = -normalQuantile(alpha / 2) * Math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio));
  const atEffect = normalQuantile(power) * Math.sqrt(p1 * (1 - p1) + (p2 * (1 - p2)) / ratio);
  const control = ((atNull + atEffect) / (p1 - p2)) ** 2;
  return { control, treatment: ratio * control };
}

/** Cohen's effect size of two rates: 2 asin √p2 − 2 asin √p1. @see Cohen (1988), section 6.2. */
export function cohenH(control: number, treatment: number): number {
  return 2 * Math.asin(Math.sqrt(treatment)) - 2 * Math.asin(Math.sqrt(control));
}

/**
 * Power of a two-sided z-test of a standardised effect, both tails counted.
 *
 * @param sizes.control, sizes.treatment - units of each arm.
 * @see Cohen (1988), section 2.3.
 */
export function standardisedPower(
  effect: number,
  { control, treatment, alpha }: ArmSizes & { readonly alpha: number },
): number {
  const shift = effect * Math.sqrt(1 / (1 / control + 1 / treatment));
  const critical = -normalQuantile(alpha / 2);
  return normalSf(critical - shift) + normalCdf(-critical - shift);
}

/** Control units (not rounded up) at which `standardisedPower` reaches a power; `ratio` = treatment units per control unit. */
export function standardisedSize(
  effect: number,
  { alpha, power, ratio = 1 }: { readonly alpha: number; readonly power: number; readonly ratio?: number },
): number | Refused<"no-effect" | "invalid-input"> {
  if (effect === 0) return refuse("no-effect", "no number of units finds an effect of 0");
  if (!isSetting({ alpha, power })) return refuse("invalid-input", "alpha must be in (0, 1) and power in (alpha, 1)");
  const excess = (logN: number): number =>
    standardisedPower(effect, { control: Math.exp(logN), treatment: ratio * Math.exp(logN), alpha }) - power;
  return Math.exp(bisect(excess, -20, 80));
}

/** Two means that a test should tell apart: their difference, the common standard deviation and the two-sided error. */
export interface TwoMeans {
  readonly delta: number;
  readonly standardDeviation: number;
  readonly alpha: number;
}

/**
 * Power of the two-sided pooled t-test with `n` units in each arm, by the noncentral t; the wrong direction is left out.
 *
 * @see Cohen (1988), section 2.3; as R's `power.t.test`.
 */
export function twoMeansPower({ delta, standardDeviation, alpha }: TwoMeans, n: number): number {
  const df = 2 * (n - 1);
  const shift = (Math.sqrt(n / 2) * Math.abs(delta)) / standardDeviation;
  // Beyond 30 standard errors of shift the noncentral series underflows, and power is 1 to the last digit.
  return shift > 35 ? 1 : noncentralTSf(-tQuantile(alpha / 2, df), df, shift);
}

/** Units of each arm (not rounded up) at which `twoMeansPower` reaches a power. */
export function twoMeansSize(
  means: TwoMeans,
  { power }: { readonly power: number },
): number | Refused<"no-effect" | "invalid-input"> {
  if (means.delta === 0) return refuse("no-effect", "no number of units tells two equal means apart");
  if (!isSetting({ alpha: means.alpha, power }) || !(means.standardDeviation > 0))
    return refuse("invalid-input", "alpha must be in (0, 1), power in (alpha, 1), the standard deviation positive");
  const excess = (logN: number): number => twoMeansPower(means, Math.exp(logN)) - power;
  if (excess(Math.log(2)) >= 0) return 2;
  return Math.exp(bisect(excess, Math.log(2), 60));
}

function isSetting({ alpha, power }: { readonly alpha: number; readonly power: number }): boolean {
  return alpha > 0 && alpha < 1 && power > alpha && power < 1;
}
