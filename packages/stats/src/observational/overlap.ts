import { balancingWeights, type Assignment } from "./balancing-weights.ts";
import { refuse, type Refused } from "../refused.ts";

export type { Assignment } from "./balancing-weights.ts";

/** Comparable enough: at most `shareOutside` of the units outside [margin, 1 − margin]. "accept" asks for no such check. */
export type OverlapLimits = { readonly margin: number; readonly shareOutside: number } | "accept";

/** At most 5 % of the units outside [0.05, 0.95]. */
export const DEFAULT_OVERLAP_LIMITS: OverlapLimits = { margin: 0.05, shareOutside: 0.05 };

/** Why an observational effect is not given. */
export type ObservationalRefusal = "invalid-input" | "too-few" | "one-arm" | "thin-overlap" | "zero-variance";

/** How comparable the two groups are. */
export interface OverlapReport {
  readonly kind: "estimate";
  readonly shareOutside: number;
  /** (Σw)²/Σw² of the inverse propensity weights of each group. */
  readonly effectiveTreated: number;
  readonly effectiveControl: number;
}

/**
 * Overlap of two groups whose assignment was not randomised: how many could only have gone one way, and what the rest is worth.
 *
 * @formula share of e outside [margin, 1 − margin]; effective = (Σw)²/Σw² with w = 1/e (treated) or 1/(1 − e)
 * @assumes the propensities are those of the units, fitted on other units or with few parameters
 * @returns refusals as `balancingWeights` for all units; `invalid-input` for a margin outside [0, 0.5).
 * @see Crump, Hotz, Imbens & Mitnik (2009), "Dealing with limited overlap in estimation of average treatment effects"
 * @example
 * const overlap = overlapReport({ treated: [1, 0, 0], propensities: [0.5, 0.5, 0.02] }, 0.05);
 * overlap.shareOutside // => 0.3333
 * overlap.effectiveTreated // => 1
 */
export function overlapReport(
  assignment: Assignment,
  margin: number,
): OverlapReport | Refused<"invalid-input" | "one-arm" | "thin-overlap"> {
  if (!(margin >= 0 && margin < 0.5)) return refuse("invalid-input", `a margin must be in [0, 0.5), got ${margin}`);
  const weights = balancingWeights(assignment, "all");
  if (weights.kind === "refused") return weights;
  const { propensities } = assignment;
  return {
    kind: "estimate",
    shareOutside: propensities.filter((e) => e < margin || e > 1 - margin).length / propensities.length,
    effectiveTreated: weights.effectiveTreated,
    effectiveControl: weights.effectiveControl,
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
  const report = overlapReport({ treated, propensities }, limits.margin);
  if (report.kind === "refused") return report;
  const { shareOutside } = report;
  return shareOutside > limits.shareOutside
    ? refuse(
        "thin-overlap",
        `${(100 * shareOutside).toFixed(1)} % of the units have a propensity outside [${limits.margin}, ${1 - limits.margin}]; use overlap weights`,
      )
    : null;
}
