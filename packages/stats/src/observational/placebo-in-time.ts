import { refuse, type Refused } from "../refused.ts";
import { syntheticControl } from "./synthetic-control.ts";
import type { PlaceboInput } from "./placebo-in-space.ts";

/** Were the treated periods out of the ordinary for this unit? */
export interface PlaceboInTime {
  readonly kind: "estimate";
  /** Mean absolute residual of the treated periods, under no effect. */
  readonly statistic: number;
  /** Share of cyclic shifts of time with a statistic as large; at least 1/periods. */
  readonly pValue: number;
}

/**
 * Conformal test of no effect on a synthetic control: shifts the treated periods over the whole series.
 *
 * The mix is fitted to all periods, the treated ones too, as the hypothesis of no effect allows; so residuals are exchangeable under
 * it. Keeps neighbouring periods together (moving blocks), hence allows autocorrelation. Needs no other unit to be comparable, only
 * the past: the complement of `placeboInSpace`.
 *
 * @formula S = mean |û_t| over the treated periods; p = #{shifts s of T: S_s ≥ S}/T
 * @assumes the errors around the mix are stationary and weakly dependent
 * @param options.levels - "removed" takes each unit's mean over all periods off first.
 * @returns `too-few` for fewer than two donors, two periods before or one after; `not-converged`, `zero-variance` for an exact fit,
 * `invalid-input`.
 * @see Chernozhukov, Wüthrich & Zhu (2021), "An exact and robust conformal inference method for counterfactual and synthetic
 * controls", section 2
 * @example
 * const donors = [[0, 4], [4, 0], [2, 3], [2, 2], [1, 3], [3, 1]];
 * placeboInTime({ treated: [2, 2.1, 2.5, 2, 2, 9], donors, before: 5 }).pValue // => 0.1667
 */
export function placeboInTime(
  { treated, donors, before }: PlaceboInput,
  { levels = "kept" }: { readonly levels?: "kept" | "removed" } = {},
): PlaceboInTime | Refused<"invalid-input" | "too-few" | "not-converged" | "zero-variance"> {
  const periods = treated.length;
  const count = donors[0]?.length ?? 0;
  if (!Number.isInteger(before)) return refuse("invalid-input", `periods before must be a whole number, got ${before}`);
  if (count < 2 || before < 2 || before >= periods)
    return refuse(
      "too-few",
      `needs two donors, two periods before and one after; got ${count} donors, ${before} before`,
    );
  const [y, x] = levels === "removed" ? [centre(treated), centreColumns(donors)] : [treated, donors];
  const fit = syntheticControl(y, x);
  if (fit.kind === "refused") return fit;
  const sizes = y.map((v, t) => Math.abs(v - (x[t] ?? []).reduce((s, d, k) => s + d * (fit.weights[k] ?? 0), 0)));
  const scale = treated.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  if (!(fit.fitError > 1e-9 * scale)) return refuse("zero-variance", "the mix matches every period exactly");
  const length = periods - before;
  const at = (shift: number): number => {
    let sum = 0;
    for (let t = before; t < periods; t++) sum += sizes[(t + shift) % periods] ?? 0;
    return sum / length;
  };
  const statistic = at(0);
  let asLarge = 0;
  for (let shift = 0; shift < periods; shift++) if (at(shift) >= statistic * (1 - 1e-12)) asLarge++;
  return { kind: "estimate", statistic, pValue: asLarge / periods };
}

function centre(xs: readonly number[]): readonly number[] {
  const mean = xs.reduce((t, x) => t + x, 0) / xs.length;
  return xs.map((x) => x - mean);
}

function centreColumns(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const means = (rows[0] ?? []).map((_, k) => rows.reduce((t, r) => t + (r[k] ?? NaN), 0) / rows.length);
  return rows.map((row) => row.map((x, k) => x - (means[k] ?? NaN)));
}
