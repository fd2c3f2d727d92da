import { areMomentsValid, sampleVariance, type Moments } from "./moments.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";
import { tQuantile, tSf, tTwoSidedP } from "../numerics/special-functions.ts";

/**
 * What every comparison of two cohorts returns: treatment minus control, in the units of the metric.
 *
 * `degreesOfFreedom` is Infinity where the normal distribution was used. `pValue` tests a difference of 0.
 */
export interface DifferenceEstimate {
  readonly kind: "estimate";
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  readonly interval: Interval;
  readonly pValue: number;
}

/** Which differences count as evidence: any, only positive ones ("greater"), or only negative ones ("less"). */
export type Alternative = "two-sided" | "greater" | "less";

/** `confidence` in (0, 1), for example 0.95; one-sided alternatives give an interval that is open on one side. */
export interface ComparisonOptions {
  readonly confidence: number;
  readonly alternative?: Alternative;
}

/** Why two cohorts cannot be compared. */
export type ComparisonRefusal = "invalid-input" | "too-few" | "zero-variance";

/**
 * Difference of two means with unequal variances (Welch's t-test and interval).
 *
 * Fixed horizon: valid at one look chosen in advance; under repeated looks use a confidence sequence.
 * Assumes independent units and means that are near normal (many units or light tails).
 *
 * @returns `too-few` below two units in an arm, `zero-variance` when both arms are constant.
 * @see Welch (1947), "The generalization of Student's problem when several different population variances are involved".
 */
export function welchDifference(
  control: Moments,
  treatment: Moments,
  options: ComparisonOptions,
): DifferenceEstimate | Refused<ComparisonRefusal> {
  if (!areMomentsValid(control) || !areMomentsValid(treatment))
    return refuse("invalid-input", "moments must be finite, with n ≥ 0 and m2 ≥ 0");
  const varianceControl = sampleVariance(control);
  const varianceTreatment = sampleVariance(treatment);
  if (varianceControl === null || varianceTreatment === null) {
    return refuse("too-few", `each arm needs at least 2 units, got ${control.n} and ${treatment.n}`);
  }
  const perControl = varianceControl / control.n;
  const perTreatment = varianceTreatment / treatment.n;
  const degreesOfFreedom = welchDegreesOfFreedom(
    { variance: perControl, n: control.n },
    { variance: perTreatment, n: treatment.n },
  );
  return tComparison(
    {
      estimate: treatment.mean - control.mean,
      standardError: Math.sqrt(perControl + perTreatment),
      degreesOfFreedom,
    },
    options,
  );
}

/** Variance of an arm's mean and the units behind it. */
export interface ArmVariance {
  readonly variance: number;
  readonly n: number;
}

/** Satterthwaite's degrees of freedom for a sum of two independent variances of means. */
export function welchDegreesOfFreedom(a: ArmVariance, b: ArmVariance): number {
  const total = a.variance + b.variance;
  return (total * total) / ((a.variance * a.variance) / (a.n - 1) + (b.variance * b.variance) / (b.n - 1));
}

/**
 * Student-t interval and p-value of any estimate with a standard error.
 *
 * @returns `zero-variance` when the standard error is 0: an interval of zero width would claim certainty nobody has.
 */
export function tComparison(
  {
    estimate,
    standardError,
    degreesOfFreedom,
  }: { readonly estimate: number; readonly standardError: number; readonly degreesOfFreedom: number },
  { confidence, alternative = "two-sided" }: ComparisonOptions,
): DifferenceEstimate | Refused<ComparisonRefusal> {
  if (!(confidence > 0 && confidence < 1))
    return refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`);
  if (standardError === 0)
    return refuse("zero-variance", "every unit has the same value; there is no spread to judge the difference by");
  if (!Number.isFinite(estimate) || !(standardError > 0) || !(degreesOfFreedom > 0)) {
    return refuse(
      "invalid-input",
      `estimate ${estimate} with standard error ${standardError} and ${degreesOfFreedom} degrees of freedom`,
    );
  }
  const t = estimate / standardError;
  const alpha = 1 - confidence;
  if (alternative === "two-sided") {
    const half = -tQuantile(alpha / 2, degreesOfFreedom) * standardError;
    return {
      kind: "estimate",
      estimate,
      standardError,
      degreesOfFreedom,
      interval: { lower: estimate - half, upper: estimate + half },
      pValue: tTwoSidedP(t, degreesOfFreedom),
    };
  }
  const half = -tQuantile(alpha, degreesOfFreedom) * standardError;
  return alternative === "greater"
    ? {
        kind: "estimate",
        estimate,
        standardError,
        degreesOfFreedom,
        interval: { lower: estimate - half, upper: Infinity },
        pValue: tSf(t, degreesOfFreedom),
      }
    : {
        kind: "estimate",
        estimate,
        standardError,
        degreesOfFreedom,
        interval: { lower: -Infinity, upper: estimate + half },
        pValue: tSf(-t, degreesOfFreedom),
      };
}
