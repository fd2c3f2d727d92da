import { refuse, type Refused } from "../refused.ts";
import { areMomentsValid, sampleVariance, type Moments } from "./moments.ts";
import { tComparison, type ComparisonOptions, type ComparisonRefusal, type DifferenceEstimate } from "./welch.ts";

/**
 * The mean of one arm with its error, however it was found: from single units, from clusters, after an adjustment. What compares two of
 * them (`differenceOfMeans`, `logRatio`, `fieller`) does not ask.
 */
export interface ArmMean {
  readonly kind: "mean";
  readonly mean: number;
  /** Of the mean, > 0. */
  readonly standardError: number;
  /** Behind the standard error; Infinity where it is taken as known. */
  readonly degreesOfFreedom: number;
}

/**
 * Mean of an arm of independent units.
 *
 * @returns `too-few` below two units, `zero-variance` when they are all alike, `invalid-input` otherwise.
 * @part differenceOfMeans
 * @example
 * armMean(momentsOf([1, 2, 3])) // => { mean: 2, standardError: 0.57735, degreesOfFreedom: 2 }
 */
export function armMean(moments: Moments): ArmMean | Refused<ComparisonRefusal> {
  if (!areMomentsValid(moments)) return refuse("invalid-input", "moments must be finite, with n ≥ 0 and m2 ≥ 0");
  const variance = sampleVariance(moments);
  if (variance === null) return refuse("too-few", `an arm needs at least 2 units, got ${moments.n}`);
  if (variance === 0) return refuse("zero-variance", "every unit has the same value");
  return {
    kind: "mean",
    mean: moments.mean,
    standardError: Math.sqrt(variance / moments.n),
    degreesOfFreedom: moments.n - 1,
  };
}

/**
 * Difference of two arm means, treatment − control, whatever each arm's error was computed from (units, clusters, an adjustment).
 *
 * @returns `invalid-input` unless means are finite, standard errors positive and degrees of freedom above 0.
 * @formula m_t − m_c ± t(ν)·√(se_c² + se_t²), ν = (se_c² + se_t²)² / (se_c⁴/ν_c + se_t⁴/ν_t)
 * @assumes the arms are independent and their means near normal
 * @see Satterthwaite (1946), "An approximate distribution of estimates of variance components"
 * @example
 * differenceOfMeans(armMean(momentsOf([1, 2, 3])), armMean(momentsOf([2, 4, 6])), { confidence: 0.95 }).estimate // => 2
 */
export function differenceOfMeans(
  control: ArmMean,
  treatment: ArmMean,
  options: ComparisonOptions,
): DifferenceEstimate | Refused<ComparisonRefusal> {
  const fault = armFault(control) ?? armFault(treatment);
  if (fault !== null) return fault;
  return tComparison(
    {
      estimate: treatment.mean - control.mean,
      standardError: Math.hypot(control.standardError, treatment.standardError),
      degreesOfFreedom: jointFreedom([control, 1], [treatment, 1]),
    },
    options,
  );
}

/** Satterthwaite's degrees of freedom of a sum of two independent means, each times a factor. */
export function jointFreedom([a, scaleA]: readonly [ArmMean, number], [b, scaleB]: readonly [ArmMean, number]): number {
  const [va, vb] = [(scaleA * a.standardError) ** 2, (scaleB * b.standardError) ** 2];
  const spread = va ** 2 / a.degreesOfFreedom + vb ** 2 / b.degreesOfFreedom;
  return spread === 0 ? Infinity : (va + vb) ** 2 / spread;
}

/** What is wrong with an arm that somebody made by hand; null when nothing is. */
export function armFault({ mean, standardError, degreesOfFreedom }: ArmMean): Refused<"invalid-input"> | null {
  return Number.isFinite(mean) && standardError > 0 && standardError < Infinity && degreesOfFreedom > 0
    ? null
    : refuse(
        "invalid-input",
        `an arm of mean ${mean}, standard error ${standardError} and ${degreesOfFreedom} degrees of freedom`,
      );
}
