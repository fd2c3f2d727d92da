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
 * @param nullRatio - the ratio that would count as no effect, usually 1.
 * @see VanderWeele & Ding (2017), "Sensitivity analysis in observational research: introducing the E-value".
 */
export function confoundingEValue(
  { estimate, lower, upper }: RiskRatio,
  nullRatio = 1,
): ConfoundingEValue | Refused<"invalid-input"> {
  if (!(lower > 0 && lower <= estimate && estimate <= upper && nullRatio > 0))
    return refuse("invalid-input", `need 0 < lower ≤ estimate ≤ upper, got ${lower}, ${estimate}, ${upper}`);
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
  return above + Math.sqrt(above * (above - 1));
}

/** Odds ratio as an approximate risk ratio: itself when the outcome is rare (< 15 %), else its square root. */
export function riskRatioFromOddsRatio(oddsRatio: number, { rare }: { readonly rare: boolean }): number {
  return rare ? oddsRatio : Math.sqrt(oddsRatio);
}

/** Hazard ratio as an approximate risk ratio: itself when the outcome is rare, else (1 − ½^√HR)/(1 − ½^√(1/HR)). */
export function riskRatioFromHazardRatio(hazardRatio: number, { rare }: { readonly rare: boolean }): number {
  return rare ? hazardRatio : (1 - 0.5 ** Math.sqrt(hazardRatio)) / (1 - 0.5 ** Math.sqrt(1 / hazardRatio));
}

/** Standardised mean difference d as an approximate risk ratio: exp(0.91 d), limits exp(0.91 d ∓ 1.78 se). */
export function riskRatioFromMeanDifference(d: number, standardError: number): RiskRatio {
  return {
    estimate: Math.exp(0.91 * d),
    lower: Math.exp(0.91 * d - 1.78 * standardError),
    upper: Math.exp(0.91 * d + 1.78 * standardError),
  };
}

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
 * @see Ding & VanderWeele (2016), "Sensitivity analysis without assumptions", appendix.
 */
export function riskDifferenceEValue(
  { exposedWith, exposedWithout, unexposedWith, unexposedWithout }: ExposureTable,
  { confidence, grid = 1e-4 }: { readonly confidence: number; readonly grid?: number },
): { readonly kind: "estimate"; readonly estimate: number; readonly lower: number } | Refused<"invalid-input"> {
  const [n1, n0] = [exposedWith + exposedWithout, unexposedWith + unexposedWithout];
  const [p1, p0] = [exposedWith / n1, unexposedWith / n0];
  if (!(p1 > p0 && p0 > 0 && grid > 0))
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
  let bias = 1;
  while (bias < p1 / p0 && lowerLimit(bias) > 0) bias += grid;
  return { kind: "estimate", estimate: threshold(p1 / p0), lower: threshold(Math.min(bias, p1 / p0)) };
}
