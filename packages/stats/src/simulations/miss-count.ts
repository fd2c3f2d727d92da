import type { Interval } from "../index.ts";

/** Whether an interval missed the truth (or a test raised an alarm) in one run; null when it was refused. */
export type Miss = boolean | null;

/** How many of the answered runs missed, and how many were refused instead. */
export interface MissCount {
  readonly runs: number;
  readonly missed: number;
  readonly refused: number;
}

/** Method → its misses. */
export type MissCounts = Readonly<Record<string, MissCount>>;

/** Repeats one run of several methods on the same data and counts the misses of each. */
export function countMisses(runs: number, once: () => Readonly<Record<string, Miss>>): MissCounts {
  const counts: Record<string, MissCount> = {};
  for (let run = 0; run < runs; run++) {
    for (const [method, miss] of Object.entries(once())) {
      const before = counts[method] ?? { runs: 0, missed: 0, refused: 0 };
      counts[method] = {
        runs: before.runs + (miss === null ? 0 : 1),
        missed: before.missed + (miss === true ? 1 : 0),
        refused: before.refused + (miss === null ? 1 : 0),
      };
    }
  }
  return counts;
}

/** Whether an answer's interval leaves out the truth. */
export function misses(
  answer: { readonly kind: "refused" } | { readonly kind: string; readonly interval: Interval },
  truth: number,
): Miss {
  return "interval" in answer ? leavesOut(answer.interval, truth) : null;
}

/** Whether an interval leaves out the truth. */
export function leavesOut({ lower, upper }: Interval, truth: number): boolean {
  return !(lower <= truth && truth <= upper);
}

/** Whether estimate ± z·se leaves out the truth; z for 95 %. */
export function misses95({
  estimate,
  standardError,
  truth,
}: {
  readonly estimate: number;
  readonly standardError: number;
  readonly truth: number;
}): boolean {
  return !(Math.abs(estimate - truth) <= 1.959963984540054 * standardError);
}

/** Share of the answered runs that missed; NaN without any. */
export function missShare({ missed, runs }: MissCount): number {
  return missed / runs;
}
