import { linearRegression, type LinearFit } from "../cohorts/linear-regression.ts";
import { refuse, type Refused } from "../refused.ts";
import { twoWayEffects } from "./two-way-effects.ts";

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
  /** The regression, after levels of units and periods were taken out if there are any; the effect is its coefficient number `coefficient`. */
  readonly fit: LinearFit;
  readonly coefficient: number;
}

/** Why a panel says nothing. */
export type PanelRefusal = "invalid-input" | "too-few" | "collinear" | "zero-variance";

/** What rounding may leave, relative to the largest treatment, where its column is a sum of levels. */
const COLLINEAR = 1e-10;

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
  const rows = outcomes.map((_, i) => {
    const [d, t] = [treated[i] ?? NaN, post[i] ?? NaN];
    return [1, d, t, d * t];
  });
  return effectOf(linearRegression(rows, outcomes), input, 3);
}

/**
 * Effect from a panel with fixed effects of unit and period; rows may be missing. Linear in units where periods are few.
 *
 * The levels of units and periods are taken out of outcomes and treatment first; errors and their corrections count them all.
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
  if (![outcomes, treated, units, periods].every((xs) => xs.every(Number.isFinite)))
    return refuse("invalid-input", "outcomes, treatments and the numbers of units and periods must be finite");
  if (outcomes.length <= new Set(units).size + new Set(periods).size)
    return refuse(
      "too-few",
      `${outcomes.length} rows cannot fit their units, periods and an effect and leave any to judge by`,
    );
  const effects = twoWayEffects(units, periods);
  if (effects === null)
    return refuse("collinear", "some units share no period with the others, not even through third ones");
  const left = effects.residuals(treated);
  if (!(largest(left) > COLLINEAR * largest(treated)))
    return refuse("collinear", "treatment does not vary within units and periods");
  const fit = linearRegression(
    Array.from(left, (d) => [d]),
    Array.from(effects.residuals(outcomes)),
    effects,
  );
  return effectOf(fit, input, 0);
}

function largest(column: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < column.length; i++) most = Math.max(most, Math.abs(column[i] ?? NaN));
  return most;
}

function effectOf(
  fit: ReturnType<typeof linearRegression>,
  { outcomes, units }: PanelInput,
  coefficient: number,
): PanelEffect | Refused<PanelRefusal> {
  if (fit.kind === "refused") return fit;
  const clusters = new Set(units).size;
  const estimate = fit.coefficients[coefficient] ?? NaN;
  const rounding = 1e-13 * largest(outcomes);
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
