import { refuse, type Refused } from "../refused.ts";

/** Units of an observational comparison: 1 = treated, 0 = not; `propensities` = P(treated | covariates) of each. */
export interface Assignment {
  readonly treated: readonly number[];
  readonly propensities: readonly number[];
}

/** Comparable enough: at most `shareOutside` of the units outside [margin, 1 − margin]. "accept" asks for no such check. */
export type OverlapLimits = { readonly margin: number; readonly shareOutside: number } | "accept";

/** At most 5 % of the units outside [0.05, 0.95]. */
export const DEFAULT_OVERLAP_LIMITS: OverlapLimits = { margin: 0.05, shareOutside: 0.05 };

/** Why an observational effect is not given. */
export type ObservationalRefusal = "invalid-input" | "too-few" | "one-arm" | "thin-overlap" | "zero-variance";

/** How comparable the two groups are. */
export interface OverlapReport {
  readonly shareOutside: number;
  /** (Σw)²/Σw² of the inverse propensity weights of each group. */
  readonly effectiveTreated: number;
  readonly effectiveControl: number;
}

/**
 * Overlap of two groups whose assignment was not randomised.
 *
 * @see Crump, Hotz, Imbens & Mitnik (2009), "Dealing with limited overlap in estimation of average treatment effects".
 */
export function overlapReport({ treated, propensities }: Assignment, margin: number): OverlapReport {
  const outside = propensities.filter((e) => e < margin || e > 1 - margin).length;
  const effective = (weights: readonly number[]): number =>
    weights.reduce((t, w) => t + w, 0) ** 2 / weights.reduce((t, w) => t + w * w, 0);
  return {
    shareOutside: outside / propensities.length,
    effectiveTreated: effective(propensities.map((e, i) => (treated[i] === 1 ? 1 / e : 0))),
    effectiveControl: effective(propensities.map((e, i) => (treated[i] === 1 ? 0 : 1 / (1 - e)))),
  };
}

/** The first thing that keeps two groups from being compared, or null. */
export function assignmentFault(
  { treated, propensities }: Assignment,
  outcomes: readonly number[],
  limits: OverlapLimits,
): Refused<ObservationalRefusal> | null {
  if (treated.length !== outcomes.length || propensities.length !== outcomes.length)
    return refuse("invalid-input", "outcomes, arms and propensities must be equally many");
  if (outcomes.length < 2) return refuse("too-few", `needs at least 2 units, got ${outcomes.length}`);
  if (!outcomes.every(Number.isFinite)) return refuse("invalid-input", "outcomes must be finite");
  if (!treated.every((w) => w === 0 || w === 1)) return refuse("invalid-input", "arms must be 0 or 1");
  if (!propensities.every((e) => e > 0 && e < 1))
    return refuse("thin-overlap", "a unit that is surely (not) treated has nobody to be compared with; leave it out");
  if (!treated.includes(0) || !treated.includes(1)) return refuse("one-arm", "needs treated and untreated units");
  if (limits === "accept") return null;
  const { shareOutside } = overlapReport({ treated, propensities }, limits.margin);
  return shareOutside > limits.shareOutside
    ? refuse(
        "thin-overlap",
        `${(100 * shareOutside).toFixed(1)} % of the units have a propensity outside [${limits.margin}, ${1 - limits.margin}]; use overlap weights`,
      )
    : null;
}
