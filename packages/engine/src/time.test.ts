import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instant, isoOf, parseInstant } from "./time.ts";

/** As ISO; null where it is refused. */
const read = (text: string): string | null => {
  const parsed = parseInstant(text);
  return parsed.kind === "ok" ? isoOf(parsed.value) : null;
};

describe("a time in text", () => {
  it.each([
    ["2026-03-01T09:30:00Z", "2026-03-01T09:30:00.000Z"],
    ["2026-03-01t09:30:00z", "2026-03-01T09:30:00.000Z"],
    ["2026-03-01 09:30:00z", "2026-03-01T09:30:00.000Z"],
    ["2026-03-01T09:30:00.123456789012Z", "2026-03-01T09:30:00.123Z"],
    ["2026-03-01T09:30:00+05:30", "2026-03-01T04:00:00.000Z"],
    ["2026-03-01T09:30:00-0100", "2026-03-01T10:30:00.000Z"],
    ["2026-03-01T09:30:00-00:00", "2026-03-01T09:30:00.000Z"],
    ["2026-03-01T09:30", "2026-03-01T09:30:00.000Z"],
    ["2026-03-01", "2026-03-01T00:00:00.000Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z"],
    ["2017-01-01T00:59:60.25+01:00", "2016-12-31T23:59:59.999Z"],
  ])("%s is %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });
  // Date.parse takes the first two for days of the next month (issue 4).
  it.each([
    "2026-02-30T00:00:00Z",
    "2026-04-31",
    "2026-13-01T00:00:00Z",
    "2026-03-01T25:00:00Z",
    "2026-03-01T09:30:61Z",
    "2026-03-01T09:30:00+25:00",
    "2026-03-01T09:30:00,5Z",
    "01/03/2026",
    "1772357400",
    "yesterday",
    "",
  ])("%s is none, and the refusal shows one", (text) => {
    expect(read(text)).toBeNull();
    expect(parseInstant(text)).toMatchObject({
      error: { code: "time.not_iso", message: expect.stringContaining("2026-03-01T09:30:00Z") },
    });
  });
  it("is the same however it is written", () => {
    const times = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2299, 11, 31) });
    fc.assert(
      fc.property(times, (ms) => {
        const iso = isoOf(instant(ms));
        for (const text of [iso.toLowerCase(), iso.replace("T", " "), iso.replace("Z", "+0000"), ` ${iso} `])
          expect(read(text)).toBe(iso);
      }),
    );
  });
});
