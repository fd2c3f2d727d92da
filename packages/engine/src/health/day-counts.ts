import { DAY_MS, instant, type Instant } from "../time.ts";

/** Of n things, k that count. */
export interface Share {
  readonly n: number;
  readonly k: number;
}

/** One UTC day. */
export interface DayShare extends Share {
  readonly day: Instant;
}

/** Days before which nothing is known of a source or a series: rhythm and shares are judged by at least two weeks. */
export const HISTORY_DAYS_MIN = 14;
/** How far back a baseline reaches: eight weeks. Longer would take last season's habits for today's. */
export const BASELINE_DAYS = 56;

/** The beginning of the UTC day that a time lies in. */
export function dayOf(at: Instant): Instant {
  return instant(Math.floor(at / DAY_MS) * DAY_MS);
}

/** Every day from the first one counted up to, and without, the day of `now`: only a day that is over is judged, and so only once. */
export function closedDays(counts: readonly DayShare[], now: Instant): readonly DayShare[] {
  const byDay = new Map<number, Share>();
  for (const { day, n, k } of counts) {
    const known = byDay.get(day) ?? { n: 0, k: 0 };
    byDay.set(day, { n: known.n + n, k: known.k + k });
  }
  const today = dayOf(now);
  const first = [...byDay.keys()].reduce((least, day) => Math.min(least, day), today);
  return Array.from({ length: (today - first) / DAY_MS }, (_, i) => {
    const day = instant(first + i * DAY_MS);
    return { day, ...(byDay.get(day) ?? { n: 0, k: 0 }) };
  });
}

export function total(shares: readonly Share[]): Share {
  return shares.reduce((sum, { n, k }) => ({ n: sum.n + n, k: sum.k + k }), { n: 0, k: 0 });
}

/** The middle of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[sorted.length / 2 - 1] ?? NaN) + upper) / 2;
}
