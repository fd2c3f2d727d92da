import { bisect } from "../numerics/bisect.ts";
import { noncentralTSf } from "../numerics/noncentral-t.ts";
import { normalCdf, normalQuantile, normalSf, tQuantile } from "../numerics/special-functions.ts";
import { refuse, type Refused } from "../refused.ts";

/** Two true rates that a test should tell apart, with its two-sided error. */
export interface TwoRates {
  readonly control: number;
  readonly treatment: number;
  readonly alpha: number;
}

/** Units of each arm. */
export interface ArmSizes {
  readonly control: number;
  readonly treatment: number;
}

/** Why no number of units answers a design question. */
export type DesignRefusal = "invalid-input" | "no-effect" | "out-of-reach";

/**
 * Power of the pooled two-sided z-test of two rates; the chance of a significant result in the wrong direction is left out.
 *
 * @param sizes - units of each arm, or one number for both.
 * @returns NaN unless rates are in [0, 1], alpha in (0, 1) and sizes positive.
 * @formula Φ( (|p_t − p_c| − z·√(p̄(1 − p̄)(1/n_c + 1/n_t))) / √(p_c(1 − p_c)/n_c + p_t(1 − p_t)/n_t) )
 * @assumes enough conversions for the normal approximation (about 5 of either outcome an arm)
 * @see Fleiss, Levin & Paik (2003), "Statistical methods for rates and proportions", eq. 4.17; as R's `power.prop.test`
 * @example
 * twoProportionsPower({ control: 0.1, treatment: 0.12, alpha: 0.05 }, 3841) // => 0.8
 */
export function twoProportionsPower({ control: p1, treatment: p2, alpha }: TwoRates, sizes: number | ArmSizes): number {
  const { control: n1, treatment: n2 } = bothArms(sizes);
  if (!areRates(p1, p2) || !(alpha > 0 && alpha < 1) || !(n1 > 0 && n2 > 0)) return NaN;
  const pooled = (p1 + (n2 / n1) * p2) / (1 + n2 / n1);
  const atNull = -normalQuantile(alpha / 2) * Math.sqrt(pooled * (1 - pooled) * (1 + n1 / n2));
  const atEffect = Math.sqrt(p1 * (1 - p1) + (p2 * (1 - p2) * n1) / n2);
  const excess = Math.sqrt(n1) * Math.abs(p1 - p2) - atNull;
  return atEffect === 0 ? Number(excess > 0) : normalCdf(excess / atEffect);
}

/**
 * Units (not rounded up) for the pooled two-sided z-test to reach a power; `ratio` = treatment units per control unit.
 *
 * @returns `no-effect` for equal rates; `invalid-input` otherwise.
 * @formula n_c = ( z_{1−α/2}·√(p̄(1 − p̄)(1 + 1/r)) + z_power·√(p_c(1 − p_c) + p_t(1 − p_t)/r) )² / (p_t − p_c)²
 * @assumes enough conversions for the normal approximation
 * @see Fleiss, Levin & Paik (2003), "Statistical methods for rates and proportions", eq. 4.18-4.19
 * @example
 * twoProportionsSize({ control: 0.1, treatment: 0.12, alpha: 0.05 }, { power: 0.8 }) // => { control: 3840.85, treatment: 3840.85 }
 */
export function twoProportionsSize(
  { control: p1, treatment: p2, alpha }: TwoRates,
  { power, ratio = 1 }: { readonly power: number; readonly ratio?: number },
): ArmSizes | Refused<DesignRefusal> {
  if (!isSetting({ alpha, power }) || !isPositive(ratio) || !areRates(p1, p2))
    return refuse("invalid-input", "rates, alpha and power must be probabilities, ratio positive");
  if (p1 === p2) return refuse("no-effect", "no number of units tells two equal rates apart");
  const pooled = (p1 + ratio * p2) / (1 + ratio);
  const atNull = -normalQuantile(alpha / 2) * Math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio));
  const atEffect = normalQuantile(power) * Math.sqrt(p1 * (1 - p1) + (p2 * (1 - p2)) / ratio);
  const control = ((atNull + atEffect) / (p1 - p2)) ** 2;
  return { control, treatment: ratio * control };
}

/**
 * Cohen's effect size of two rates: a distance on which their spread is the same everywhere.
 *
 * @formula h = 2 asin √p_t − 2 asin √p_c
 * @assumes rates in [0, 1]; NaN outside
 * @see Cohen (1988), "Statistical power analysis for the behavioral sciences", section 6.2
 * @example
 * cohenH(0.1, 0.12) // => 0.0640
 */
export function cohenH(control: number, treatment: number): number {
  return 2 * Math.asin(Math.sqrt(treatment)) - 2 * Math.asin(Math.sqrt(control));
}

/**
 * Power of a two-sided z-test of a standardised effect, both tails counted.
 *
 * @returns NaN unless alpha is in (0, 1) and sizes are positive.
 * @formula Φ(−z + s) + Φ(−z − s), s = effect/√(1/n_c + 1/n_t)
 * @assumes a normal statistic of known spread
 * @see Cohen (1988), "Statistical power analysis for the behavioral sciences", section 2.3
 * @example
 * standardisedPower(0.2, { control: 400, treatment: 400, alpha: 0.05 }) // => 0.8074
 */
export function standardisedPower(
  effect: number,
  { control, treatment, alpha }: ArmSizes & { readonly alpha: number },
): number {
  if (!(alpha > 0 && alpha < 1) || !(control > 0 && treatment > 0)) return NaN;
  const shift = effect / Math.sqrt(1 / control + 1 / treatment);
  const critical = -normalQuantile(alpha / 2);
  return normalSf(critical - shift) + normalCdf(-critical - shift);
}

