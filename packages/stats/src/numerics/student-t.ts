import { areMomentsValid, type Moments } from "../cohorts/moments.ts";
import { refuse, type Refused } from "../refused.ts";
import {
  tComparison,
  type ComparisonOptions,
  type ComparisonRefusal,
  type DifferenceEstimate,
} from "../cohorts/welch.ts";

/**
 * Difference of two means assuming one common variance. Prefer `welchDifference`; this is for comparison with older reports.
 *
 * @see Student (1908), "The probable error of a mean".
 */
export function pooledTDifference(
  control: Moments,
  treatment: Moments,
  options: ComparisonOptions,
): DifferenceEstimate | Refused<ComparisonRefusal> {
  if (!areMomentsValid(control) || !areMomentsValid(treatment))
    return refuse("invalid-input", "moments must be finite, with n ≥ 0 and m2 ≥ 0");
  const degreesOfFreedom = control.n + treatment.n - 2;
  if (control.n < 1 || treatment.n < 1 || degreesOfFreedom < 1)
    return refuse("too-few", `a pooled variance needs 3 units, got ${control.n} and ${treatment.n}`);
  const variance = (control.m2 + treatment.m2) / degreesOfFreedom;
  return tComparison(
    {
      estimate: treatment.mean - control.mean,
      standardError: Math.sqrt(variance * (1 / control.n + 1 / treatment.n)),
      degreesOfFreedom,
    },
    options,
  );
}
