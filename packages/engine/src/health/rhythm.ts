import { DAY_MS, instant, type Instant } from "../time.ts";
import { BASELINE_DAYS, HISTORY_DAYS_MIN } from "./day-counts.ts";

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;
/** Weight of what all hours of its kind do, in weeks, beside what one hour of the week did. */
const POOLED_WEEKS = 4;
/** False alarms a year that a source in order may raise by its silences. */
const FALSE_A_YEAR = 0.02;

/** How surprising a source's present silence is, by its own rhythm. */
export interface Silence {
  readonly kind: "silence";
  /** The beginning of the last hour in which something came, and whole hours without anything since. */
  readonly since: Instant;
  readonly emptyHours: number;
  /** −ln P(a silence as long, beginning there), and the level at which it is no longer ordinary. */
  readonly surprise: number;
  readonly limit: number;
  /** Activity that is missing, in ordinary days of the source. */
  readonly daysMissing: number;
}

/** Too short a history to know a rhythm. */
export interface NoRhythm {
  readonly kind: "no-rhythm";
  readonly days: number;
}

/**
 * Judges the silence since a source's last arrival.
 *
 * Each hour of the week has a probability that something comes: how often it did in the last eight weeks, pooled with the other hours of
 * its time of day (weekdays and weekends apart). An empty hour is −ln(1 − p) of surprise: a night or a weekend in which nothing ever
 * comes adds nothing, the first hours of a Monday add much. The limit is such that a source whose hours are independent raises 0.02 false
 * alarms a year, since every silence is one test however often it is looked at; it rises to 1.25 times the longest silence that the
 * history holds, for sources that come in bursts, yet never above two ordinary days, or one past outage would hide the next.
 *
 * Hours are UTC: the two weeks around a change of summer time may add one hour.
 *
 * @param active - beginnings of the hours in which something came, ascending.
 * @param isUnusual - hours of silences that an incident explains: they are no part of what is usual.
 */
export function judgeSilence(
  active: readonly Instant[],
  now: Instant,
  isUnusual: (hour: Instant) => boolean = () => false,
): Silence | NoRhythm {
  const last = active.at(-1);
  if (last === undefined) return { kind: "no-rhythm", days: 0 };
  const hours = active.filter((hour) => hour > last - BASELINE_DAYS * DAY_MS).map((hour) => hour / HOUR_MS);
  const first = hours[0] ?? 0;
  const end = last / HOUR_MS;
  const days = (end - first) / 24;
  if (days < HISTORY_DAYS_MIN) return { kind: "no-rhythm", days };
  const week = hourlyActivity(hours, first, end);
  const surpriseOf = (hour: number): number => -Math.log(1 - (week[hour % WEEK_HOURS] ?? 0));
  const silences = hours.slice(1).flatMap((hour, i) => {
    const before = hours[i] ?? hour;
    const isSilent = hour - before > 1 && !isUnusual(instant((hour - 1) * HOUR_MS));
    return isSilent ? [sumOver(before + 1, hour, surpriseOf)] : [];
  });
  const perYear = Math.max(1, (silences.length * 365) / days);
  const ordinary = ordinaryDay(week);
  const longest = silences.reduce((most, one) => Math.max(most, one), 0);
  const nowHour = Math.floor(now / HOUR_MS);
  return {
    kind: "silence",
    since: instant(last),
    emptyHours: Math.max(0, nowHour - end - 1),
    surprise: sumOver(end + 1, nowHour, surpriseOf),
    limit: Math.max(Math.log(perYear / FALSE_A_YEAR), Math.min(1.25 * longest, 2 * ordinary.surprise)),
    daysMissing: sumOver(end + 1, nowHour, (hour) => week[hour % WEEK_HOURS] ?? 0) / ordinary.activity,
  };
}

/** By hour of the week (counted from Thursday 00:00 UTC, as the epoch is), the probability that something comes. */
function hourlyActivity(hours: readonly number[], first: number, end: number): readonly number[] {
  const seen = Array.from({ length: WEEK_HOURS }, () => 0);
  const passed = Array.from({ length: WEEK_HOURS }, () => 0);
  const add = (to: number[], hour: number): void => {
    to[hour % WEEK_HOURS] = (to[hour % WEEK_HOURS] ?? 0) + 1;
  };
  for (const hour of hours) add(seen, hour);
  for (let hour = first; hour <= end; hour++) add(passed, hour);
  const kinds = new Map<string, { seen: number; passed: number }>();
  seen.forEach((n, hour) => {
    const kind = kinds.get(kindOf(hour)) ?? { seen: 0, passed: 0 };
    kinds.set(kindOf(hour), { seen: kind.seen + n, passed: kind.passed + (passed[hour] ?? 0) });
  });
  return seen.map((n, hour) => {
    const kind = kinds.get(kindOf(hour)) ?? { seen: 0, passed: 0 };
    const pooled = (kind.seen + 0.5) / (kind.passed + 1);
    return (n + POOLED_WEEKS * pooled) / ((passed[hour] ?? 0) + POOLED_WEEKS);
  });
}

/** Saturday is the third day of a week that begins on a Thursday. */
function kindOf(hourOfWeek: number): string {
  const day = Math.floor(hourOfWeek / 24);
  return `${day === 2 || day === 3 ? "weekend" : "weekday"} ${hourOfWeek % 24}`;
}

/** Surprise and activity of an ordinary day: days on which hardly anything comes are not counted among them. */
function ordinaryDay(week: readonly number[]): { readonly surprise: number; readonly activity: number } {
  const days = Array.from({ length: 7 }, (_, day) => {
    const hours = week.slice(24 * day, 24 * day + 24);
    return {
      activity: hours.reduce((sum, p) => sum + p, 0),
      surprise: hours.reduce((sum, p) => sum - Math.log(1 - p), 0),
    };
  });
  const most = days.reduce((best, { activity }) => Math.max(best, activity), 0);
  const busy = days.filter(({ activity }) => activity >= most / 4);
  const sum = busy.reduce(
    (all, day) => ({ surprise: all.surprise + day.surprise, activity: all.activity + day.activity }),
    { surprise: 0, activity: 0 },
  );
  return { surprise: sum.surprise / busy.length, activity: sum.activity / busy.length };
}

function sumOver(from: number, to: number, of: (hour: number) => number): number {
  let sum = 0;
  for (let hour = from; hour < to; hour++) sum += of(hour);
  return sum;
}
