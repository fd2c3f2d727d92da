import { refuse, type Refused } from "../refused.ts";

/** Units of a period (day, week) and how many of them converted. */
export interface PeriodCounts {
  readonly n: number;
  readonly conversions: number;
}

/** Limits of one period: they widen when it has fewer units. */
export interface ProportionLimits {
  readonly rate: number;
  readonly lower: number;
  readonly upper: number;
  readonly isOutside: boolean;
}

/** Limits of a series of rates. */
export interface ProportionChart {
  readonly kind: "estimate";
  readonly centre: number;
  /** Spread between neighbours in binomial standard errors: 1 when units alone vary, above when periods differ besides. */
  readonly dispersion: number;
  readonly periods: readonly ProportionLimits[];
}

/**
 * Limits of a rate over periods of varying size: the p-chart, or Laney's p′-chart where periods vary more than their units explain.
 *
 * With thousands of units a period the binomial limits are so narrow that every ordinary day lies outside; p′ scales them by what
 * neighbours really differ.
 *
 * @formula p̄ ∓ 3·√(p̄(1 − p̄)/nᵢ)·σ_z; σ_z = 1 (binomial), or mean |zᵢ − zᵢ₋₁|/1.128 of zᵢ = (pᵢ − p̄)/√(p̄(1 − p̄)/nᵢ) (Laney)
 * @assumes periods in time order; for the binomial limits, independent units at one rate
 * @param options.spread - "auto" (default) takes Laney's when σ_z is above 1, and the binomial limits otherwise.
 * @returns `too-few` below 2 periods, `zero-variance` when nobody or everybody converted, `invalid-input` for counts that are none.
 * @see Laney (2002), "Improved control charts for attributes"; Montgomery (2013), "Introduction to statistical quality control",
 * section 7.2.2
 * @example
 * const chart = proportionChart([{ n: 100, conversions: 10 }, { n: 400, conversions: 40 }], { spread: "binomial" });
 * chart.centre // => 0.1
 * chart.periods[0].upper // => 0.19
 * chart.periods[1].upper // => 0.145
 */
export function proportionChart(
  periods: readonly PeriodCounts[],
  { spread = "auto" }: { readonly spread?: "binomial" | "laney" | "auto" } = {},
): ProportionChart | Refused<"invalid-input" | "too-few" | "zero-variance"> {
  if (!periods.every(({ n, conversions }) => n >= 1 && n <= 2 ** 53 && conversions >= 0 && conversions <= n))
    return refuse("invalid-input", "every period needs units, and no more conversions than units");
  if (periods.length < 2) return refuse("too-few", `limits need at least 2 periods, got ${periods.length}`);
  const units = periods.reduce((t, { n }) => t + n, 0);
  const centre = periods.reduce((t, { conversions }) => t + conversions / units, 0);
  if (!(centre > 0 && centre < 1)) return refuse("zero-variance", `the rate is ${centre} in every period`);
  const error = (n: number): number => Math.sqrt((centre * (1 - centre)) / n);
  const scores = periods.map(({ n, conversions }) => (conversions / n - centre) / error(n));
  const steps = scores.slice(1).map((z, i) => Math.abs(z - (scores[i] ?? NaN)));
  const dispersion = steps.reduce((t, s) => t + s, 0) / steps.length / 1.128;
  const scale = spread === "binomial" || (spread === "auto" && dispersion < 1) ? 1 : dispersion;
  if (!(scale > 0) || !Number.isFinite(scale))
    return refuse("zero-variance", "all periods have the same rate, so they tell no spread; ask for binomial limits");
  return {
    kind: "estimate",
    centre,
    dispersion,
    periods: periods.map(({ n, conversions }) => {
      const [rate, reach] = [conversions / n, 3 * scale * error(n)];
      const [lower, upper] = [Math.max(0, centre - reach), Math.min(1, centre + reach)];
      return { rate, lower, upper, isOutside: rate < lower || rate > upper };
    }),
  };
}
