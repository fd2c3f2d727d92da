import { ascendingOrder } from "../numerics/ascending-order.ts";
import { refuse, type Refused } from "../refused.ts";

/** Units followed from their assignment: `times` until the event or until they were last seen, `events` 1 or 0 (censored). */
export interface SurvivalInput {
  readonly times: ArrayLike<number>;
  readonly events: ArrayLike<number>;
}

/** Why no curve can be drawn. */
export type SurvivalRefusal = "invalid-input" | "too-few";

/** One place a distinct time, ascending: units at risk just before it, events at it, and those last seen at it. */
export interface RiskTable {
  readonly times: Float64Array;
  readonly atRisk: Float64Array;
  readonly events: Float64Array;
  readonly censored: Float64Array;
}

/**
 * The risk table: one place a distinct time. Units censored at a time count as at risk for the events of that time.
 *
 * @returns `too-few` without units; `invalid-input` for unequal lengths, a time that is negative or not finite, or an event that is
 * not 0 or 1.
 */
export function riskTable({ times, events }: SurvivalInput): RiskTable | Refused<SurvivalRefusal> {
  const fault = survivalFault(times, events, 1);
  if (fault !== null) return fault;
  const n = times.length;
  const order = byTime(times);
  const table = emptyTable(n);
  let size = 0;
  for (let k = 0; k < n; k++) {
    const i = order[k] ?? 0;
    const time = times[i] ?? 0;
    if (size === 0 || table.times[size - 1] !== time) table.times[size++] = time;
    const column = events[i] === 1 ? table.events : table.censored;
    column[size - 1] = (column[size - 1] ?? 0) + 1;
  }
  for (let k = 0, atRisk = n; k < size; k++) {
    table.atRisk[k] = atRisk;
    atRisk -= (table.events[k] ?? 0) + (table.censored[k] ?? 0);
  }
  return {
    times: table.times.subarray(0, size),
    atRisk: table.atRisk.subarray(0, size),
    events: table.events.subarray(0, size),
    censored: table.censored.subarray(0, size),
  };
}

function emptyTable(n: number): RiskTable {
  return {
    times: new Float64Array(n),
    atRisk: new Float64Array(n),
    events: new Float64Array(n),
    censored: new Float64Array(n),
  };
}

/** Indices from the earliest time to the latest. */
export function byTime(times: ArrayLike<number>): Uint32Array {
  return ascendingOrder(times);
}

/** The first thing wrong with times and events (0 to `causes`), or null. */
export function survivalFault(
  times: ArrayLike<number>,
  events: ArrayLike<number>,
  causes: number,
): Refused<SurvivalRefusal> | null {
  const n = times.length;
  if (n !== events.length) return refuse("invalid-input", `${n} times for ${events.length} events`);
  if (n === 0) return refuse("too-few", "no units were followed yet");
  for (let i = 0; i < n; i++) {
    const time = times[i] ?? NaN;
    const event = events[i] ?? NaN;
    if (!(time >= 0 && time < Infinity))
      return refuse("invalid-input", `times must be finite and not negative, got ${time}`);
    if (!(Number.isInteger(event) && event >= 0 && event <= causes))
      return refuse("invalid-input", `events must be counts from 0 (censored) to ${causes}, got ${event}`);
  }
  return null;
}
