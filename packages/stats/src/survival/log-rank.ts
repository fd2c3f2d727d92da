import { Matrix } from "ml-matrix";
import { scaledCholesky } from "../numerics/scaled-cholesky.ts";
import { chiSquaredSf } from "../numerics/special-functions.ts";
import { refuse, type Refused } from "../refused.ts";
import { byTime, survivalFault, type SurvivalInput, type SurvivalRefusal } from "./survival-data.ts";

/** Cohorts by index 0, 1, …; strata by any number, for example a calendar week. */
export interface LogRankInput extends SurvivalInput {
  readonly groups: ArrayLike<number>;
  readonly strata?: ArrayLike<number>;
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
 * @formula χ² = uᵀV⁻¹u with u = Σ w(t)·(d_g − d·n_g/n) over times and strata, V its hypergeometric covariance, w = S(t−)^ρ
 * @assumes censoring alike in all groups; within a stratum one hazard under the null
 * @see Mantel (1966), "Evaluation of survival data and two new rank order statistics"; Peto & Peto (1972); Harrington & Fleming
 * (1982), "A class of rank test procedures for censored survival data".
 * @example
 * logRank({ times: [1, 2], events: [1, 1], groups: [0, 1] }).expected // => [0.5, 1.5]
 */
export function logRank(
  { times, events, groups, strata }: LogRankInput,
  { rho = 0 }: { readonly rho?: number } = {},
): LogRank | Refused<SurvivalRefusal> {
  const fault = survivalFault(times, events, 1) ?? groupFault(times.length, groups, strata);
  if (fault !== null) return fault;
  if (!(rho >= 0 && rho < Infinity)) return refuse("invalid-input", `rho must not be negative, got ${rho}`);
  let count = 1;
  for (let i = 0; i < groups.length; i++) count = Math.max(count, (groups[i] ?? 0) + 1);
  const sums = {
    observed: new Float64Array(count),
    expected: new Float64Array(count),
    variance: new Float64Array(count * count),
  };
  for (const order of byStratum(byTime(times), strata)) addStratum(sums, { times, events, groups, order, rho });
  return tested(sums);
}

interface Sums {
  readonly observed: Float64Array;
  readonly expected: Float64Array;
  /** groups × groups. */
  readonly variance: Float64Array;
}

function groupFault(
  n: number,
  groups: ArrayLike<number>,
  strata: ArrayLike<number> | undefined,
): Refused<"invalid-input"> | null {
  if (groups.length !== n || (strata ?? groups).length !== n)
    return refuse("invalid-input", "groups and strata must be as many as times");
  for (let i = 0; i < n; i++) {
    const group = groups[i] ?? NaN;
    if (!(Number.isInteger(group) && group >= 0 && group < n))
      return refuse("invalid-input", `groups must be indices without gaps, got ${group}`);
    if (strata !== undefined && Number.isNaN(strata[i])) return refuse("invalid-input", "a stratum is not a number");
  }
  return null;
}

/** Parts of an order, one a stratum; the whole where there are none. */
export function byStratum(order: Uint32Array, strata: ArrayLike<number> | undefined): Iterable<ArrayLike<number>> {
  if (strata === undefined) return [order];
  const members = new Map<number, number[]>();
  for (const i of order) {
    const stratum = strata[i] ?? 0;
    const found = members.get(stratum);
    if (found === undefined) members.set(stratum, [i]);
    else found.push(i);
  }
  return members.values();
}

function addStratum(
  sums: Sums,
  {
    times,
    events,
    groups,
    order,
    rho,
  }: SurvivalInput & {
    readonly groups: ArrayLike<number>;
    readonly order: ArrayLike<number>;
    readonly rho: number;
  },
): void {
  const { observed } = sums;
  const atRisk = new Float64Array(observed.length);
  for (let k = 0; k < order.length; k++) {
    const group = groups[order[k] ?? 0] ?? 0;
    atRisk[group] = (atRisk[group] ?? 0) + 1;
  }
  let survival = 1;
  for (let start = 0; start < order.length;) {
    const left = order.length - start;
    const time = times[order[start] ?? 0];
    const weight = rho === 0 ? 1 : survival ** rho;
    let end = start;
    let happened = 0;
    for (; end < order.length && times[order[end] ?? 0] === time; end++) {
      const i = order[end] ?? 0;
      if (events[i] !== 1) continue;
      happened++;
      const group = groups[i] ?? 0;
      observed[group] = (observed[group] ?? 0) + weight;
    }
    if (happened > 0) addTime(sums, atRisk, { left, happened, weight });
    for (; start < end; start++) {
      const group = groups[order[start] ?? 0] ?? 0;
      atRisk[group] = (atRisk[group] ?? 0) - 1;
    }
    survival *= 1 - happened / left;
  }
}

/** Expected events of one time and their (hypergeometric) covariance between groups. */
function addTime(
  { expected, variance }: Sums,
  atRisk: Float64Array,
  { left, happened, weight }: { readonly left: number; readonly happened: number; readonly weight: number },
): void {
  const groups = atRisk.length;
  const spread = left > 1 ? (weight * weight * happened * (left - happened)) / (left - 1) : 0;
  for (let g = 0; g < groups; g++) {
    const p = (atRisk[g] ?? 0) / left;
    if (p === 0) continue;
    expected[g] = (expected[g] ?? 0) + weight * happened * p;
    for (let h = 0; h < groups; h++) {
      const at = g * groups + h;
      variance[at] = (variance[at] ?? 0) + spread * ((g === h ? p : 0) - (p * (atRisk[h] ?? 0)) / left);
    }
  }
}

function tested({ observed, expected, variance }: Sums): LogRank | Refused<"too-few"> {
  const count = observed.length;
  const degreesOfFreedom = count - 1;
  // The excesses sum to 0, so one group, the last, is left out.
  const covariance = Matrix.zeros(degreesOfFreedom, degreesOfFreedom);
  for (let g = 0; g < degreesOfFreedom; g++)
    for (let h = 0; h < degreesOfFreedom; h++) covariance.set(g, h, variance[g * count + h] ?? 0);
  const factored = degreesOfFreedom === 0 ? null : scaledCholesky(covariance);
  if (factored === null) return refuse("too-few", "no event happened while two or more groups were at risk");
  const excess = Array.from({ length: degreesOfFreedom }, (_, g) => (observed[g] ?? 0) - (expected[g] ?? 0));
  const chiSquared = factored.solve(excess).reduce((t, x, g) => t + x * (excess[g] ?? 0), 0);
  return {
    kind: "estimate",
    chiSquared,
    degreesOfFreedom,
    pValue: chiSquaredSf(chiSquared, degreesOfFreedom),
    observed: [...observed],
    expected: [...expected],
  };
}
