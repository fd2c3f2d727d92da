import { instant } from "@ratchet/engine";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DISABLED_AFTER_MS, nextTry, pauseUntil } from "./retry-schedule.ts";

const NOW = instant(Date.UTC(2026, 2, 1, 12));
const HOUR = 3_600_000;

describe("the schedule", () => {
  it("ends after ten calls, whose delays add up to more than an endpoint is borne with", () => {
    let now = NOW;
    let calls = 1;
    for (let next = nextTry("whd_1", calls, now); next !== null; next = nextTry("whd_1", calls, now)) {
      calls += 1;
      now = next;
    }
    expect(calls).toBe(10);
    expect(now - NOW).toBeGreaterThan(DISABLED_AFTER_MS);
  });

  it("gives every delivery a jitter of its own, the same each time, of a tenth of the delay at most", () => {
    const delays = Array.from({ length: 200 }, (_, i) => (nextTry(`whd_${i}`, 4, NOW) ?? NOW) - NOW);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(2 * HOUR);
    expect(Math.max(...delays)).toBeLessThanOrEqual(2.2 * HOUR);
    expect(new Set(delays).size).toBeGreaterThan(190);
    expect(nextTry("whd_7", 4, NOW)).toBe(nextTry("whd_7", 4, NOW));
  });
});

describe("Retry-After", () => {
  it.each([
    ["120", 120_000],
    [" 5 ", 5_000],
    ["Sun, 01 Mar 2026 12:30:00 GMT", HOUR / 2],
    ["999999999", 24 * HOUR],
    ["Sun, 01 Mar 2099 12:30:00 GMT", 24 * HOUR],
  ])("of %j is heard", (header, ms) => {
    expect(pauseUntil(header, NOW)).toBe(NOW + ms);
  });

  it.each([
    null,
    "",
    "0",
    "-5",
    "1.5",
    "soon",
    "1e9",
    "Sun, 01 Mar 2026 11:30:00 GMT",
    "Sun, 99 Mar 2026 12:30:00 GMT",
  ])("of %j says nothing", (header) => {
    expect(pauseUntil(header, NOW)).toBeNull();
  });

  it("never holds longer than a day, whatever it says", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const until = pauseUntil(header, NOW);
        expect(until === null || (until > NOW && until - NOW <= 24 * HOUR)).toBe(true);
      }),
    );
  });
});
