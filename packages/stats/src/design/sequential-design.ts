import { asymptoticMargin, mixingVariance } from "../anytime/asymptotic-confidence-sequence.ts";
import { bisect } from "../numerics/bisect.ts";
import { normalQuantile } from "../numerics/special-functions.ts";
import { refuse, type Refused } from "../refused.ts";
import type { DetectableEffect, TestSetting } from "./minimum-detectable-effect.ts";
import { isPositive, isSetting, type DesignRefusal } from "./power.ts";

/** A test that is watched by the two-sided asymptotic confidence sequence. */
export interface SequentialTest extends TestSetting {
  /** Standard error × √n: see `deviationPerUnit`. */
  readonly deviationPerUnit: number;
  /** Total units at which the sequence is tightest, as given to `asymptoticConfidenceSequence`. */
  readonly tunedFor: number;
}

/** More units than anybody will wait for; beyond it the answer is a refusal. */
const UNITS_MAX = 1e12;

/**
 * What one unit of the experiment adds to the error of the difference: its standard error is this over √(total units).
 *
 * @param arms - standard deviation of one unit of each arm and the share of all units that the treatment gets.
 * @returns NaN unless deviations are positive and the share is in (0, 1).
 * @part sequentialUnits
 * @example
 * deviationPerUnit({ control: 1, treatment: 1, treatmentShare: 0.5 }) // => 2
 */
export function deviationPerUnit({
  control,
  treatment,
  treatmentShare,
}: {
  readonly control: number;
  readonly treatment: number;
  readonly treatmentShare: number;
}): number {
  if (!isPositive(control) || !isPositive(treatment) || !(treatmentShare > 0 && treatmentShare < 1)) return NaN;
  return Math.sqrt(control ** 2 / (1 - treatmentShare) + treatment ** 2 / treatmentShare);
}

/**
 * Minimum detectable effect under continuous looking: what the confidence sequence tells from 0 by `n` units with the wanted power.
 *
 * Counts the look at n alone; earlier looks can only add power.
 *
 * @param n - total units at the planned end, both arms.
 * @returns `invalid-input` for anything not positive and finite, or power not in (alpha, 1).
 * @formula s·margin(n) + z_power·s/√n, margin the half-width of the confidence sequence for a deviation of 1
 * @assumes the noise stays as it is; a near-normal estimate at n
 * @see Waudby-Smith et al. (2024), "Time-uniform central limit theory and asymptotic confidence sequences", eq. 9
 * @example
 * sequentialDetectableEffect(10000, { deviationPerUnit: 2, tunedFor: 10000, alpha: 0.05, power: 0.8 }).absolute // => 0.07753
 */
export function sequentialDetectableEffect(n: number, test: SequentialTest): DetectableEffect | Refused<DesignRefusal> {
  const fault = faultOf(test);
  if (fault !== null) return fault;
  if (!(n >= 1 && n < Infinity)) return refuse("invalid-input", `${n} units`);
  return { kind: "estimate", absolute: detectable(n, test) };
}

/**
 * Total units (not rounded up) by which the confidence sequence tells an effect from 0 with the wanted power.
 *
 * @returns `out-of-reach` beyond 10¹² units, `no-effect` for 0, `invalid-input` otherwise.
 * @formula the n with sequentialDetectableEffect(n) = |effect|
 * @assumes the noise stays as it is; a near-normal estimate at n
 * @see Waudby-Smith et al. (2024), "Time-uniform central limit theory and asymptotic confidence sequences", eq. 9, solved for n
 * @example
 * sequentialUnits(0.1, { deviationPerUnit: 2, tunedFor: 10000, alpha: 0.05, power: 0.8 }).units // => 6077.48
 */
export function sequentialUnits(
  effect: number,
  test: SequentialTest,
): { readonly kind: "estimate"; readonly units: number } | Refused<DesignRefusal> {
  const fault = faultOf(test);
  if (fault !== null) return fault;
  if (!Number.isFinite(effect)) return refuse("invalid-input", `an effect of ${effect}`);
  if (effect === 0) return refuse("no-effect", "no number of units finds an effect of 0");
  const excess = (logN: number): number => detectable(Math.exp(logN), test) - Math.abs(effect);
  if (excess(Math.log(UNITS_MAX)) > 0)
    return refuse("out-of-reach", `no number of units below ${UNITS_MAX} shows an effect of ${effect}`);
  return { kind: "estimate", units: excess(0) <= 0 ? 1 : Math.exp(bisect(excess, 0, Math.log(UNITS_MAX))) };
}

function detectable(n: number, { deviationPerUnit: deviation, tunedFor, alpha, power }: SequentialTest): number {
  const rhoSquared = mixingVariance({ alpha, tunedFor, tuning: "exact" });
  const margin = asymptoticMargin({ n, rhoSquared, alpha, sided: "two" });
  return deviation * (margin + normalQuantile(power) / Math.sqrt(n));
}

function faultOf(test: SequentialTest): Refused<"invalid-input"> | null {
  return isPositive(test.deviationPerUnit) && isPositive(test.tunedFor) && isSetting(test)
    ? null
    : refuse(
        "invalid-input",
        `deviation ${test.deviationPerUnit}, tuned for ${test.tunedFor}, alpha ${test.alpha}, power ${test.power}`,
      );
}