/**
 * Control units (not rounded up) at which `standardisedPower` reaches a power; `ratio` = treatment units per control unit.
 *
 * @returns `no-effect` for an effect of 0, `out-of-reach` where e^80 units would not do; `invalid-input` otherwise.
 * @formula the n_c with standardisedPower(effect; n_c, r·n_c) = power
 * @assumes a normal statistic of known spread
 * @see Cohen (1988), "Statistical power analysis for the behavioral sciences", section 2.4
 * @example
 * standardisedSize(0.2, { alpha: 0.05, power: 0.8 }) // => 392.44
 */
export function standardisedSize(
  effect: number,
  { alpha, power, ratio = 1 }: { readonly alpha: number; readonly power: number; readonly ratio?: number },
): number | Refused<DesignRefusal> {
  if (!isSetting({ alpha, power }) || !isPositive(ratio) || !Number.isFinite(effect))
    return refuse("invalid-input", "alpha must be in (0, 1), power in (alpha, 1), ratio positive, effect finite");
  if (effect === 0) return refuse("no-effect", "no number of units finds an effect of 0");
  const excess = (logN: number): number =>
    standardisedPower(effect, { control: Math.exp(logN), treatment: ratio * Math.exp(logN), alpha }) - power;
  if (!(excess(-20) < 0 && excess(80) > 0)) return refuse("out-of-reach", `an effect of ${effect} at power ${power}`);
  return Math.exp(bisect(excess, -20, 80));
}

/** Two means that a test should tell apart: their difference, the common standard deviation and the two-sided error. */
export interface TwoMeans {
  readonly delta: number;
  readonly standardDeviation: number;
  readonly alpha: number;
}

/**
 * Power of the two-sided pooled t-test of two means, by the noncentral t; the wrong direction is left out.
 *
 * @param sizes - units of each arm, or one number for both; three in all at least.
 * @returns NaN for anything out of range.
 * @formula P(T_{ν}(δ/(σ√(1/n_c + 1/n_t))) > t_{1−α/2}(ν)), ν = n_c + n_t − 2
 * @assumes normal means and one standard deviation for both arms
 * @see Cohen (1988), "Statistical power analysis for the behavioral sciences", section 2.3; as R's `power.t.test`
 * @example
 * twoMeansPower({ delta: 1, standardDeviation: 2, alpha: 0.05 }, 64) // => 0.8015
 */
export function twoMeansPower({ delta, standardDeviation, alpha }: TwoMeans, sizes: number | ArmSizes): number {
  const { control, treatment } = bothArms(sizes);
  if (!(alpha > 0 && alpha < 1) || !(standardDeviation > 0) || !(control > 0 && treatment > 0)) return NaN;
  const df = control + treatment - 2;
  const shift = Math.abs(delta) / standardDeviation / Math.sqrt(1 / control + 1 / treatment);
  return noncentralTSf(-tQuantile(alpha / 2, df), df, shift);
}

/**
 * Control units (not rounded up, 2 at least) at which `twoMeansPower` reaches a power; `ratio` = treatment units per control unit.
 *
 * @returns `no-effect` for a difference of 0, `out-of-reach` where 10¹² units would not do; `invalid-input` otherwise.
 * @formula the n_c with twoMeansPower(δ, σ; n_c, r·n_c) = power
 * @assumes normal means and one standard deviation for both arms
 * @see Cohen (1988), "Statistical power analysis for the behavioral sciences", section 2.4
 * @example
 * twoMeansSize({ delta: 1, standardDeviation: 2, alpha: 0.05 }, { power: 0.8 }) // => 63.7658
 */
export function twoMeansSize(
  means: TwoMeans,
  { power, ratio = 1 }: { readonly power: number; readonly ratio?: number },
): number | Refused<DesignRefusal> {
  const { alpha, standardDeviation, delta } = means;
  if (!isSetting({ alpha, power }) || !isPositive(standardDeviation) || !isPositive(ratio) || !Number.isFinite(delta))
    return refuse("invalid-input", "alpha must be in (0, 1), power in (alpha, 1), deviation and ratio positive");
  if (delta === 0) return refuse("no-effect", "no number of units tells two equal means apart");
  const excess = (logN: number): number =>
    twoMeansPower(means, { control: Math.exp(logN), treatment: ratio * Math.exp(logN) }) - power;
  const [fewest, most] = [Math.log(2 * Math.max(1, 1 / ratio)), Math.log(1e12)];
  if (excess(fewest) >= 0) return Math.exp(fewest);
  if (!(excess(most) > 0)) return refuse("out-of-reach", `a difference of ${delta} needs more than 10¹² units`);
  return Math.exp(bisect(excess, fewest, most));
}

/** True when a test's error and its wanted power make a design: 0 < alpha < power < 1. */
export function isSetting({ alpha, power }: { readonly alpha: number; readonly power: number }): boolean {
  return alpha > 0 && alpha < 1 && power > alpha && power < 1;
}

/** True for a positive finite number. */
export function isPositive(x: number): boolean {
  return x > 0 && x < Infinity;
}

function areRates(...rates: readonly number[]): boolean {
  return rates.every((p) => p >= 0 && p <= 1);
}

function bothArms(sizes: number | ArmSizes): ArmSizes {
  return typeof sizes === "number" ? { control: sizes, treatment: sizes } : sizes;
}
