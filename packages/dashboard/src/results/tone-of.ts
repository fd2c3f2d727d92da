import type { IntervalView, VerdictWord } from "@ratchet/protocol";
import { isTold, type Tone } from "../format/words.ts";

/** What decides a row's colour. */
export interface Shown {
  readonly interval: IntervalView;
  readonly verdict: VerdictWord;
  readonly direction: "increase" | "decrease";
}

/** Colour only where the whole interval is on one side of zero, and the verdict calls that a difference. */
export function toneOf({ interval: { lower, upper }, verdict, direction }: Shown): Tone {
  const isAbove = lower !== null && lower > 0;
  const isBelow = upper !== null && upper < 0;
  if (!isTold(verdict) || (!isAbove && !isBelow)) return "neutral";
  return isAbove === (direction === "increase") ? "good" : "bad";
}
