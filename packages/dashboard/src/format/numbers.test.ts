import { describe, expect, it } from "vitest";
import { formatBytes, formatDifference, formatNumber, formatPoints, formatShare, formatSigned } from "./numbers.ts";

const interval = (estimate: number | null, lower: number | null, upper: number | null) => ({
  estimate,
  lower,
  upper,
  confidence: 0.95,
});

describe("a difference", () => {
  it("of a conversion is per 100 units, of a value per unit, with two figures of its width", () => {
    expect(formatDifference(interval(0.021, 0.008, 0.034), "conversion")).toBe("+2.1 per 100 units (0.8 to 3.4)");
    expect(formatDifference(interval(-0.4, -1.26, 0.46), "value")).toBe("−0.4 per unit (−1.3 to 0.5)");
    expect(formatDifference(interval(1520, 900, 2140), "value")).toBe("+1,520 per unit (900 to 2,140)");
  });
  it("says in words where the data bound nothing, and never shows a missing estimate as zero", () => {
    expect(formatDifference(interval(0.02, 0.01, null), "conversion")).toBe("+2.0 per 100 units (1.0 or more)");
    expect(formatDifference(interval(0.02, null, null), "conversion")).toBe("+2.0 per 100 units (not bounded yet)");
    expect(formatDifference(interval(null, null, null), "value")).toBe("nothing to estimate from yet");
  });
});

describe("numbers", () => {
  it("never read minus nothing", () => {
    expect(formatNumber(-0.001, 1)).toBe("0.0");
    expect(formatSigned(-0.001, 1)).toBe("+0.0");
  });
  it("show shares, points and bytes as people say them", () => {
    expect(formatShare(0.25)).toBe("25\u202f%");
    expect(formatShare(0.333)).toBe("33.3\u202f%");
    expect(formatPoints(0.2)).toBe("+20 points");
    expect(formatPoints(0)).toBe("no change");
    expect(formatBytes(1_530_000)).toBe("1.5\u202fMB");
  });
});
