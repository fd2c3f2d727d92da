import { DAY_MS } from "../time.ts";

/**
 * Where the counts' buckets begin, in ms: 0, then half a day's doublings and halvings from 1.3 seconds to 64 days, a day among them. The
 * last one has no end.
 */
export const DELAY_BUCKETS_MS: readonly number[] = [
  0,
  ...Array.from({ length: 23 }, (_, i) => Math.round(DAY_MS * 2 ** (i - 16))),
];

/** How late one source's signals arrive: our time of receipt minus when they happened, corrected where clocks were given. */
export interface ArrivalDelays {
  readonly source: string;
  /** Signals that say when they happened, ≥ 1; those that do not have no delay. */
  readonly n: number;
  /** Those among them that arrived before they happened: the sender's clock is ahead. Counted in the first bucket as well. */
  readonly ahead: number;
  /** One count for each of `DELAY_BUCKETS_MS`: signals whose delay is at least its bound and below the next one. */
  readonly counts: readonly number[];
}

/** The distribution in four numbers. */
export interface DelaySummary {
  readonly n: number;
  /** Half, 95 % and 99 % of the signals arrive within so many ms: the end of the bucket in which that signal lies; null beyond 64 days. */
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Share of signals that arrive a day or more after they happened, in [0, 1]; exact. */
  readonly laterThanDay: number;
}

/** Where a delay is counted: the index of the last bound that it reaches; the first for what arrived before it happened. */
export function delayBucket(delayMs: number): number {
  return Math.max(
    0,
    DELAY_BUCKETS_MS.findLastIndex((bound) => delayMs >= bound),
  );
}

/** Sums a distribution up. Counts of several sources, or of several stretches of time, may be added before. */
export function delaySummary(counts: readonly number[]): DelaySummary {
  const n = counts.reduce((sum, count) => sum + count, 0);
  const late = counts.filter((_, i) => (DELAY_BUCKETS_MS[i] ?? 0) >= DAY_MS).reduce((sum, count) => sum + count, 0);
  const within = (share: number): number | null => {
    if (n === 0) return null;
    let seen = 0;
    const bucket = counts.findIndex((count) => (seen += count) >= share * n);
    return DELAY_BUCKETS_MS[bucket + 1] ?? null;
  };
  return { n, medianMs: within(0.5), p95Ms: within(0.95), p99Ms: within(0.99), laterThanDay: n === 0 ? 0 : late / n };
}
