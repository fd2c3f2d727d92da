import type { IntervalView } from "@ratchet/protocol";
import type { Tone } from "../format/words.ts";

/** Colour only where the whole interval is on one side of zero. */
export function toneOf({ lower, upper }: IntervalView, direction: "increase" | "decrease"): Tone {
  const isAbove = lower !== null && lower > 0;
  const isBelow = upper !== null && upper < 0;
  if (!isAbove && !isBelow) return "neutral";
  return isAbove === (direction === "increase") ? "good" : "bad";
}
