import type { Instant } from "../time.ts";

/**
 * How far the sender's times lie behind ours, over some deliveries: our time of receipt minus the time that the sender wrote, in ms.
 *
 * It is what the message took, minus what the sender's clock is ahead: never negative where the clock is right. What was received in one
 * millisecond is one delivery, whose gap is the least of its messages': a batch of a thousand reads the clock once, however it was held up.
 */
export interface ClockGap {
  /** Deliveries, ≥ 1. */
  readonly n: number;
  readonly minMs: number;
  /** The 5 % quantile: the value at index ⌊0.05 n⌋ of the sorted gaps, counted from 0. */
  readonly lowMs: number;
  /** The value at index ⌊0.5 n⌋. */
  readonly medianMs: number;
}

/** What one source's deliveries of one stretch of time say about its clock. */
export interface ClockEvidence {
  readonly source: string;
  /** Start of the stretch, by our clock, in which they were received. */
  readonly from: Instant;
  /** By when the sender says that the message left; null where no message says so. */
  readonly sent: ClockGap | null;
  /**
   * By when the sender says that it happened; null where none says so. It may have happened long before, so only a clock that is ahead
   * shows here. Messages heard in the very millisecond in which they happened are left out: they did not say when, and have our time.
   */
  readonly occurred: ClockGap | null;
}

/** Which messages to look at, by when we received them; all where absent. */
export interface ReceivedBetween {
  readonly receivedFrom?: Instant;
  /** Exclusive. */
  readonly receivedBefore?: Instant;
}

/** Evidence comes one row per source and stretch, by source, then time. */
export interface ClockEvidenceQuery extends ReceivedBetween {
  /** Length of a stretch, whole ms ≥ 1; stretches begin at multiples of it since 1970: 3,600,000 for hours, 86,400,000 for days. */
  readonly bucketMs: number;
}

/** The gap's summary, by its definition. null: there is no message. */
export function clockGap(gapsMs: readonly number[]): ClockGap | null {
  const sorted = gapsMs.toSorted((a, b) => a - b);
  const at = (level: number): number => sorted[Math.floor(level * sorted.length)] ?? Number.NaN;
  return sorted.length === 0 ? null : { n: sorted.length, minMs: at(0), lowMs: at(0.05), medianMs: at(0.5) };
}
