import { normalQuantile } from "../numerics/special-functions.ts";
import { refuse, type Refused } from "../refused.ts";
import type { TestSetting } from "./minimum-detectable-effect.ts";
import { isPositive, isSetting, type DesignRefusal } from "./power.ts";

/** Standard deviation of one unit in each arm. */
export interface ArmDeviations {
  readonly control: number;
  readonly treatment: number;
}

/**
 * Smallest share of all units to hold out so that an effect of everything else is still found: the price of knowing.
 *
 * @param deviations - control = held out; for a rate p it is √(p(1 − p)).
 * @param question - `units`: of holdout and rest together; `effect`: the smallest worth finding.
 * @returns `out-of-reach` when no split finds it, with the units that the best split would need; `no-effect`; `invalid-input`.
 * @formula smaller root h of σ_h²/(h·N) + σ_t²/((1 − h)·N) = (effect/(z_{1−α/2} + z_power))²
 * @assumes a near-normal difference, one look at the end
 * @see Cohen (1988), "Statistical power analysis for the behavioral sciences", section 2.3, for unequal arms
 * @example
 * const day = { units: 100000, effect: 0.01, alpha: 0.05, power: 0.8 };
 * holdoutShare({ control: 0.3, treatment: 0.3 }, day) // => { kind: "estimate", share: 0.07649 }
 */
export function holdoutShare(
  deviations: ArmDeviations,
  { units, effect, ...setting }: TestSetting & { readonly units: number; readonly effect: number },
): { readonly kind: "estimate"; readonly share: number } | Refused<DesignRefusal> {
  const { control, treatment } = deviations;
  if (![control, treatment, units].every(isPositive) || !isSetting(setting) || !Number.isFinite(effect))
    return refuse("invalid-input", `deviations ${control} and ${treatment}, ${units} units, effect ${effect}`);
  if (effect === 0) return refuse("no-effect", "no holdout finds an effect of 0");
  const wanted = (effect / (normalQuantile(setting.power) - normalQuantile(setting.alpha / 2))) ** 2;
  // V h² − (V + σ_h² − σ_t²) h + σ_h² = 0 with V = wanted variance × units.
  const [v, h, t] = [wanted * units, control ** 2, treatment ** 2];
  const middle = v + h - t;
  if (!(v >= (control + treatment) ** 2 && v < Infinity))
    return refuse("out-of-reach", `even the best split needs ${Math.ceil((control + treatment) ** 2 / wanted)} units`);
  return { kind: "estimate", share: (2 * h) / (middle + Math.sqrt(Math.max(0, middle * middle - 4 * v * h))) };
}

/**
 * Share of units for the treatment that makes the difference of two means most precise: in proportion to the arms' spread.
 *
 * @returns `invalid-input` unless both deviations are positive and finite.
 * @formula σ_t/(σ_c + σ_t)
 * @assumes a unit costs the same in both arms
 * @see Neyman (1934), "On the two different aspects of the representative method", section III
 * @example
 * mostPreciseShare({ control: 1, treatment: 3 }) // => { kind: "estimate", share: 0.75 }
 */
export function mostPreciseShare({
  control,
  treatment,
}: ArmDeviations): { readonly kind: "estimate"; readonly share: number } | Refused<"invalid-input"> {
  if (!isPositive(control) || !isPositive(treatment))
    return refuse("invalid-input", `deviations must be positive, got ${control} and ${treatment}`);
  return { kind: "estimate", share: treatment / (control + treatment) };
}
