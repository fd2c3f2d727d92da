import { instant, type Instant } from "../time.ts";
import type { Signal } from "./signal.ts";
import type { UnitMerge } from "./unit-merge.ts";

/** What a source's messages said about its clock, as it was when a correction was made of it. */
export interface ClockEstimate {
  /** By when messages left, or only by when events happened; then a clock that is behind does not show. */
  readonly basis: "sent" | "occurred";
  /** What must be added to the sender's times, in ms: negative where its clock is ahead. */
  readonly shiftMs: number;
  /** Half of the deliveries took no more than so many ms longer than the fast ones that the estimate rests on. */
  readonly uncertaintyMs: number;
  /** Deliveries that it rests on. */
  readonly n: number;
  /** When they were received, by our clock: the first stretch and the end of the last one. */
  readonly heardFrom: Instant;
  readonly heardBefore: Instant;
}

/**
 * From a raw time on, how one source's times are read. Rows of a source follow each other, are kept for ever, and begin at rising
 * `fromRaw`; where two begin at the same one, the later row stands. The raw time stays in the facts.
 */
export interface ClockRow {
  readonly source: string;
  /** The first raw time, by the sender's clock, that it is for; of a source's first row the beginning of time. */
  readonly fromRaw: Instant;
  /** Added to the raw time; 0 where the clock is right again. */
  readonly shiftMs: number;
  /** No time that it reads is earlier: what the row before made of `fromRaw`, so that no order is reversed at the seam. */
  readonly notBefore: Instant;
  /** When we knew it. */
  readonly knownAt: Instant;
  readonly estimate: ClockEstimate;
}

/**
 * How facts are to be read: with which corrections of clocks, which units as one, and as they were known when. Absent: as they stand, and
 * all of them.
 */
export interface FactsReading {
  /** In the order in which they were kept. */
  readonly clocks?: readonly ClockRow[];
  /** Units that turned out to be one; in any order. */
  readonly merges?: readonly UnitMerge[];
  /** Only facts that had been received by then count, and only clock rows and merges that were known. */
  readonly knownAt?: Instant;
}

/** A stretch of one source's raw times, as `correctedAt` and the stores' queries need it. */
export interface ClockPiece {
  readonly fromRaw: Instant;
  readonly shiftMs: number;
  readonly notBefore: Instant;
}

/** Corrections are bounded: a clock that is off by more is left as it is, and that is an incident. */
export const CLOCK_SHIFT_MS_MAX = 86_400_000;

/** The first and the last time that can be written down (see `parseEpochMs`). */
export const FIRST_INSTANT: Instant = instant(Date.UTC(1900, 0, 1));
export const LAST_INSTANT: Instant = instant(Date.UTC(2299, 11, 31));

/**
 * The pieces in force for each source, by rising `fromRaw`. Sources whose times are not moved anywhere are left out.
 *
 * @param reading - rows that were not yet known at `knownAt` do not count.
 */
export function clockPieces({ clocks = [], knownAt }: FactsReading): ReadonlyMap<string, readonly ClockPiece[]> {
  const pieces = new Map<string, readonly ClockPiece[]>();
  for (const { source, fromRaw, shiftMs, notBefore, knownAt: at } of clocks) {
    if (knownAt !== undefined && at > knownAt) continue;
    const before = (pieces.get(source) ?? []).filter((piece) => piece.fromRaw < fromRaw);
    pieces.set(source, [...before, { fromRaw, shiftMs, notBefore }]);
  }
  return new Map([...pieces].filter(([, own]) => own.some(moves)));
}

function moves({ fromRaw, shiftMs, notBefore }: ClockPiece): boolean {
  return shiftMs !== 0 || notBefore > fromRaw;
}

/**
 * When it happened by our clock: max(raw + shift, notBefore) under the piece that the raw time lies in, within the times that can be
 * written down.
 *
 * Never reverses the order of two raw times of one source, and never moves one by more than `CLOCK_SHIFT_MS_MAX`, given rows made by
 * `nextClockRows`.
 */
export function correctedAt(raw: Instant, pieces: readonly ClockPiece[] | undefined): Instant {
  const piece = pieces?.findLast(({ fromRaw }) => fromRaw <= raw);
  if (piece === undefined) return raw;
  return instant(Math.min(Math.max(raw + piece.shiftMs, piece.notBefore), LAST_INSTANT));
}

/**
 * When a signal happened by our clock. One that did not say when was given the time at which we heard of it, by our clock: that one is
 * left as it is.
 */
export function correctedOccurrence(
  { source, occurredAt, receivedAt }: Pick<Signal, "source" | "occurredAt" | "receivedAt">,
  pieces: ReadonlyMap<string, readonly ClockPiece[]>,
): Instant {
  return occurredAt === receivedAt ? occurredAt : correctedAt(occurredAt, pieces.get(source));
}
