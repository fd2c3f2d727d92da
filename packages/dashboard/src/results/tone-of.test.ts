import { describe, expect, it } from "vitest";
import { toneOf } from "./tone-of.ts";

const interval = (lower: number | null, upper: number | null) => ({ estimate: 0.1, lower, upper, confidence: 0.95 });

describe("the colour of an interval", () => {
  it("is good or bad only where it clears zero", () => {
    expect(toneOf(interval(0.01, 0.2), "increase")).toBe("good");
    expect(toneOf(interval(-0.2, -0.01), "increase")).toBe("bad");
    expect(toneOf(interval(-0.01, 0.2), "increase")).toBe("neutral");
    expect(toneOf(interval(null, null), "increase")).toBe("neutral");
  });
  it("turns round where less is better", () => {
    expect(toneOf(interval(-0.2, -0.01), "decrease")).toBe("good");
    expect(toneOf(interval(0.01, 0.2), "decrease")).toBe("bad");
  });
});
