import type { Refused } from "../refused.ts";
import { riskTable, type SurvivalInput, type SurvivalRefusal } from "./survival-data.ts";

/** Cumulative hazard up to and including each distinct time. */
export interface HazardCurve {
  readonly kind: "estimate";
  readonly times: Float64Array;
  readonly cumulativeHazards: Float64Array;
  readonly standardErrors: Float64Array;
}

/**
 * Nelson-Aalen cumulative hazard. O(n log n).
 *
 * @returns `too-few` without units, `invalid-input` otherwise.
 * @formula H(t) = Σ_{tⱼ ≤ t} dⱼ/nⱼ,  variance Σ dⱼ/nⱼ²
 * @assumes censoring tells nothing about the event
 * @see Nelson (1972), "Theory and applications of hazard plotting for censored failure data"; Aalen (1978), "Nonparametric
 * inference for a family of counting processes".
 * @example
 * nelsonAalen({ times: [1, 2, 3], events: [1, 0, 1] }).cumulativeHazards[2] // => 1.333333
 */
export function nelsonAalen(input: SurvivalInput): HazardCurve | Refused<SurvivalRefusal> {
  const table = riskTable(input);
  if ("kind" in table) return table;
  const { times, atRisk, events } = table;
  const cumulativeHazards = new Float64Array(times.length);
  const standardErrors = new Float64Array(times.length);
  let [hazard, variance] = [0, 0];
  for (let k = 0; k < times.length; k++) {
    const [d, n] = [events[k] ?? 0, atRisk[k] ?? 1];
    hazard += d / n;
    variance += d / (n * n);
    cumulativeHazards[k] = hazard;
    standardErrors[k] = Math.sqrt(variance);
  }
  return { kind: "estimate", times, cumulativeHazards, standardErrors };
}
