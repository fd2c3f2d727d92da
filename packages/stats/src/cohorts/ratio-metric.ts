import { areMomentsValid, mergeMoments, type Moments } from "./moments.ts";
import { refuse, type Refused } from "../refused.ts";
import type { LiftMoments } from "./lift.ts";
import {
  isMeasured,
  tComparison,
  welchDegreesOfFreedom,
  type ComparisonOptions,
  type ComparisonRefusal,
  type DifferenceEstimate,
} from "./welch.ts";

/** Sufficient statistics of two measurements on the same units: moments of each and the sum of products of their deviations. */
export interface PairedMoments {
  readonly first: Moments;
  readonly second: Moments;
  /** Σ (x − x̄)(y − ȳ). */
  readonly coMoment: number;
}

/**
 * From the sums a database gives; both measurements on the same n units.
 *
 * @part ratioMean
 * @example
 * pairedMoments(momentsOf([1, 2]), momentsOf([1, 3]), 7) // => { coMoment: 1 }
 */
export function pairedMoments(first: Moments, second: Moments, sumOfProducts: number): PairedMoments {
  return { first, second, coMoment: sumOfProducts - first.n * first.mean * second.mean };
}

/**
 * Two disjoint groups of units as one.
 *
 * @see Chan, Golub & LeVeque (1983).
 * @part ratioMean
 * @example
 * const a = pairedMoments(momentsOf([1, 2]), momentsOf([1, 3]), 7);
 * mergePairedMoments(a, a) // => { coMoment: 2 }
 */
export function mergePairedMoments(a: PairedMoments, b: PairedMoments): PairedMoments {
  const n = a.first.n + b.first.n;
  const shift = n === 0 ? 0 : (a.first.n * b.first.n) / n;
  return {
    first: mergeMoments(a.first, b.first),
    second: mergeMoments(a.second, b.second),
    coMoment: a.coMoment + b.coMoment + shift * (a.first.mean - b.first.mean) * (a.second.mean - b.second.mean),
  };
}

/** A ratio of means with its variance per unit: divide by n for the squared standard error. */
export interface RatioMean {
  readonly n: number;
  readonly ratio: number;
  readonly variancePerUnit: number;
}

/**
 * Variance of mean(M)/mean(D) per unit by the delta method: var_M/μ_D² + var_D μ_M²/μ_D⁴ − 2 cov μ_M/μ_D³.
 *
 * @see Deng, Knoblich & Lu (2018), "Applying the delta method in metric analytics", eq. 3.
 * @part ratioMean
 * @example
 * ratioVariance({ meanNumerator: 2, varianceNumerator: 1, meanDenominator: 4, varianceDenominator: 1, covariance: 0.5 }) // => 0.046875
 */
export function ratioVariance({
  meanNumerator,
  varianceNumerator,
  meanDenominator,
  varianceDenominator,
  covariance,
}: {
  readonly meanNumerator: number;
  readonly varianceNumerator: number;
  readonly meanDenominator: number;
  readonly varianceDenominator: number;
  readonly covariance: number;
}): number {
  const ratio = meanNumerator / meanDenominator;
  return (
    (varianceNumerator + ratio * ratio * varianceDenominator - 2 * ratio * covariance) /
    (meanDenominator * meanDenominator)
  );
}

/**
 * A ratio metric of one arm (clicks per session, revenue per order) with units randomised by account, not by session.
 *
 * @param arm - first = numerator, second = denominator, a row a randomised unit.
 * @returns `zero-baseline` when the denominators sum to 0, `too-few` below two units.
 * @formula R = ΣM/ΣD; var per unit = (s_M² + R² s_D² − 2R s_MD)/D̄²
 * @assumes randomised units independent; denominators far from 0 in sum
 * @see Deng, Knoblich & Lu (2018), "Applying the delta method in metric analytics", section 3
 * @example
 * ratioMean(pairedMoments(momentsOf([1, 1, 2]), momentsOf([1, 2, 3]), 9)) // => { ratio: 0.66667, variancePerUnit: 0.027778 }
 */
