import type { Instant } from "../time.ts";
import type { DayShare } from "./day-counts.ts";

/** How often something (a type, a value) was seen a day: closed days in order, the same days for all. */
export interface Block {
  readonly name: string;
  readonly days: readonly DayShare[];
}

/** Something that came every week and does not come any more. */
interface Vanished {
  readonly name: string;
  /** How many were to be expected in the days without any. */
  readonly expected: number;
  /** The first day without any. */
  readonly since: Instant;
}

/** What vanished, what is new, and whether the history is long enough to tell. */
export interface Comparison {
  readonly vanished: readonly Vanished[];
  readonly appeared: readonly Block[];
  readonly known: boolean;
}

/**
 * Spans of days that are judged, with what a span usually holds at least, and held at the very least in each of eight weeks.
 *
 * What is expected 25 times and came at least 8 times in every comparable span is missing by chance in less than e⁻²⁵; a span of two days
 * finds it soon, one of seven finds what is rarer. Spans are compared with the same weekdays of other weeks.
 */
const SPANS = [
  { days: 2, usual: 25, least: 8 },
  { days: 7, usual: 15, least: 4 },
] as const;
const WEEKS = 8;
/** Of something new to be more than a slip of the hand. */
const APPEARED_MIN = 5;
/** Of what a span usually holds in all: less, and it is no ordinary span. */
const QUIET = 0.3;

/** Compares the last days with eight weeks before, name by name. @param isUnusual - days that no span may hold. */
export function compareBlocks(blocks: readonly Block[], isUnusual: (day: Instant) => boolean): Comparison {
  const pastSpans = (block: Block, length: number): readonly number[] => spansOf(block, length, isUnusual);
  const known = blocks.some((block) => {
    const past = pastSpans(block, 7);
    return past.length === WEEKS && past.every((n) => n > 0);
  });
  if (!known) return { vanished: [], appeared: [], known };
  // A source that is quiet as a whole has not renamed anything: that is a holiday, or freshness.
  const isQuiet = SPANS.map(({ days }) => {
    const now = blocks.reduce((sum, block) => sum + spanOf(block, days, 0), 0);
    const usual = blocks.reduce((sum, block) => sum + meanOf(pastSpans(block, days)), 0);
    return now < QUIET * usual;
  });
  const vanished = blocks.flatMap((block): readonly Vanished[] => {
    const span = SPANS.find(({ days, usual, least }, i) => {
      const past = pastSpans(block, days).toSorted((a, b) => a - b);
      return (
        spanOf(block, days, 0) === 0 &&
        isQuiet[i] === false &&
        (past[WEEKS / 2] ?? 0) >= usual &&
        (past[0] ?? 0) >= least
      );
    });
    if (span === undefined) return [];
    const lastSeen = block.days.findLastIndex(({ n }) => n > 0);
    const since = block.days[lastSeen + 1]?.day;
    const past = pastSpans(block, span.days);
    return since === undefined ? [] : [{ name: block.name, expected: meanOf(past), since }];
  });
  const appeared = blocks.filter(
    (block) => spanOf(block, 7, 0) >= APPEARED_MIN && block.days.slice(0, -7).every(({ n }) => n === 0),
  );
  return { vanished, appeared, known };
}

/** Signals in the last days, or in the same weekdays some weeks earlier. */
function spanOf({ days }: Block, length: number, weeksAgo: number): number {
  const end = days.length - 7 * weeksAgo;
  return days.slice(Math.max(0, end - length), end).reduce((sum, { n }) => sum + n, 0);
}

/** The same weekdays in the eight latest weeks that were as usual. */
function spansOf(block: Block, length: number, isUnusual: (day: Instant) => boolean): readonly number[] {
  const { days } = block;
  const weeks = Array.from({ length: Math.floor(days.length / 7) }, (_, w) => w + 1).filter((weeksAgo) => {
    const end = days.length - 7 * weeksAgo;
    return end >= length && !days.slice(end - length, end).some(({ day }) => isUnusual(day));
  });
  return weeks.slice(0, WEEKS).map((weeksAgo) => spanOf(block, length, weeksAgo));
}

function meanOf(counts: readonly number[]): number {
  return counts.reduce((sum, n) => sum + n, 0) / Math.max(1, counts.length);
}
