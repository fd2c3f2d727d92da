import { normalQuantile } from "../numerics/special-functions.ts";
import { refuse, type Refused } from "../refused.ts";
import { quantileMoments, type QuantileSummary } from "./quantile-metric.ts";
import { quantiles } from "./quantile.ts";
import { tComparison, type ComparisonOptions, type ComparisonRefusal, type DifferenceEstimate } from "./welch.ts";

/** The effect at one level of the outcome's distribution, or why it cannot be told there. */
export interface QuantileEffect {
  readonly level: number;
  readonly effect: DifferenceEstimate | Refused<ComparisonRefusal>;
}

/**
 * Quantile treatment effects: by how much the treatment moved the median, the slow tail, any level of the outcome. O(n log n).
 *
 * @param levels - each in (0, 1).
 * @returns one effect a level, refused where the sample is too small to bound the quantile or tied there; `invalid-input` for
 * observations that are not finite or a level outside (0, 1).
 * @formula q_t(τ) − q_c(τ) ± z·√(se_c² + se_t²), each se from the order statistics at τ ∓ 1.96·√(τ(1 − τ)/n)
 * @assumes units independent; an outcome without ties near the quantile
 * @see Deng, Knoblich & Lu (2018), "Applying the delta method in metric analytics", section 4; Woodruff (1952) for the error
 * @example
 * const control = Array.from({ length: 100 }, (_, i) => i);
 * quantileEffects(control, control.map((x) => x + 5), { levels: [0.5], confidence: 0.95 }).effects[0].effect.estimate // => 5
 */
export function quantileEffects(
  control: readonly number[],
  treatment: readonly number[],
  { levels, ...options }: ComparisonOptions & { readonly levels: readonly number[] },
): { readonly kind: "estimate"; readonly effects: readonly QuantileEffect[] } | Refused<"invalid-input" | "too-few"> {
  const [a, b] = [quantileSummaries(control, levels), quantileSummaries(treatment, levels)];
  if (a.kind === "refused") return a;
  if (b.kind === "refused") return b;
  return {
    kind: "estimate",
    effects: levels.map((level, i) => ({ level, effect: effectAt(a.summaries[i], b.summaries[i], options) })),
  };
}

/**
 * What a database would give for `quantileMoments`: each quantile with the order statistics that bound it.
 *
 * @part quantileEffects
 */
export function quantileSummaries(
  observations: readonly number[],
  levels: readonly number[],
):
  { readonly kind: "estimate"; readonly summaries: readonly QuantileSummary[] } | Refused<"invalid-input" | "too-few"> {
  if (!levels.every((level) => level > 0 && level < 1)) return refuse("invalid-input", "a level must be in (0, 1)");
  const n = observations.length;
  const z = normalQuantile(0.975);
  const shares = levels.flatMap((level) => {
    const reach = n === 0 ? 0 : z * Math.sqrt((level * (1 - level)) / n);
    return [level, Math.max(0, level - reach), Math.min(1, level + reach)];
  });
  const found = quantiles(observations, shares);
  if (found.kind === "refused") return found;
  const at = (i: number): number => found.values[i] ?? NaN;
  return {
    kind: "estimate",
    summaries: levels.map((level, i) => ({
      n,
      level,
      estimate: at(3 * i),
      lower: at(3 * i + 1),
      upper: at(3 * i + 2),
    })),
  };
}

function effectAt(
  control: QuantileSummary | undefined,
  treatment: QuantileSummary | undefined,
  options: ComparisonOptions,
): DifferenceEstimate | Refused<ComparisonRefusal> {
  if (control === undefined || treatment === undefined) return refuse("invalid-input", "a level without a summary");
  const [a, b] = [quantileMoments(control), quantileMoments(treatment)];
  if ("kind" in a) return a;
  if ("kind" in b) return b;
  const perUnit = (m: { readonly n: number; readonly m2: number }): number => m.m2 / (m.n - 1) / m.n;
  return tComparison(
    { estimate: b.mean - a.mean, standardError: Math.sqrt(perUnit(a) + perUnit(b)), degreesOfFreedom: Infinity },
    options,
  );
}