export function ratioMean({
  first,
  second,
  coMoment,
}: PairedMoments): RatioMean | Refused<ComparisonRefusal | "zero-baseline"> {
  if (!areMomentsValid(first) || !areMomentsValid(second) || !Number.isFinite(coMoment))
    return refuse("invalid-input", "moments must be finite, with n ≥ 0 and m2 ≥ 0");
  const n = first.n;
  if (n < 2) return refuse("too-few", `a ratio needs at least 2 units, got ${n}`);
  if (second.mean === 0) return refuse("zero-baseline", "the denominators sum to 0");
  const variancePerUnit = ratioVariance({
    meanNumerator: first.mean,
    varianceNumerator: first.m2 / (n - 1),
    meanDenominator: second.mean,
    varianceDenominator: second.m2 / (n - 1),
    covariance: coMoment / (n - 1),
  });
  // Below the rounding of its terms the variance is 0: numerator and denominator move in lockstep.
  const scale = (first.m2 + second.m2 * (first.mean / second.mean) ** 2) / ((n - 1) * second.mean ** 2);
  if (!Number.isFinite(variancePerUnit) || !(second.n === n))
    return refuse("invalid-input", "both measurements must be of the same units, and not too large for doubles");
  return {
    n,
    ratio: first.mean / second.mean,
    variancePerUnit: variancePerUnit <= 1e-12 * scale ? 0 : variancePerUnit,
  };
}

/**
 * Difference of two ratio metrics, treatment − control, with a Welch interval at one look.
 *
 * @formula R_t − R_c ± t(ν)·√(var_t/n_t + var_c/n_c), R = ΣM/ΣD, var as ratioVariance
 * @assumes randomised units independent; denominators far from 0 in sum
 * @see Deng, Knoblich & Lu (2018), "Applying the delta method in metric analytics", section 3
 * @example
 * const arm = (m) => pairedMoments(momentsOf(m), momentsOf([1, 2, 3]), m.reduce((t, x, i) => t + x * (i + 1), 0));
 * ratioDifference(arm([1, 1, 2]), arm([2, 2, 3]), { confidence: 0.95 }) // => { estimate: 0.5, standardError: 0.23074 }
 */
export function ratioDifference(
  control: PairedMoments,
  treatment: PairedMoments,
  options: ComparisonOptions,
): DifferenceEstimate | Refused<ComparisonRefusal | "zero-baseline"> {
  const arms = ratioArms(control, treatment);
  if ("kind" in arms) return arms;
  return tComparison(
    {
      estimate: arms.treatment.ratio - arms.control.ratio,
      standardError: Math.sqrt(perArm(arms.control) + perArm(arms.treatment)),
      degreesOfFreedom: freedom(arms),
    },
    options,
  );
}

/**
 * Lift of a ratio metric, by the delta method a second time; for display (see `liftMoments`).
 *
 * @part ratioDifference
 * @example
 * const arm = (m) => pairedMoments(momentsOf(m), momentsOf([1, 2, 3]), m.reduce((t, x, i) => t + x * (i + 1), 0));
 * ratioLift(arm([1, 1, 2]), arm([2, 2, 3])) // => { estimate: 0.75, standardError: 0.40344 }
 */
export function ratioLift(
  control: PairedMoments,
  treatment: PairedMoments,
): LiftMoments | Refused<ComparisonRefusal | "zero-baseline"> {
  const arms = ratioArms(control, treatment);
  if ("kind" in arms) return arms;
  const base = arms.control.ratio;
  if (base === 0) return refuse("zero-baseline", "the control ratio is 0, so there is nothing to be relative to");
  const variance = (perArm(arms.treatment) + perArm(arms.control) * (arms.treatment.ratio / base) ** 2) / (base * base);
  if (variance === 0) return refuse("zero-variance", "the ratio is the same in every unit");
  const lift = {
    kind: "lift" as const,
    estimate: (arms.treatment.ratio - base) / Math.abs(base),
    standardError: Math.sqrt(variance),
    degreesOfFreedom: freedom(arms),
  };
  return isMeasured(lift) ? lift : refuse("invalid-input", "the moments are too large or too small for a lift");
}

interface RatioArms {
  readonly control: RatioMean;
  readonly treatment: RatioMean;
}

function ratioArms(
  control: PairedMoments,
  treatment: PairedMoments,
): RatioArms | Refused<ComparisonRefusal | "zero-baseline"> {
  const a = ratioMean(control);
  if ("kind" in a) return a;
  const b = ratioMean(treatment);
  return "kind" in b ? b : { control: a, treatment: b };
}

function perArm({ variancePerUnit, n }: RatioMean): number {
  return variancePerUnit / n;
}

function freedom({ control, treatment }: RatioArms): number {
  return welchDegreesOfFreedom(
    { variance: perArm(control), n: control.n },
    { variance: perArm(treatment), n: treatment.n },
  );
}
