import { refuse, type Refused } from "../refused.ts";

/** Units of an observational comparison: 1 = treated, 0 = not; `propensities` = P(treated | covariates) of each. */
export interface Assignment {
  readonly treated: readonly number[];
  readonly propensities: readonly number[];
}

/**
 * Whose effect is meant: `all` units (ATE), the `treated` (ATT), or those who might have gone either way (`overlap`, ATO).
 */
export type TargetPopulation = "all" | "treated" | "overlap";

/** A weight for each unit, in the order of the units, not normalised; 0 = left out. */
export interface BalancingWeights {
  readonly kind: "estimate";
  readonly weights: readonly number[];
  /** (Σw)²/Σw² of each group: how many equally weighted units its mean is worth. */
  readonly effectiveTreated: number;
  readonly effectiveControl: number;
  /** Largest share of its group's weight that one unit has. */
  readonly largestShare: number;
}

/**
 * Weights under which treated and untreated units have the same covariates, for a chosen population.
 *
 * @formula all: 1/e and 1/(1 − e); treated: 1 and e/(1 − e); overlap: 1 − e and e (treated, untreated)
 * @assumes the propensities hold all that drives both treatment and outcome
 * @returns `thin-overlap` where a weight would be infinite, `one-arm` without units of either arm, `invalid-input` otherwise.
 * @see Li, Morgan & Zaslavsky (2018), "Balancing covariates via propensity score weighting", table 1
 * @example
 * const assignment = { treated: [1, 0, 0], propensities: [0.5, 0.5, 0.2] };
 * balancingWeights(assignment, "treated").weights // => [1, 1, 0.25]
 * balancingWeights(assignment, "overlap").weights // => [0.5, 0.5, 0.2]
 */
export function balancingWeights(
  { treated, propensities }: Assignment,
  population: TargetPopulation,
): BalancingWeights | Refused<"invalid-input" | "one-arm" | "thin-overlap"> {
  if (treated.length !== propensities.length || !treated.every((w) => w === 0 || w === 1))
    return refuse("invalid-input", "arms must be 0 or 1, and as many as the propensities");
  if (!propensities.every((e) => e >= 0 && e <= 1)) return refuse("invalid-input", "propensities must be in [0, 1]");
  if (!treated.includes(0) || !treated.includes(1)) return refuse("one-arm", "needs treated and untreated units");
  const weights = propensities.map((e, i) => weightOf(e, treated[i] === 1, population));
  if (!weights.every(Number.isFinite))
    return refuse("thin-overlap", "a unit that could only go one way has an infinite weight; leave it out");
  const [one, zero] = [concentration(weights, treated, 1), concentration(weights, treated, 0)];
  if (one === null || zero === null)
    return refuse("thin-overlap", "all weights of a group are 0: the groups have nothing in common");
  return {
    kind: "estimate",
    weights,
    effectiveTreated: one.effective,
    effectiveControl: zero.effective,
    largestShare: Math.max(one.largest, zero.largest),
  };
}

function weightOf(e: number, isTreated: boolean, population: TargetPopulation): number {
  switch (population) {
    case "all":
      return isTreated ? 1 / e : 1 / (1 - e);
    case "treated":
      return isTreated ? 1 : e / (1 - e);
    case "overlap":
      return isTreated ? 1 - e : e;
  }
}

function concentration(
  weights: readonly number[],
  treated: readonly number[],
  arm: 0 | 1,
): { readonly effective: number; readonly largest: number } | null {
  const own = weights.filter((_, i) => treated[i] === arm);
  const largest = own.reduce((most, w) => Math.max(most, w), 0);
  if (largest === 0) return null;
  // Divided by the largest first, so that squares of huge weights do not overflow.
  const total = own.reduce((t, w) => t + w / largest, 0);
  return { effective: total ** 2 / own.reduce((t, w) => t + (w / largest) ** 2, 0), largest: 1 / total };
}
