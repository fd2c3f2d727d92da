import { refuse, type Refused } from "../refused.ts";
import {
  assignmentFault,
  DEFAULT_OVERLAP_LIMITS,
  type Assignment,
  type ObservationalRefusal,
  type OverlapLimits,
} from "../observational/overlap.ts";

/**
 * Which weights: 1/e and 1/(1 − e) over n (`horvitz-thompson`) or over their sums (`hajek`, steadier), both for all units; or
 * 1 − e and e (`overlap`), for the units that might have gone either way: no weight can explode.
 */
export type PropensityWeighting = "horvitz-thompson" | "hajek" | "overlap";

/** Mean outcome if treated minus if not, for the population of the weighting. */
export interface WeightedEffect {
  readonly kind: "estimate";
  readonly estimate: number;
  /** Takes the propensities as known; conservative where they were fitted to the same units. */
  readonly standardError: number;
}

/**
 * Effect of a treatment that was not randomised, by weighting each unit with its propensity (IPW).
 *
 * @formula Σ w₁y/Σw₁ − Σ w₀y/Σw₀ (Hájek; Horvitz-Thompson divides by n); w₁ = 1/e, w₀ = 1/(1 − e), or 1 − e and e (overlap)
 * @assumes Observational: the propensity holds all that drives both treatment and outcome, and is neither 0 nor 1.
 * @returns `thin-overlap` for propensities of 0 or 1 or (but for `overlap` weights) beyond the limits; `one-arm`; `too-few`;
 * `zero-variance` when nothing varies; `invalid-input` otherwise.
 * @see Horvitz & Thompson (1952); Hájek (1971); Li, Morgan & Zaslavsky (2018), "Balancing covariates via propensity score weighting".
 * @example
 * const assignment = { treated: [1, 1, 0, 0], propensities: [0.5, 0.5, 0.5, 0.5] };
 * inversePropensityEffect([3, 5, 1, 2], assignment, { limits: "accept" }).estimate // => 2.5
 */
export function inversePropensityEffect(
  outcomes: readonly number[],
  assignment: Assignment,
  { weighting = "hajek", limits }: { readonly weighting?: PropensityWeighting; readonly limits?: OverlapLimits } = {},
): WeightedEffect | Refused<ObservationalRefusal> {
  const asked = limits ?? (weighting === "overlap" ? "accept" : DEFAULT_OVERLAP_LIMITS);
  const fault = assignmentFault(assignment, outcomes, asked);
  if (fault !== null) return fault;
  const arm = (which: 0 | 1): Float64Array =>
    Float64Array.from(outcomes, (_, i) => {
      const e = assignment.propensities[i] ?? NaN;
      if (assignment.treated[i] !== which) return 0;
      const own = which === 1 ? e : 1 - e;
      return weighting === "overlap" ? 1 - own : 1 / own;
    });
  const [treated, control] = [arm(1), arm(0)];
  const total = (w: Float64Array): number =>
    weighting === "horvitz-thompson" ? outcomes.length : w.reduce((t, x) => t + x, 0);
  const mean = (w: Float64Array): number => w.reduce((t, x, i) => t + x * (outcomes[i] ?? NaN), 0) / total(w);
  const [m1, m0] = [mean(treated), mean(control)];
  const [s1, s0] = [total(treated), total(control)];
  // Influence of each unit; the Horvitz-Thompson mean is centred on itself, the others on each arm's mean.
  const variance = outcomes.reduce((t, y, i) => {
    const [w1, w0] = [treated[i] ?? 0, control[i] ?? 0];
    const influence =
      weighting === "horvitz-thompson"
        ? (w1 * y - w0 * y - (m1 - m0)) / outcomes.length
        : (w1 * (y - m1)) / s1 - (w0 * (y - m0)) / s0;
    return t + influence * influence;
  }, 0);
  if (variance === 0) return refuse("zero-variance", "outcomes do not vary within the groups");
  if (!(variance < Infinity) || !Number.isFinite(m1 - m0))
    return refuse("invalid-input", "outcomes are beyond what a double can square");
  return { kind: "estimate", estimate: m1 - m0, standardError: Math.sqrt(variance) };
}
