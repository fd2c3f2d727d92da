import { ascendingOrder } from "../numerics/ascending-order.ts";
import { refuse, type Refused } from "../refused.ts";

/** Units followed from their assignment: `times` until the event or until they were last seen, `events` 1 or 0 (censored). */
export interface SurvivalInput {
  readonly times: readonly number[];
  readonly events: readonly number[];
}

/** Why no curve can be drawn. */
export type SurvivalRefusal = "invalid-input" | "too-few";

/** One distinct time: units at risk just before it, and what became of those it concerns. */
export interface RiskRow {
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  readonly censored: number;
}

/**
 * The risk table: one row a distinct time, ascending. Units censored at a time count as at risk for the events of that time.
 *
 * @returns `too-few` without units; `invalid-input` for unequal lengths, a time that is negative or not finite, or an event that is
 * not 0 or 1.
 */
export function riskTable({ times, events }: SurvivalInput): readonly RiskRow[] | Refused<SurvivalRefusal> {
  const fault = survivalFault(times, events, 1);
  if (fault !== null) return fault;
  const order = byTime(times);
  const rows: RiskRow[] = [];
  for (let start = 0; start < order.length;) {
    const time = times[order[start] ?? 0] ?? NaN;
    let [end, happened] = [start, 0];
    for (; end < order.length && times[order[end] ?? 0] === time; end++) happened += events[order[end] ?? 0] ?? 0;
    rows.push({ time, atRisk: order.length - start, events: happened, censored: end - start - happened });
    start = end;
  }
  return rows;
}

/** Indices from the earliest time to the latest. */
export function byTime(times: readonly number[]): Uint32Array {
  return ascendingOrder(times);
}

/** The first thing wrong with times and events (0 to `causes`), or null. */
export function survivalFault(
  times: readonly number[],
  events: readonly number[],
  causes: number,
): Refused<SurvivalRefusal> | null {
  if (times.length !== events.length)
    return refuse("invalid-input", `${times.length} times for ${events.length} events`);
  if (times.length === 0) return refuse("too-few", "no units were followed yet");
  if (!times.every((t) => t >= 0 && t < Infinity))
    return refuse("invalid-input", "times must be finite and not negative");
  return events.every((e) => Number.isInteger(e) && e >= 0 && e <= causes)
    ? null
    : refuse("invalid-input", `events must be counts from 0 (censored) to ${causes}`);
}
