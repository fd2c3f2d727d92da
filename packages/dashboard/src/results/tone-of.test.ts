import type { VerdictWord } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { toneOf } from "./tone-of.ts";

function tone(
  lower: number | null,
  upper: number | null,
  verdict: VerdictWord,
  direction: "increase" | "decrease" = "increase",
) {
  return toneOf({ interval: { estimate: 0.1, lower, upper, confidence: 0.95 }, verdict, direction });
}

describe("the colour of an interval", () => {
  it("is good or bad only where it clears zero", () => {
    expect(tone(0.01, 0.2, "better")).toBe("good");
    expect(tone(-0.2, -0.01, "worse")).toBe("bad");
    expect(tone(-0.01, 0.2, "better")).toBe("neutral");
    expect(tone(null, null, "better")).toBe("neutral");
  });
  it("turns round where less is better", () => {
    expect(tone(-0.2, -0.01, "better", "decrease")).toBe("good");
    expect(tone(0.01, 0.2, "worse", "decrease")).toBe("bad");
  });
  it("is neutral where the verdict does not call it a difference, however clear it looks", () => {
    expect(tone(0.01, 0.2, "cannot tell")).toBe("neutral");
    expect(tone(0.01, 0.2, "cannot trust yet")).toBe("neutral");
    expect(tone(0.01, 0.2, "too early")).toBe("neutral");
  });
});
