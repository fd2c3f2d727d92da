import { syntheticControl, type SyntheticControl } from "./synthetic-control.ts";
import { refuse, type Refused } from "../refused.ts";

/** A treated unit and its donors over the same periods; treatment begins after the first `before` periods. */
export interface PlaceboInput {
  readonly treated: readonly number[];
  /** One row a period, one column a donor. */
  readonly donors: readonly (readonly number[])[];
  readonly before: number;
}

/** Effect on the treated unit, and its rank among the effects that donors seem to have had. */
export interface PlaceboInSpace {
  readonly kind: "estimate";
  /** Mean difference to the synthetic control per period of treatment, in units of the outcome. */
  readonly estimate: number;
  /** The same, as a share of what the synthetic control had. */
  readonly lift: number;
  readonly weights: readonly number[];
  /** Root mean squared difference with treatment ÷ without; how much worse the mix fits since. */
  readonly ratio: number;
  /** The same of each donor, in turn taken for treated; null where the other donors match it exactly before. */
  readonly placeboRatios: readonly (number | null)[];
  /** Share of all units whose ratio is as large; at least 1/(donors + 1). */
  readonly pValue: number;
}

/** Why no effect or no p-value is given. */
export type PlaceboRefusal = "invalid-input" | "too-few" | "not-converged" | "zero-variance";

/**
 * Synthetic control with placebos in space: each donor is taken for treated in turn, and the real effect must stand out.
 *
 * The ratio, not the effect, is ranked: a donor that was never matched well shows large "effects" too. With fewer than 19 donors no
 * p-value can reach 0.05.
 *
 * @formula p = (1 + #{donors with ratio ≥ ours})/(donors + 1), ratio = RMSPE after ÷ RMSPE before
 * @assumes donors are untouched by the treatment, and any unit could have been the treated one
 * @param options.levels - "removed" matches deviations from each unit's own mean before, for a treated unit outside the donors' range.
 * @returns `too-few` for fewer than two donors, two periods before or one after; `zero-variance` when the mix matches exactly before
 * (there is no noise to judge by); `not-converged`, `invalid-input`.
 * @see Abadie, Diamond & Hainmueller (2010), "Synthetic control methods for comparative case studies", section 4; Ferman & Pinto (2021),
 * "Synthetic controls with imperfect pretreatment fit", for removed levels
 * @example
 * const donors = [[0, 4], [4, 0], [2, 3], [2, 2]];
 * placeboInSpace({ treated: [3, 1.2, 2.5, 9], donors, before: 3 }).pValue // => 0.3333
 */
export function placeboInSpace(
  { treated, donors, before }: PlaceboInput,
  { levels = "kept" }: { readonly levels?: "kept" | "removed" } = {},
): PlaceboInSpace | Refused<PlaceboRefusal> {
  const count = donors[0]?.length ?? 0;
  const fault = placeboFault({ treated, donors, before }, count);
  if (fault !== null) return fault;
  const [y, x] = levels === "removed" ? [centred(treated, before), centredColumns(donors, before)] : [treated, donors];
  const own = gapOf(y, x, before);
  if (own.kind === "refused") return own;
  if (own.ratio === null)
    return refuse("zero-variance", "the mix matches exactly before; there is no noise to judge by");
  const placeboRatios: (number | null)[] = [];
  for (let k = 0; k < count; k++) {
    const placebo = gapOf(
      x.map((row) => row[k] ?? NaN),
      x.map((row) => row.filter((_, other) => other !== k)),
      before,
    );
    if (placebo.kind === "refused") return placebo;
    placeboRatios.push(placebo.ratio);
  }
  const { ratio, estimate, weights } = own;
  const asLarge = placeboRatios.filter((r) => r === null || r >= ratio).length;
  const after = treated.slice(before);
  const counterfactual = after.reduce((t, v) => t + v, 0) / after.length - estimate;
  if (counterfactual === 0)
    return refuse("invalid-input", "without treatment the outcome would be 0: no relative effect");
  return {
    kind: "estimate",
    estimate,
    lift: estimate / counterfactual,
    weights,
    ratio,
    placeboRatios,
    pValue: (1 + asLarge) / (count + 1),
  };
}

function placeboFault(
  { treated, donors, before }: PlaceboInput,
  count: number,
): Refused<"invalid-input" | "too-few"> | null {
  if (!Number.isInteger(before) || before > treated.length)
    return refuse("invalid-input", `periods before treatment must be a whole number within the series, got ${before}`);
  if (count < 2 || before < 2 || before >= treated.length)
    return refuse(
      "too-few",
      `needs two donors, two periods before and one after; got ${count} donors, ${before} before`,
    );
  const rows = [treated, ...donors];
  return donors.length === treated.length &&
    donors.every((row) => row.length === count) &&
    rows.every((row) => row.every(Number.isFinite))
    ? null
    : refuse("invalid-input", "every period needs a finite outcome of the treated unit and of every donor");
}

interface Gap {
  readonly kind: "gap";
  readonly estimate: number;
  readonly ratio: number | null;
  readonly weights: readonly number[];
}

function gapOf(
  treated: readonly number[],
  donors: readonly (readonly number[])[],
  before: number,
): Gap | Extract<ReturnType<typeof syntheticControl>, { kind: "refused" }> {
  const fit: SyntheticControl | Refused<"invalid-input" | "too-few" | "not-converged"> = syntheticControl(
    treated.slice(0, before),
    donors.slice(0, before),
  );
  if (fit.kind === "refused") return fit;
  const gaps = treated
    .slice(before)
    .map((y, t) => y - (donors[before + t] ?? []).reduce((s, d, k) => s + d * (fit.weights[k] ?? 0), 0));
  const scale = Math.max(...treated.slice(0, before).map(Math.abs));
  const after = Math.sqrt(gaps.reduce((t, g) => t + g * g, 0) / gaps.length);
  return {
    kind: "gap",
    estimate: gaps.reduce((t, g) => t + g, 0) / gaps.length,
    // A fit this close is rounding, and dividing by it would make any placebo look like an effect.
    ratio: fit.fitError > 1e-9 * scale ? after / fit.fitError : null,
    weights: fit.weights,
  };
}

function centred(xs: readonly number[], before: number): readonly number[] {
  const mean = xs.slice(0, before).reduce((t, x) => t + x, 0) / before;
  return xs.map((x) => x - mean);
}

function centredColumns(rows: readonly (readonly number[])[], before: number): readonly (readonly number[])[] {
  const means = (rows[0] ?? []).map((_, k) => rows.slice(0, before).reduce((t, r) => t + (r[k] ?? NaN), 0) / before);
  return rows.map((row) => row.map((x, k) => x - (means[k] ?? NaN)));
}
