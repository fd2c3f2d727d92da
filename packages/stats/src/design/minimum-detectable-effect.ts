import { bisect } from "../numerics/bisect.ts";
import { normalQuantile } from "../numerics/special-functions.ts";
import { refuse, type Refused } from "../refused.ts";
import {
  isPositive,
  isSetting,
  twoMeansPower,
  twoProportionsPower,
  type ArmSizes,
  type DesignRefusal,
} from "./power.ts";

/** Error and power of a two-sided test. */
export interface TestSetting {
  readonly alpha: number;
  /** In (alpha, 1), for example 0.8. */
  readonly power: number;
}

/** The smallest effect that a test finds with the wanted power, in the units of the metric. */
export interface DetectableEffect {
  readonly kind: "estimate";
  readonly absolute: number;
}

/** For a rate also as a lift on the control rate, and the treatment rate it leads to. */
export interface DetectableRate extends DetectableEffect {
  readonly relative: number;
  readonly treatment: number;
}

/**
 * Minimum detectable effect of any estimate with a standard error: clustered, adjusted, a ratio metric.
 *
 * @param standardError - of the effect at the end of the test, > 0.
 * @formula (z_{1−α/2} + z_power)·se
 * @assumes a normal estimate; the chance of significance in the wrong direction is left out
 * @see Bloom (1995), "Minimum detectable effects: a simple way to report the statistical power of experimental designs"
 * @example
 * minimumDetectableEffect(0.01, { alpha: 0.05, power: 0.8 }).absolute // => 0.028016
 */
export function minimumDetectableEffect(
  standardError: number,
  setting: TestSetting,
): DetectableEffect | Refused<DesignRefusal> {
  if (!isPositive(standardError) || !isSetting(setting))
    return refuse("invalid-input", `standard error ${standardError}, alpha ${setting.alpha}, power ${setting.power}`);
  return {
    kind: "estimate",
    absolute: (normalQuantile(setting.power) - normalQuantile(setting.alpha / 2)) * standardError,
  };
}

/**
 * Minimum detectable change of a conversion rate by the pooled z-test.
 *
 * @param baseline - control rate, in (0, 1).
 * @returns `out-of-reach` when even a rate of 1 (or 0) would not be found; `invalid-input` otherwise.
 * @formula the p_t nearest to p_c with twoProportionsPower(p_c, p_t; sizes) = power
 * @assumes enough conversions for the normal approximation
 * @see Fleiss, Levin & Paik (2003), "Statistical methods for rates and proportions", eq. 4.17, solved for the rate
 * @example
 * const sizes = { control: 3841, treatment: 3841 };
 * minimumDetectableRate(0.1, { sizes, alpha: 0.05, power: 0.8 }) // => { treatment: 0.12, relative: 0.2 }
 */
export function minimumDetectableRate(
  baseline: number,
  {
    sizes,
    direction = "increase",
    ...setting
  }: TestSetting & { readonly sizes: ArmSizes; readonly direction?: "increase" | "decrease" },
): DetectableRate | Refused<DesignRefusal> {
  if (
    !(baseline > 0 && baseline < 1) ||
    !isSetting(setting) ||
    !isPositive(sizes.control) ||
    !isPositive(sizes.treatment)
  )
    return refuse("invalid-input", `baseline ${baseline} with ${sizes.control} and ${sizes.treatment} units`);
  const room = direction === "increase" ? 1 - baseline : -baseline;
  const excess = (share: number): number =>
    twoProportionsPower({ control: baseline, treatment: baseline + share * room, alpha: setting.alpha }, sizes) -
    setting.power;
  if (!(excess(1) > 0))
    return refuse(
      "out-of-reach",
      `no rate can be told from ${baseline} with ${sizes.control} and ${sizes.treatment} units`,
    );
  const absolute = room * bisect(excess, 0, 1);
  return { kind: "estimate", absolute, relative: absolute / baseline, treatment: baseline + absolute };
}

/**
 * Minimum detectable difference of two means by the pooled t-test.
 *
 * @param standardDeviation - of one unit, > 0.
 * @returns `invalid-input` for anything out of range or fewer than three units in all.
 * @formula the δ with twoMeansPower(δ, σ; sizes) = power
 * @assumes normal means and one standard deviation for both arms
 * @see Cohen (1988), "Statistical power analysis for the behavioral sciences", section 2.3, solved for the effect
 * @example
 * const sizes = { control: 64, treatment: 64 };
 * minimumDetectableMean(2, { sizes, alpha: 0.05, power: 0.8 }).absolute // => 0.9981
 */
export function minimumDetectableMean(
  standardDeviation: number,
  { sizes, alpha, power }: TestSetting & { readonly sizes: ArmSizes },
): DetectableEffect | Refused<DesignRefusal> {
  const { control, treatment } = sizes;
  if (
    !isPositive(standardDeviation) ||
    !isSetting({ alpha, power }) ||
    !isPositive(control) ||
    !isPositive(treatment) ||
    control + treatment < 3
  )
    return refuse("invalid-input", `deviation ${standardDeviation} with ${control} and ${treatment} units`);
  const standardError = standardDeviation * Math.sqrt(1 / control + 1 / treatment);
  const excess = (z: number): number =>
    twoMeansPower({ delta: z * standardError, standardDeviation, alpha }, sizes) - power;
  let most = 1;
  while (excess(most) < 0 && most < 1e9) most *= 2;
  if (!(excess(most) > 0)) return refuse("out-of-reach", `${control} and ${treatment} units find no difference`);
  return { kind: "estimate", absolute: standardError * bisect(excess, 0, most) };
}
