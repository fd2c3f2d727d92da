import { describe, expect, it } from "vitest";
import { durationMs, durationSchema } from "./duration.ts";

describe("durationMs", () => {
  it.each([
    ["0s", 0],
    ["250ms", 250],
    ["30m", 1_800_000],
    ["72h", 259_200_000],
    ["14d", 1_209_600_000],
  ])("reads %s", (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(["", "d", "-1d", "1.5h", "2 weeks", "010s", "P1D"])("refuses %j", (text) => {
    expect(durationSchema.safeParse(text).success).toBe(false);
  });
});
