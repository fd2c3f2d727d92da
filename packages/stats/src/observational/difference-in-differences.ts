import { linearRegression, type LinearFit } from "../cohorts/linear-regression.ts";
import { refuse, type Refused } from "../refused.ts";

/** One row a unit and period. `treated` is 1 where the treatment is in force (two-way) or for the treated group (two by two). */
export interface PanelInput {
  readonly outcomes: readonly number[];
  readonly treated: readonly number[];
  readonly units: readonly number[];
}

/** Effect on the treated. `standardError` is clustered by unit, null below two units. */
export interface PanelEffect {
  readonly kind: "estimate";
  readonly estimate: number;
  readonly standardError: number | null;
  readonly clusters: number;
  /** The regression; the effect is its coefficient number `coefficient`. */
  readonly fit: LinearFit;
  readonly coefficient: number;
}

/** Why a panel says nothing. */
export type PanelRefusal = "invalid-input" | "too-few" | "collinear";

/**
 * Difference in differences of two groups over two spans. Observational: assumes that without treatment both would have moved alike.
 *
 * @param input.post - 1 after the change, 0 before.
 * @returns `collinear` unless both groups were seen before and after, `too-few` for fewer than five rows, `invalid-input` otherwise.
 * @see Card & Krueger (1994); Bertrand, Duflo & Mullainathan (2004) for clustering by unit.
 */
export function differenceInDifferences(
  input: PanelInput & { readonly post: readonly number[] },
): PanelEffect | Refused<PanelRefusal> {
  const { outcomes, treated, units, post } = input;
  if (![treated, units, post].every((xs) => xs.length === outcomes.length))
    return refuse("invalid-input", "outcomes, groups, units and spans must be equally many");
  if (![...treated, ...post].every((x) => x === 0 || x === 1))
    return refuse("invalid-input", "groups and spans must be 0 or 1");
  return effectOf(
    outcomes.map((_, i) => {
      const [d, t] = [treated[i] ?? NaN, post[i] ?? NaN];
      return [1, d, t, d * t];
    }),
    input,
    3,
  );
}

/**
 * Effect from a panel with fixed effects of unit and period, by dummies: O(rows·(units + periods)²), for aggregates.
 *
 * A check only where adoption is staggered: the estimate is then a weighted mean of effects in which some weights are negative.
 *
 * @returns `collinear` when treatment does not vary within units and periods, `too-few`, `invalid-input`.
 * @see Goodman-Bacon (2021), "Difference-in-differences with variation in treatment timing".
 */
export function twoWayFixedEffects(
  input: PanelInput & { readonly periods: readonly number[] },
): PanelEffect | Refused<PanelRefusal> {
  const { outcomes, treated, units, periods } = input;
  if (![treated, units, periods].every((xs) => xs.length === outcomes.length))
    return refuse("invalid-input", "outcomes, treatments, units and periods must be equally many");
  const [unitLabels, periodLabels] = [[...new Set(units)].slice(1), [...new Set(periods)].slice(1)];
  const rows = outcomes.map((_, i) => [
    1,
    treated[i] ?? NaN,
    ...unitLabels.map((label) => Number(units[i] === label)),
    ...periodLabels.map((label) => Number(periods[i] === label)),
  ]);
  return effectOf(rows, input, 1);
}

function effectOf(
  rows: readonly (readonly number[])[],
  { outcomes, units }: PanelInput,
  coefficient: number,
): PanelEffect | Refused<PanelRefusal> {
  const fit = linearRegression(rows, outcomes);
  if (fit.kind === "refused") return fit;
  const clusters = new Set(units).size;
  return {
    kind: "estimate",
    estimate: fit.coefficients[coefficient] ?? NaN,
    standardError: clusters < 2 ? null : (fit.clusteredErrors(units)[coefficient] ?? NaN),
    clusters,
    fit,
    coefficient,
  };
}
