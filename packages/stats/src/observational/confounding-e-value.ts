import { refuse, type Refused } from "../refused.ts";
import { normalQuantile } from "../numerics/special-functions.ts";

/** An association on the risk-ratio scale with its confidence limits. */
export interface RiskRatio {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** How strong an unmeasured confounder must be to explain an association away; for the limit nearer to the null too. */
export interface ConfoundingEValue {
  readonly kind: "estimate";
  readonly estimate: number;
  /** E-value of the limit nearer to the null; 1 when the interval holds the null already. */
  readonly limit: number;
  /** Which limit that is. */
  readonly nearer: "lower" | "upper";
}

/**
 * E-value: the risk ratio that an unmeasured confounder would need with both action and outcome to explain the association away.
 *
 * Not evidence in the sense of e-processes; the names only look alike.
 *
 * @formula E = RR + √(RR(RR − 1)), RR < 1 inverted first
 * @assumes the association is otherwise unbiased (no selection, no measurement error)
 * @param nullRatio - the ratio that would count as no effect, usually 1.
 * @returns `invalid-input` unless 0 < lower ≤ estimate ≤ upper, all finite but perhaps the upper limit.
 * @see VanderWeele & Ding (2017), "Sensitivity analysis in observational research: introducing the E-value", p. 269
 * @example
 * const e = confoundingEValue({ estimate: 2, lower: 1.5, upper: 2.7 });
 * e.estimate // => 3.4142
 * e.limit // => 2.366
 */
export function confoundingEValue(
  { estimate, lower, upper }: RiskRatio,
  nullRatio = 1,
): ConfoundingEValue | Refused<"invalid-input"> {
  if (!(
    lower > 0 &&
    lower <= estimate &&
    estimate <= upper &&
    nullRatio > 0 &&
    estimate < Infinity &&
    nullRatio < Infinity
  ))
    return refuse("invalid-input", `need 0 < lower ≤ estimate ≤ upper, got ${lower}, ${estimate}, ${upper}`);
  if (!Number.isFinite(threshold(estimate / nullRatio)) || !Number.isFinite(threshold(lower / nullRatio)))
    return refuse("invalid-input", `${estimate} against ${nullRatio} is beyond what numbers hold`);
  const nearer = estimate >= nullRatio ? "lower" : "upper";
  const limit = nearer === "lower" ? lower : upper;
  const crosses = nearer === "lower" ? limit <= nullRatio : limit >= nullRatio;
  return {
    kind: "estimate",
    estimate: threshold(estimate / nullRatio),
    limit: crosses ? 1 : threshold(limit / nullRatio),
    nearer,
  };
}

function threshold(ratio: number): number {
  const above = ratio < 1 ? 1 / ratio : ratio;
  return above + Math.sqrt(above) * Math.sqrt(above - 1);
}

/**
 * Odds ratio as an approximate risk ratio: itself when the outcome is rare (< 15 %), else its square root. NaN unless positive and finite.
 *
 * @part confoundingEValue
 * @see VanderWeele (2017), "On a square-root transformation of the odds ratio for a common outcome"
 * @example
 * riskRatioFromOddsRatio(4, { rare: false }) // => 2
 */
export function riskRatioFromOddsRatio(oddsRatio: number, { rare }: { readonly rare: boolean }): number {
  if (!(oddsRatio > 0 && oddsRatio < Infinity)) return NaN;
  return rare ? oddsRatio : Math.sqrt(oddsRatio);
}

/**
 * Hazard ratio as an approximate risk ratio: itself when the outcome is rare, else (1 − ½^√HR)/(1 − ½^√(1/HR)). NaN unless positive
 * and finite.
 *
 * @part confoundingEValue
 * @see VanderWeele & Ding (2017), "Sensitivity analysis in observational research: introducing the E-value", table 2
 * @example
 * riskRatioFromHazardRatio(2, { rare: false }) // => 1.6125
 */
export function riskRatioFromHazardRatio(hazardRatio: number, { rare }: { readonly rare: boolean }): number {
  if (!(hazardRatio > 0 && hazardRatio < Infinity)) return NaN;
  return rare ? hazardRatio : halved(hazardRatio) / halved(1 / hazardRatio);
}

/**
 * Standardised mean difference d as an approximate risk ratio: exp(0.91 d), limits exp(0.91 d ∓ 1.78 se).
 *
 * @part confoundingEValue
 * @returns `invalid-input` unless d is finite, the standard error positive, and exp(0.91 d ± 1.78 se) within what numbers hold.
 * @see VanderWeele & Ding (2017), "Sensitivity analysis in observational research: introducing the E-value", table 2
 * @example
 * riskRatioFromMeanDifference(0.5, 0.1).estimate // => 1.5762
 */
export function riskRatioFromMeanDifference(d: number, standardError: number): RiskRatio | Refused<"invalid-input"> {
  const limit = (sign: -1 | 0 | 1): number => Math.exp(0.91 * d + sign * 1.78 * standardError);
  const [estimate, lower, upper] = [limit(0), limit(-1), limit(1)];
  return lower > 0 && lower < upper && upper < Infinity
    ? { estimate, lower, upper }
    : refuse("invalid-input", `a difference of ${d} with standard error ${standardError} has no risk ratio`);
}

/** 1 − ½^√x without cancellation near 0. */
function halved(x: number): number {
  return -Math.expm1(-Math.LN2 * Math.sqrt(x));
}

/** Enough to bring any two doubles together. */
const HALVINGS = 1100;

/** Counts of an unrandomised comparison: with and without the outcome, exposed and not. */
export interface ExposureTable {
  readonly exposedWith: number;
  readonly exposedWithout: number;
  readonly unexposedWith: number;
  readonly unexposedWithout: number;
}

/**
 * E-values of a risk difference: the confounding that would bring the difference, or its lower limit, to 0.
 *
 * For a positive difference; swap the rows otherwise. The limit is searched on a grid of bias factors.
 *
 * @formula E(p₁/p₀); limit: least bias factor B whose corrected difference (p₁ − p₀B)(f + (1 − f)/B) has a lower limit ≤ 0
 * @assumes counts of independent units; the bias factor bounds what a confounder can do
 * @returns `invalid-input` unless p₁ > p₀ > 0, counts are finite, confidence in (0, 1) and grid in [1e-6, 1].
 * @see Ding & VanderWeele (2016), "Sensitivity analysis without assumptions", appendix
 * @example
 * const table = { exposedWith: 40, exposedWithout: 60, unexposedWith: 20, unexposedWithout: 80 };
 * riskDifferenceEValue(table, { confidence: 0.95 }).estimate // => 3.4142
 */
export function riskDifferenceEValue(
  { exposedWith, exposedWithout, unexposedWith, unexposedWithout }: ExposureTable,
  { confidence, grid = 1e-4 }: { readonly confidence: number; readonly grid?: number },
): { readonly kind: "estimate"; readonly estimate: number; readonly lower: number } | Refused<"invalid-input"> {
  const [n1, n0] = [exposedWith + exposedWithout, unexposedWith + unexposedWithout];
  const [p1, p0] = [exposedWith / n1, unexposedWith / n0];
  const counts = [exposedWith, exposedWithout, unexposedWith, unexposedWithout];
  if (!counts.every((n) => n >= 0 && n < Infinity) || !(confidence > 0 && confidence < 1))
    return refuse(
      "invalid-input",
      `needs four counts and a confidence in (0, 1), got ${counts.join(", ")}, ${confidence}`,
    );
  if (!(grid >= 1e-6 && grid <= 1)) return refuse("invalid-input", `a grid must be in [1e-6, 1], got ${grid}`);
  if (!(p1 > p0 && p0 > 0))
    return refuse("invalid-input", `the exposed must be at higher, the others at positive risk, got ${p1} and ${p0}`);
  const exposedShare = n1 / (n1 + n0);
  const [v1, v0, vShare] = [
    (p1 * (1 - p1)) / n1,
    (p0 * (1 - p0)) / n0,
    (exposedShare * (1 - exposedShare)) / (n1 + n0),
  ];
  const z = -normalQuantile((1 - confidence) / 2);
  const lowerLimit = (bias: number): number => {
    const difference = p1 - p0 * bias;
    const standardised = exposedShare + (1 - exposedShare) / bias;
    const variance = (v1 + v0 * bias * bias) * standardised ** 2 + difference ** 2 * (1 - 1 / bias) ** 2 * vShare;
    return difference * standardised - z * Math.sqrt(variance);
  };
  // The corrected limit falls as the bias factor grows: bisect, so that a huge ratio costs no walk, then go up to the grid.
  let [low, high] = [1, p1 / p0];
  if (lowerLimit(1) <= 0) high = 1;
  for (let halving = 0; halving < HALVINGS && low < high; halving++) {
    const middle = low + (high - low) / 2;
    if (lowerLimit(middle) > 0) low = middle;
    else high = middle;
  }
  const bias = 1 + grid * Math.ceil((high - 1) / grid - 1e-6);
  return { kind: "estimate", estimate: threshold(p1 / p0), lower: threshold(Math.min(bias, p1 / p0)) };
}
