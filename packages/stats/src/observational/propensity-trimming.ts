import { refuse, type Refused } from "../refused.ts";

/** Units kept, as positions in ascending order; `margin` is the least propensity (and 1 − the greatest) that stayed. */
export interface TrimmedUnits {
  readonly kind: "estimate";
  readonly margin: number;
  readonly kept: readonly number[];
}

/**
 * Units whose propensity is far enough from 0 and 1 to compare them: those in [margin, 1 − margin].
 *
 * "optimal" finds the margin that makes the variance of the effect least (equal spread of outcomes assumed). Trimming changes whose
 * effect is estimated, and propensities should be fitted again afterwards.
 *
 * @formula optimal: least α with 1/(α(1 − α)) ≤ 2·mean(g | g ≤ 1/(α(1 − α))), g = 1/(e(1 − e))
 * @assumes outcomes play no part in the choice of the margin
 * @returns `thin-overlap` when nobody stays, `too-few` without units, `invalid-input` for propensities outside [0, 1] or a margin
 * outside [0, 0.5).
 * @see Crump, Hotz, Imbens & Mitnik (2009), "Dealing with limited overlap in estimation of average treatment effects", eq. 3-4
 * @example
 * trimByPropensity([0.02, 0.3, 0.5, 0.95], 0.1).kept // => [1, 2]
 */
export function trimByPropensity(
  propensities: readonly number[],
  margin: number | "optimal" = 0.1,
): TrimmedUnits | Refused<"invalid-input" | "too-few" | "thin-overlap"> {
  if (propensities.length === 0) return refuse("too-few", "there are no units");
  if (!propensities.every((e) => e >= 0 && e <= 1)) return refuse("invalid-input", "propensities must be in [0, 1]");
  const least = margin === "optimal" ? optimalMargin(propensities) : margin;
  if (!(least >= 0 && least < 0.5)) return refuse("invalid-input", `a margin must be in [0, 0.5), got ${least}`);
  const kept = propensities.flatMap((e, i) => (e >= least && e <= 1 - least && e > 0 && e < 1 ? [i] : []));
  return kept.length === 0
    ? refuse("thin-overlap", `no propensity is within [${least}, ${1 - least}]`)
    : { kind: "estimate", margin: least, kept };
}

/** Walks outwards from the most comparable units; the first cost above twice the mean of those inside ends the walk. */
function optimalMargin(propensities: readonly number[]): number {
  const costs = Float64Array.from(propensities, (e) => 1 / (e * (1 - e))).sort();
  let sum = 0;
  let most = 4;
  for (let k = 0; k < costs.length; k++) {
    const cost = costs[k] ?? Infinity;
    if (cost === Infinity || (k > 0 && cost > (2 * (sum + cost)) / (k + 1))) break;
    sum += cost;
    most = cost;
  }
  const everyone = most === costs.at(-1);
  // All satisfy the condition: nothing to trim. Otherwise 1/(α(1 − α)) = cost of the last one kept.
  return everyone ? 0 : 0.5 - Math.sqrt(Math.max(0, 0.25 - 1 / most)) - 1e-12;
}
