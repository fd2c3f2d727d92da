import { instant, type Instant } from "../time.ts";
import { CLOCK_TOLERANCE_MS, clockGroups, estimateClock, type ClockAnswer } from "./clock-estimate.ts";
import type { ClockEvidence } from "./clock-evidence.ts";
import { clockPieces, correctedAt, FIRST_INSTANT, type ClockEstimate, type ClockRow } from "./source-clock.ts";

/** What is known of one source's clock, and what its messages said since. */
export interface ClockCase {
  readonly source: string;
  /** All its rows, in the order in which they were kept. */
  readonly rows: readonly ClockRow[];
  /** In order of time. Stretches that the last row has seen are passed over. */
  readonly evidence: readonly ClockEvidence[];
  /** Length of a stretch, ms. */
  readonly bucketMs: number;
  readonly now: Instant;
}

/**
 * The rows to be kept beside those that there are; none where the source's clock stands as they say.
 *
 * A source's first row is for all its times: what its clock was when it was first judged (0 where it was right) it was before. From then
 * on a row is added when a group of messages shows a shift that differs from the one in force by more than the tolerance and the
 * estimate's own uncertainty. Groups that cannot be judged change nothing.
 *
 * The new row begins at the raw time at which, by the row before it, the group's first stretch began. So no time that was read before is
 * read otherwise, and where a clock jumps ahead the seam lies in the gap that the jump leaves. Where a clock jumps back its raw times
 * come twice: the second time they are read as the first time, by the old shift, until the clock has passed what it had shown.
 */
export function nextClockRows({ source, rows, evidence, bucketMs, now }: ClockCase): readonly ClockRow[] {
  const added: ClockRow[] = [];
  const seen = rows.at(-1)?.estimate.heardBefore ?? FIRST_INSTANT;
  for (const group of clockGroups(evidence.filter(({ from }) => from >= seen))) {
    const known = [...rows, ...added];
    const before = known.at(-1);
    const estimate = shiftShown(estimateClock(group, bucketMs), before);
    if (estimate === null) continue;
    const fromRaw =
      before === undefined ? FIRST_INSTANT : instant(Math.max(before.fromRaw, estimate.heardFrom - before.shiftMs));
    const notBefore = correctedAt(fromRaw, clockPieces({ clocks: known }).get(source));
    added.push({ source, fromRaw, shiftMs: estimate.shiftMs, notBefore, knownAt: now, estimate });
  }
  return added;
}

/** What a group's messages say that must be added, where they say something that can be acted on. */
function shiftShown(answer: ClockAnswer, before: ClockRow | undefined): ClockEstimate | null {
  if (answer.kind !== "off" && answer.kind !== "right") return null;
  const { estimate } = answer;
  // When events happened says nothing about a clock that is behind: not that it is right again, either.
  const blind = estimate.basis === "occurred" && before !== undefined && before.shiftMs > 0 && estimate.shiftMs === 0;
  return blind || (before !== undefined && !differs(estimate, before)) ? null : estimate;
}

function differs({ shiftMs, uncertaintyMs }: ClockEstimate, before: ClockRow): boolean {
  return Math.abs(shiftMs - before.shiftMs) > Math.max(CLOCK_TOLERANCE_MS, uncertaintyMs);
}
