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
 * @formula m_t − m_c ± t(ν)·√(s_c²/n_c + s_t²/n_t), ν by Satterthwaite
 * @assumes independent units, near-normal means; one look
 * @example
 * const control = momentsOf([1, 2, 3]);
 * welchDifference(control, momentsOf([2, 4, 6]), { confidence: 0.95 }) // => { estimate: 2, standardError: 1.291, pValue: 0.22088 }
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

/**
 * Satterthwaite's degrees of freedom for a sum of two independent variances of means.
 *
 * @part welchDifference
 * @example
 * welchDegreesOfFreedom({ variance: 1, n: 10 }, { variance: 1, n: 10 }) // => 18
 */
export function welchDegreesOfFreedom(a: ArmVariance, b: ArmVariance): number {
  // By shares of the total, because squares of tiny or huge variances leave the range of doubles.
  const total = a.variance + b.variance;
  const [shareA, shareB] = [a.variance / total, b.variance / total];
  return 1 / ((shareA * shareA) / (a.n - 1) + (shareB * shareB) / (b.n - 1));
}

/** True when the numbers of an effect can be one: all there, a positive error that doubles can hold. */
export function isMeasured({
  estimate,
  standardError,
  degreesOfFreedom,
}: {
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}): boolean {
  return Number.isFinite(estimate) && standardError > 0 && standardError < Infinity && degreesOfFreedom > 0;
}

/**
 * Student-t interval and p-value of any estimate with a standard error.
 *
 * @returns `zero-variance` when the standard error is 0: an interval of zero width would claim certainty nobody has.
 * @formula d ± t_{1−α/2}(ν)·se; p = P(|T_ν| > |d|/se)
 * @assumes a near-normal estimate; one look
 * @see Student (1908), "The probable error of a mean"
 * @example
 * tComparison({ estimate: 1, standardError: 0.5, degreesOfFreedom: 10 }, { confidence: 0.95 }) // => { estimate: 1, pValue: 0.073388 }
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
  if (!isMeasured({ estimate, standardError, degreesOfFreedom })) {
    return refuse(
      "invalid-input",
      `estimate ${estimate} with standard error ${standardError} and ${degreesOfFreedom} degrees of freedom`,
    );
  }
  const t = estimate / standardError;
  const alpha = 1 - confidence;
  if (alternative === "two-sided") {
    const half = -tQuantile(alpha / 2, degreesOfFreedom) * standardError;
    if (!(estimate - half < estimate + half))
      return refuse("zero-variance", `a standard error of ${standardError} is lost in the rounding of ${estimate}`);
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
