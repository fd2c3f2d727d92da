import { refuse, type Interval, type Refused } from "../refused.ts";
import { normalQuantile } from "../numerics/special-functions.ts";
import { riskTable, type RiskTable, type SurvivalInput, type SurvivalRefusal } from "./survival-data.ts";

/** A step function of the share still without the event: columns with one place a distinct time; 1 before the first. */
export interface SurvivalCurve extends RiskTable {
  readonly kind: "estimate";
  readonly survival: Float64Array;
  /** Greenwood's variance of log survival. Where survival reaches 0 the formula says nothing: as it was before. */
  readonly logVariance: Float64Array;
  /** Pointwise limits; 0 and 1 while survival is 1 or once it is 0, where an interval would have no width. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** One time of a curve. Conversions by then: 1 − survival. */
export interface SurvivalPoint {
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  readonly censored: number;
  readonly survival: number;
  /** Greenwood's; null once survival is 0, where the formula says nothing. */
  readonly standardError: number | null;
  /** null while survival is 1 or once it is 0: an interval there would have no width. */
  readonly interval: Interval | null;
}

/** Scale on which the interval is symmetric; `log-log` stays within (0, 1) and covers best with few units. */
export type SurvivalScale = "plain" | "log" | "log-log";

/**
 * Kaplan-Meier: share without the event by each time, with Greenwood's variance. O(n log n).
 *
 * With competing ends ("lost") use `aalenJohansen`: 1 − survival would overstate conversions.
 *
 * @param options.confidence - in (0, 1).
 * @returns `too-few` without units, `invalid-input` otherwise.
 * @formula S(t) = Π_{tⱼ ≤ t} (1 − dⱼ/nⱼ),  variance of log S(t) = Σ dⱼ/(nⱼ(nⱼ − dⱼ)),
 * log-log limits S^exp(±z·σ/log S)
 * @assumes censoring tells nothing about the event
 * @see Kaplan & Meier (1958), "Nonparametric estimation from incomplete observations"; Greenwood (1926); Kalbfleisch & Prentice
 * (2002), "The Statistical Analysis of Failure Time Data", section 1.4, for the log-log interval.
 * @example
 * const curve = kaplanMeier({ times: [1, 2, 3, 4], events: [1, 0, 1, 0] }, { confidence: 0.95 });
 * survivalAt(curve, 3).survival // => 0.375
 */
export function kaplanMeier(
  input: SurvivalInput,
  { confidence, scale = "log-log" }: { readonly confidence: number; readonly scale?: SurvivalScale },
): SurvivalCurve | Refused<SurvivalRefusal> {
  if (!(confidence > 0 && confidence < 1))
    return refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`);
  const table = riskTable(input);
  if ("kind" in table) return table;
  const z = -normalQuantile((1 - confidence) / 2);
  const size = table.times.length;
  const column = (): Float64Array => new Float64Array(size);
  const curve = { ...table, survival: column(), logVariance: column(), lower: column(), upper: column() };
  let [survival, logVariance] = [1, 0];
  let limits = { lower: 0, upper: 1 };
  for (let k = 0; k < size; k++) {
    const d = table.events[k] ?? 0;
    const n = table.atRisk[k] ?? 1;
    if (d > 0) {
      survival *= 1 - d / n;
      if (d < n) logVariance += d / (n * (n - d));
      limits = survival > 0 ? survivalLimits(survival, z * Math.sqrt(logVariance), scale) : { lower: 0, upper: 1 };
    }
    curve.survival[k] = survival;
    curve.logVariance[k] = logVariance;
    curve.lower[k] = limits.lower;
    curve.upper[k] = limits.upper;
  }
  return { kind: "estimate", ...curve };
}

/**
 * The k-th distinct time of a curve, from 0; null outside.
 *
 * @part kaplanMeier
 */
export function survivalPoint(curve: SurvivalCurve, k: number): SurvivalPoint | null {
  const survival = curve.survival[k];
  if (survival === undefined) return null;
  const [lower, upper] = [curve.lower[k] ?? 0, curve.upper[k] ?? 1];
  return {
    time: curve.times[k] ?? 0,
    atRisk: curve.atRisk[k] ?? 0,
    events: curve.events[k] ?? 0,
    censored: curve.censored[k] ?? 0,
    survival,
    standardError: survival === 0 ? null : survival * Math.sqrt(curve.logVariance[k] ?? 0),
    interval: survival === 0 || survival === 1 ? null : { lower, upper },
  };
}

/**
 * Every distinct time of a curve as an object: convenient for charts and small data; large data read the columns.
 *
 * @part kaplanMeier
 * @example
 * const curve = kaplanMeier({ times: [1, 2], events: [1, 0] }, { confidence: 0.95 });
 * survivalPoints(curve).map((point) => point.survival) // => [0.5, 0.5]
 */
export function survivalPoints(curve: SurvivalCurve): readonly SurvivalPoint[] {
  return Array.from(curve.times, (_, k) => survivalPoint(curve, k)).filter((point) => point !== null);
}

/**
 * Survival at a time; 1 before the first time seen, null beyond the last unit followed, unless nobody was left.
 *
 * @part kaplanMeier
 * @example
 * survivalAt(kaplanMeier({ times: [3], events: [0] }, { confidence: 0.95 }), 4) // => null
 */
export function survivalAt(curve: SurvivalCurve, time: number): SurvivalPoint | 1 | null {
  const last = curve.times.length - 1;
  if (Number.isNaN(time) || (time > (curve.times[last] ?? NaN) && (curve.survival[last] ?? 0) > 0)) return null;
  return survivalPoint(curve, lastAtOrBefore(curve.times, time)) ?? 1;
}

/** Place of the last time at or before `time` in ascending times; −1 before the first. */
export function lastAtOrBefore(times: Float64Array, time: number): number {
  let [low, high] = [-1, times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] ?? Infinity) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

function survivalLimits(survival: number, reach: number, scale: SurvivalScale): Interval {
  switch (scale) {
    case "plain":
      return { lower: Math.max(0, survival - survival * reach), upper: Math.min(1, survival + survival * reach) };
    case "log":
      return { lower: survival * Math.exp(-reach), upper: Math.min(1, survival * Math.exp(reach)) };
    case "log-log": {
      const log = Math.log(survival);
      return { lower: Math.exp(log * Math.exp(-reach / log)), upper: Math.exp(log * Math.exp(reach / log)) };
    }
  }
}
