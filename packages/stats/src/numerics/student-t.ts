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
 * @formula m_t − m_c ± t(n_c + n_t − 2)·s·√(1/n_c + 1/n_t), s² = (SS_c + SS_t)/(n_c + n_t − 2)
 * @assumes independent units, near-normal means, one variance for both arms
 * @example
 * const control = momentsOf([1, 2, 3]);
 * pooledTDifference(control, momentsOf([2, 4, 6]), { confidence: 0.95 }) // => { estimate: 2, standardError: 1.291, pValue: 0.19626 }
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
