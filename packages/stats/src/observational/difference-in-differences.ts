import { linearRegression, type LinearFit } from "../cohorts/linear-regression.ts";
import { refuse, type Refused } from "../refused.ts";

/** One row a unit and period. `treated` is 1 where the treatment is in force (two-way) or for the treated group (two by two). */
export interface PanelInput {
  readonly outcomes: readonly number[];
  readonly treated: readonly number[];
  readonly units: readonly number[];
}

/** Effect on the treated. `standardError` is clustered by unit; null below two units, or when all units changed alike. */
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
export type PanelRefusal = "invalid-input" | "too-few" | "collinear" | "zero-variance";

/**
 * Difference in differences of two groups over two spans. Observational: assumes that without treatment both would have moved alike.
 *
 * @formula (ȳ_T,after − ȳ_T,before) − (ȳ_C,after − ȳ_C,before); standard error clustered by unit (CR1)
 * @assumes parallel trends; some 30 units for the standard error
 * @param input.post - 1 after the change, 0 before.
 * @returns `collinear` unless both groups were seen before and after, `too-few` for fewer than five rows, `zero-variance` when the
 * four means fit every row exactly, `invalid-input` otherwise.
 * @see Card & Krueger (1994), "Minimum wages and employment"; Bertrand, Duflo & Mullainathan (2004), "How much should we trust
 * differences-in-differences estimates?", for clustering by unit
 * @example
 * const panel = { treated: [0, 0, 1, 1, 0, 0, 1, 1], post: [0, 1, 0, 1, 0, 1, 0, 1], units: [0, 0, 1, 1, 2, 2, 3, 3] };
 * differenceInDifferences({ ...panel, outcomes: [1, 2, 1, 5, 3, 4, 3, 7] }).estimate // => 3
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
 * @formula y_it = α_i + γ_t + τ·d_it + ε_it by least squares; standard error clustered by unit (CR1)
 * @assumes parallel trends, and the same effect on all units at all times
 * @returns `collinear` when treatment does not vary within units and periods, `too-few`, `zero-variance` for an exact fit,
 * `invalid-input`.
 * @see Goodman-Bacon (2021), "Difference-in-differences with variation in treatment timing", theorem 1
 * @example
 * const panel = { units: [0, 0, 0, 1, 1, 1, 2, 2, 2], periods: [0, 1, 2, 0, 1, 2, 0, 1, 2], treated: [0, 1, 1, 0, 0, 1, 0, 0, 0] };
 * twoWayFixedEffects({ ...panel, outcomes: [1, 4, 4, 2, 2, 5, 3, 3, 4] }).estimate // => 2.5
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
  const estimate = fit.coefficients[coefficient] ?? NaN;
  const rounding = 1e-13 * outcomes.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
  const plain = fit.standardErrors("classical")[coefficient] ?? NaN;
  if (!Number.isFinite(estimate) || !Number.isFinite(plain))
    return refuse("invalid-input", "outcomes are too large to be squared; rescale them");
  if (!(plain > rounding))
    return refuse("zero-variance", "every row is fitted exactly; there is no spread to judge by");
  const clustered = clusters < 2 ? 0 : (fit.clusteredErrors(units)[coefficient] ?? NaN);
  return {
    kind: "estimate",
    estimate,
    standardError: clustered > rounding ? clustered : null,
    clusters,
    fit,
    coefficient,
  };
}
