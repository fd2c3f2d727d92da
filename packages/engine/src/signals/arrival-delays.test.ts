import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../time.ts";
import { DELAY_BUCKETS_MS, delayBucket, delaySummary } from "./arrival-delays.ts";

const countsOf = (delays: readonly number[]) =>
  DELAY_BUCKETS_MS.map((_, i) => delays.filter((delay) => delayBucket(delay) === i).length);

describe("delays in buckets", () => {
  it("begin at nothing, end at 64 days, and have a day as a bound, so that what is later than a day is counted exactly", () => {
    expect(DELAY_BUCKETS_MS.slice(0, 3)).toEqual([0, 1_318, 2_637]);
    expect(DELAY_BUCKETS_MS.at(-1)).toBe(64 * DAY_MS);
    expect(delaySummary(countsOf([5, DAY_MS - 1, DAY_MS, 2 * DAY_MS])).laterThanDay).toBe(0.5);
  });

  it("put every delay at or above its bucket's bound and below the next, and what came too early into the first", () => {
    expect(delayBucket(-1)).toBe(0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 * DAY_MS }), (delay) => {
        const bucket = delayBucket(delay);
        expect(DELAY_BUCKETS_MS[bucket]).toBeLessThanOrEqual(delay);
        expect(DELAY_BUCKETS_MS[bucket + 1] ?? Infinity).toBeGreaterThan(delay);
      }),
    );
  });

  it("say within what time half, 95 % and 99 % arrive: never less than the true quantile, and at most twice as much", () => {
    const seconds = fc.integer({ min: 2_000, max: 60 * DAY_MS });
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1, maxLength: 200 }), (delays) => {
        const sorted = delays.toSorted((a, b) => a - b);
        const summary = delaySummary(countsOf(delays));
        for (const [share, within] of [
          [0.5, summary.medianMs],
          [0.95, summary.p95Ms],
          [0.99, summary.p99Ms],
        ] as const) {
          const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
          expect(within).toBeGreaterThan(exact);
          // The bounds below three seconds are rounded to whole ms.
          expect(within).toBeLessThanOrEqual(2.001 * exact);
        }
      }),
    );
  });

  it("have no upper end beyond 64 days, and no quantile where nothing arrived", () => {
    expect(delaySummary(countsOf([65 * DAY_MS]))).toEqual({
      n: 1,
      medianMs: null,
      p95Ms: null,
      p99Ms: null,
      laterThanDay: 1,
    });
    expect(delaySummary(countsOf([])).laterThanDay).toBe(0);
  });
});
