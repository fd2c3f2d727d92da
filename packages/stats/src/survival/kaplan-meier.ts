import { refuse, type Interval, type Refused } from "../refused.ts";
import { normalQuantile } from "../numerics/special-functions.ts";
import { riskTable, type RiskRow, type SurvivalInput, type SurvivalRefusal } from "./survival-data.ts";

/** Share that has not had the event by `time`. Conversions by then: 1 − survival. */
export interface SurvivalPoint extends RiskRow {
  readonly survival: number;
  /** Greenwood's; null once survival is 0, where the formula says nothing. */
  readonly standardError: number | null;
  /** null while survival is 1 or once it is 0: an interval there would have no width. */
  readonly interval: Interval | null;
}

/** A step function, one point a distinct time; 1 before the first. */
export interface SurvivalCurve {
  readonly kind: "estimate";
  readonly points: readonly SurvivalPoint[];
}

/** Scale on which the interval is symmetric; `log-log` stays within (0, 1) and covers best with few units. */
export type SurvivalScale = "plain" | "log" | "log-log";

/**
 * Kaplan-Meier survival with Greenwood's variance. O(n log n).
 *
 * Assumes that censoring tells nothing about the event. With competing ends ("lost") use `aalenJohansen`: 1 − survival would
 * overstate conversions.
 *
 * @param options.confidence - in (0, 1).
 * @returns `too-few` without units, `invalid-input` otherwise.
 * @see Kaplan & Meier (1958); Greenwood (1926); Kalbfleisch & Prentice (2002), section 1.4, for the log-log interval.
 */
export function kaplanMeier(
  input: SurvivalInput,
  { confidence, scale = "log-log" }: { readonly confidence: number; readonly scale?: SurvivalScale },
): SurvivalCurve | Refused<SurvivalRefusal> {
  if (!(confidence > 0 && confidence < 1))
    return refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`);
  const rows = riskTable(input);
  if ("kind" in rows) return rows;
  const z = -normalQuantile((1 - confidence) / 2);
  let [survival, greenwood] = [1, 0];
  const points = rows.map((row) => {
    survival *= 1 - row.events / row.atRisk;
    greenwood += row.events === 0 ? 0 : row.events / (row.atRisk * (row.atRisk - row.events));
    const sigma = Math.sqrt(greenwood);
    return {
      ...row,
      survival,
      standardError: survival === 0 ? null : survival * sigma,
      interval: survival === 0 || survival === 1 ? null : survivalInterval(survival, z * sigma, scale),
    };
  });
  return { kind: "estimate", points };
}

/** Survival at a time; null beyond the last unit followed, unless nobody was left. */
export function survivalAt({ points }: SurvivalCurve, time: number): SurvivalPoint | 1 | null {
  const last = points.at(-1);
  if (last === undefined || (time > last.time && last.survival > 0)) return null;
  return points.findLast((point) => point.time <= time) ?? 1;
}

/**
 * Time by which a share of the units has had the event, with its interval; null where the curve does not get that far.
 *
 * Where the curve is flat at that share the middle of the flat piece.
 *
 * @see Brookmeyer & Crowley (1982), "A confidence interval for the median survival time".
 */
export function survivalQuantile(
  { points }: SurvivalCurve,
  share: number,
): { readonly time: number | null; readonly lower: number | null; readonly upper: number | null } {
  const target = 1 - share;
  return {
    time: crossing(points, target, (point) => point.survival),
    lower: crossing(points, target, (point) => point.interval?.lower ?? null),
    upper: crossing(points, target, (point) => point.interval?.upper ?? null),
  };
}

/**
 * Mean time without the event within a horizon: the area under the curve up to it (RMST).
 *
 * `standardError` is null before any event that leaves somebody at risk: no spread was seen.
 *
 * @returns `too-early` when nobody was followed as long as the horizon and some had not had the event.
 * @see Royston & Parmar (2013), "Restricted mean survival time", section 2; variance as in Klein & Moeschberger (2003), eq. 4.5.2.
 */
export function restrictedMean(
  { points }: SurvivalCurve,
  horizon: number,
):
  | { readonly kind: "estimate"; readonly estimate: number; readonly standardError: number | null }
  | Refused<"invalid-input" | "too-early"> {
  const last = points.at(-1);
  if (!(horizon > 0 && horizon < Infinity)) return refuse("invalid-input", `horizon must be positive, got ${horizon}`);
  if (last === undefined || (last.time < horizon && last.survival > 0))
    return refuse("too-early", `nobody was followed up to ${horizon}; choose a shorter horizon or wait`);
  let [area, variance, right] = [0, 0, horizon];
  for (const { time, survival, events, atRisk } of points.toReversed()) {
    if (time > horizon) continue;
    area += survival * (right - time);
    right = time;
    if (events > 0 && atRisk > events) variance += (area * area * events) / (atRisk * (atRisk - events));
  }
  return {
    kind: "estimate",
    estimate: area + right,
    standardError: variance > 0 ? Math.sqrt(variance) : null,
  };
}

function survivalInterval(survival: number, reach: number, scale: SurvivalScale): Interval {
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

/** First time at which a falling curve is at or below a level. A level met exactly up to rounding counts as met. */
function crossing(
  points: readonly SurvivalPoint[],
  target: number,
  level: (point: SurvivalPoint) => number | null,
): number | null {
  const slack = 1e-9;
  let flatSince: number | null = null;
  let last: number | null = null;
  for (const point of points) {
    const height = level(point);
    if (height === null) continue;
    last = point.time;
    if (height < target - slack) return flatSince === null ? point.time : (flatSince + point.time) / 2;
    if (height <= target + slack) flatSince ??= point.time;
  }
  return flatSince === null || last === null ? null : (flatSince + last) / 2;
}
