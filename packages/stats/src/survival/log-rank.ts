import { Matrix } from "ml-matrix";
import { refuse, type Refused } from "../refused.ts";
import { scaledCholesky } from "../numerics/scaled-cholesky.ts";
import { chiSquaredSf } from "../numerics/special-functions.ts";
import { byTime, survivalFault, type SurvivalInput, type SurvivalRefusal } from "./survival-data.ts";

/** Cohorts by index 0, 1, …; strata by any number, for example a calendar week. */
export interface LogRankInput extends SurvivalInput {
  readonly groups: readonly number[];
  readonly strata?: readonly number[];
}

/** Weighted events seen and expected in each group if all had one hazard, and the test of that. */
export interface LogRank {
  readonly kind: "estimate";
  readonly chiSquared: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  readonly observed: readonly number[];
  readonly expected: readonly number[];
}

/**
 * (Stratified) log-rank test that cohorts share one hazard. O(n log n + times·groups²).
 *
 * Powerful for proportional hazards. `rho` weighs each time by survival to that power: 0 is the log-rank test, 1 Peto's, which
 * listens to early differences. A treatment that only pulls conversions forward is caught by neither once curves cross.
 *
 * @returns `too-few` with one group, or without an event while two groups are at risk; `invalid-input` otherwise.
 * @see Mantel (1966); Peto & Peto (1972); Harrington & Fleming (1982), "A class of rank test procedures for censored survival data".
 */
export function logRank(
  { times, events, groups, strata }: LogRankInput,
  { rho = 0 }: { readonly rho?: number } = {},
): LogRank | Refused<SurvivalRefusal> {
  const fault = survivalFault(times, events, 1);
  if (fault !== null) return fault;
  const count = groups.reduce((m, g) => Math.max(m, g), 0) + 1;
  if (groups.length !== times.length || (strata ?? times).length !== times.length)
    return refuse("invalid-input", "groups and strata must be as many as times");
  if (!groups.every((g) => Number.isInteger(g) && g >= 0) || count > times.length || !(rho >= 0))
    return refuse("invalid-input", "groups must be indices without gaps, rho not negative");
  const sums = {
    observed: new Float64Array(count),
    expected: new Float64Array(count),
    variance: Matrix.zeros(count, count),
  };
  const byStratum = new Map<number, number[]>();
  for (const i of byTime(times)) {
    const stratum = strata?.[i] ?? 0;
    const members = byStratum.get(stratum);
    if (members === undefined) byStratum.set(stratum, [i]);
    else members.push(i);
  }
  for (const order of byStratum.values()) addStratum(sums, { times, events, groups, order, rho });
  const degreesOfFreedom = count - 1;
  const factored = degreesOfFreedom === 0 ? null : scaledCholesky(sums.variance.subMatrix(0, count - 2, 0, count - 2));
  if (factored === null) return refuse("too-few", "no event happened while two or more groups were at risk");
  const excess = Array.from({ length: degreesOfFreedom }, (_, g) => (sums.observed[g] ?? 0) - (sums.expected[g] ?? 0));
  const chiSquared = factored.solve(excess).reduce((t, x, g) => t + x * (excess[g] ?? 0), 0);
  return {
    kind: "estimate",
    chiSquared,
    degreesOfFreedom,
    pValue: chiSquaredSf(chiSquared, degreesOfFreedom),
    observed: [...sums.observed],
    expected: [...sums.expected],
  };
}

interface Sums {
  readonly observed: Float64Array;
  readonly expected: Float64Array;
  readonly variance: Matrix;
}

function addStratum(
  { observed, expected, variance }: Sums,
  {
    times,
    events,
    groups,
    order,
    rho,
  }: SurvivalInput & { readonly groups: readonly number[]; readonly order: readonly number[]; readonly rho: number },
): void {
  const atRisk = new Float64Array(observed.length);
  for (const i of order) atRisk[groups[i] ?? 0] = (atRisk[groups[i] ?? 0] ?? 0) + 1;
  let survival = 1;
  for (let start = 0; start < order.length;) {
    const left = order.length - start;
    const time = times[order[start] ?? 0];
    const weight = survival ** rho;
    let [end, happened] = [start, 0];
    for (; end < order.length && times[order[end] ?? 0] === time; end++) {
      const i = order[end] ?? 0;
      if (events[i] !== 1) continue;
      happened++;
      observed[groups[i] ?? 0] = (observed[groups[i] ?? 0] ?? 0) + weight;
    }
    const spread = left > 1 ? (weight * weight * happened * (left - happened)) / (left - 1) : 0;
    const share = atRisk.map((n) => n / left);
    if (happened > 0)
      share.forEach((p, g) => {
        expected[g] = (expected[g] ?? 0) + weight * happened * p;
        share.forEach((q, h) => variance.set(g, h, variance.get(g, h) + spread * ((g === h ? p : 0) - p * q)));
      });
    for (; start < end; start++) {
      const group = groups[order[start] ?? 0] ?? 0;
      atRisk[group] = (atRisk[group] ?? 0) - 1;
    }
    survival *= 1 - happened / left;
  }
}
