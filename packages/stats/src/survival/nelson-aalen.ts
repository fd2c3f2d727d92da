import type { Refused } from "../refused.ts";
import { riskTable, type SurvivalInput, type SurvivalRefusal } from "./survival-data.ts";

/** Cumulative hazard up to and including `time`. */
export interface HazardPoint {
  readonly time: number;
  readonly cumulativeHazard: number;
  readonly standardError: number;
}

/**
 * Nelson-Aalen cumulative hazard, Σ d/n with variance Σ d/n².
 *
 * @returns `too-few` without units, `invalid-input` otherwise.
 * @see Nelson (1972); Aalen (1978), "Nonparametric inference for a family of counting processes".
 */
export function nelsonAalen(
  input: SurvivalInput,
): { readonly kind: "estimate"; readonly points: readonly HazardPoint[] } | Refused<SurvivalRefusal> {
  const rows = riskTable(input);
  if ("kind" in rows) return rows;
  let [cumulativeHazard, variance] = [0, 0];
  const points = rows.map(({ time, events, atRisk }) => {
    cumulativeHazard += events / atRisk;
    variance += events / atRisk ** 2;
    return { time, cumulativeHazard, standardError: Math.sqrt(variance) };
  });
  return { kind: "estimate", points };
}
