import { areMomentsValid } from "../cohorts/moments.ts";
import { tQuantile } from "../numerics/special-functions.ts";
import { refuse, type Refused } from "../refused.ts";
import { momentsOfColumn } from "./column-moments.ts";
import type { Column } from "./logged-rounds.ts";
import type { OffPolicyRefusal } from "./off-policy.ts";

/** Three bounds below the mean of the same scores. */
export interface LowerBounds {
  readonly kind: "estimate";
  readonly hoeffding: number;
  readonly bernstein: number;
  readonly studentT: number;
}

/**
 * High-confidence lower bounds on the mean of scores in [0, max]: Hoeffding and empirical Bernstein at any n, Student's t approximately.
 *
 * The improvement rule is: on the part of the log that did not choose the candidate, deploy when the bound on candidate − incumbent is
 * above 0. For scores of another range subtract its lower end first and add it again.
 *
 * @formula Hoeffding x̄ − max·√(ln(1/δ)/(2n)); Bernstein x̄ − 7 max ln(2/δ)/(3(n − 1)) − √(2 ln(2/δ) σ²/(n − 1)), σ² with n; t x̄ − t_{1−δ}σ/√(n − 1)
 * @assumes Independent scores in [0, max], max known beforehand; one look.
 * @returns `too-few` below two scores, `invalid-input` for scores outside [0, max], max or delta out of range.
 * @see Thomas, Theocharous & Ghavamzadeh (2015), "High confidence policy improvement", section 4; Maurer & Pontil (2009), theorem 4.
 * @example
 * lowerBounds([0, 1, 0, 1, 1, 1, 0, 1], { max: 1, delta: 0.05 }).hoeffding // => 0.1923
 */
export function lowerBounds(
  scores: Column | Refused<OffPolicyRefusal>,
  { max, delta }: { readonly max: number; readonly delta: number },
): LowerBounds | Refused<OffPolicyRefusal> {
  if ("kind" in scores) return scores;
  const moments = momentsOfColumn(scores);
  if (!areMomentsValid(moments) || !(max > 0 && max < Infinity) || !(delta > 0 && delta < 1))
    return refuse("invalid-input", "scores must be finite, max positive and finite, and delta in (0, 1)");
  for (let i = 0; i < scores.length; i++) {
    const x = scores[i] ?? NaN;
    if (!(x >= 0 && x <= max)) return refuse("invalid-input", `scores must be in [0, ${max}], got ${x}`);
  }
  if (moments.n < 2) return refuse("too-few", `at least 2 rounds are needed, got ${moments.n}`);
  const { n, mean } = moments;
  const variance = moments.m2 / n;
  const logTerm = Math.log(2 / delta);
  return {
    kind: "estimate",
    hoeffding: mean - max * Math.sqrt(-Math.log(delta) / (2 * n)),
    bernstein: mean - (7 * max * logTerm) / (3 * (n - 1)) - Math.sqrt((2 * logTerm * variance) / (n - 1)),
    studentT: mean + Math.sqrt(variance / (n - 1)) * tQuantile(delta, n - 1),
  };
}
