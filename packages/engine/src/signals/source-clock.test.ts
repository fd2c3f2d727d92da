import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, instant, type Instant } from "../time.ts";
import { CLOCK_DELIVERIES_MIN, estimateClock } from "./clock-estimate.ts";
import { clockGap, type ClockEvidence } from "./clock-evidence.ts";
import { nextClockRows } from "./next-clock-rows.ts";
import { clockPieces, CLOCK_SHIFT_MS_MAX, correctedAt, type ClockRow } from "./source-clock.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 2, 1);
const hour = (n: number): Instant => instant(START_MS + n * HOUR_MS);

/** An hour in which each delivery took so long on its way, from a clock that is so far ahead. */
function stretch(n: number, tookMs: readonly number[], aheadMs: number): ClockEvidence {
  const gap = clockGap(tookMs.map((took) => took - aheadMs));
  return { source: "crm", from: hour(n), sent: gap, occurred: gap };
}
/** Half-second steps: 0.1 s, 0.6 s, … */
const ways = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => 100 + 10 * i);
const rowsAfter = (evidence: readonly ClockEvidence[], rows: readonly ClockRow[] = []): readonly ClockRow[] => [
  ...rows,
  ...nextClockRows({ source: "crm", rows, evidence, bucketMs: HOUR_MS, now: hour(1000) }),
];
const read = (rows: readonly ClockRow[], raw: number): number =>
  correctedAt(instant(raw), clockPieces({ clocks: rows }).get("crm"));

describe("a source's clock", () => {
  it("is judged by the fastest twentieth of its deliveries, and right within two seconds", () => {
    expect(estimateClock([stretch(0, ways(40), 0)], HOUR_MS)).toMatchObject({ kind: "right" });
    const ahead = estimateClock([stretch(0, ways(40), 3 * HOUR_MS)], HOUR_MS);
    // Index ⌊0.05 × 40⌋ = 2 of 100, 110, 120 …; index 20 is 300.
    expect(ahead).toMatchObject({
      kind: "off",
      estimate: { basis: "sent", shiftMs: -3 * HOUR_MS + 120, uncertaintyMs: 180, n: 40, heardFrom: hour(0) },
    });
    expect(estimateClock([stretch(0, ways(40), -3 * HOUR_MS)], HOUR_MS)).toMatchObject({
      kind: "off",
      estimate: { shiftMs: 3 * HOUR_MS + 120 },
    });
  });

  it("needs twenty deliveries, from as many hours as it takes", () => {
    const few = Array.from({ length: 19 }, (_, i) => stretch(i, [100 + i], HOUR_MS));
    expect(estimateClock(few, HOUR_MS)).toEqual({ kind: "too-few", n: 19, nMin: CLOCK_DELIVERIES_MIN });
    expect(rowsAfter(few)).toEqual([]);
    expect(rowsAfter([...few, stretch(19, [100], HOUR_MS)])).toMatchObject([{ shiftMs: -HOUR_MS + 100 }]);
  });

  it("is not known where deliveries disagree: a tenth of the clients with a wrong clock moves nobody's times", () => {
    const mixed = clockGap([...ways(36), ...ways(4).map((took) => took - HOUR_MS)]);
    const evidence = { source: "crm", from: hour(0), sent: mixed, occurred: null };
    expect(estimateClock([evidence], HOUR_MS)).toMatchObject({ kind: "disagree", n: 40 });
    expect(rowsAfter([evidence])).toEqual([]);
  });

  it("is left alone beyond a day, and says so", () => {
    expect(estimateClock([stretch(0, ways(40), 26 * HOUR_MS)], HOUR_MS)).toMatchObject({ kind: "beyond-bound" });
    expect(rowsAfter([stretch(0, ways(40), 26 * HOUR_MS)])).toEqual([]);
  });

  it("that is behind does not show by when events happened, since they may have happened long before", () => {
    const late = { ...stretch(0, ways(40), -3 * HOUR_MS), sent: null };
    expect(estimateClock([late], HOUR_MS)).toMatchObject({ kind: "right", estimate: { basis: "occurred" } });
    const early = { ...stretch(0, ways(40), 3 * HOUR_MS), sent: null };
    expect(estimateClock([early], HOUR_MS)).toMatchObject({ kind: "off", estimate: { basis: "occurred" } });
    const [behind] = rowsAfter([stretch(0, ways(40), -3 * HOUR_MS)]);
    expect(rowsAfter([{ ...late, from: hour(1) }], behind === undefined ? [] : [behind])).toEqual([behind]);
  });
});

describe("its corrections", () => {
  it("are for all its times at first: a wrong zone was wrong before we looked", () => {
    const rows = rowsAfter([stretch(0, ways(40), 3 * HOUR_MS)]);
    expect(read(rows, START_MS - 400 * DAY_MS)).toBe(START_MS - 400 * DAY_MS - 3 * HOUR_MS + 120);
  });

  it("begin where the clock jumped ahead, in the gap that the jump leaves", () => {
    const rows = rowsAfter([stretch(0, ways(40), 0), stretch(1, ways(40), 0), stretch(2, ways(40), 3 * HOUR_MS)]);
    expect(rows.map(({ shiftMs }) => shiftMs)).toEqual([0, -3 * HOUR_MS + 120]);
    expect(read(rows, hour(2) - 1)).toBe(hour(2) - 1);
    expect(read(rows, hour(5))).toBe(hour(2) + 120);
    // Between the two no message has a time; one that came late from just before the jump stays in order.
    expect(read(rows, hour(4))).toBe(hour(2));
  });

  it("read times that come twice, after a jump back, as the first time: what was read before is not read otherwise", () => {
    const before = rowsAfter([stretch(0, ways(40), 3 * HOUR_MS)]);
    const rows = rowsAfter([stretch(0, ways(40), 3 * HOUR_MS), stretch(1, ways(40), 0)], before);
    expect(rows).toHaveLength(2);
    for (const raw of [hour(-9), hour(1), hour(3)]) expect(read(rows, raw)).toBe(read(before, raw));
    expect(read(rows, hour(5))).toBe(hour(5));
  });

  it("do not multiply while the clock stands as they say", () => {
    const evidence = Array.from({ length: 200 }, (_, i) => stretch(i, ways(20 + (i % 7)), HOUR_MS + 40 * (i % 11)));
    const rows = rowsAfter(evidence);
    expect(rows).toHaveLength(1);
    expect(rowsAfter(evidence, rows)).toEqual(rows);
  });

  const clock = fc.record({
    aheadMs: fc.oneof(fc.integer({ min: -30 * HOUR_MS, max: 30 * HOUR_MS }), fc.integer({ min: -10_000, max: 10_000 })),
    hours: fc.integer({ min: 1, max: 5 }),
    messages: fc.integer({ min: 1, max: 60 }),
    basis: fc.constantFrom("sent", "occurred", "both"),
  });
  const history = fc.array(clock, { minLength: 1, maxLength: 12 }).map((clocks) =>
    clocks
      .flatMap(({ hours, ...rest }) => Array.from({ length: hours }, () => rest))
      .map(({ aheadMs, messages, basis }, i) => {
        const told = stretch(i, ways(messages), aheadMs);
        return {
          ...told,
          ...(basis === "sent" ? { occurred: null } : {}),
          ...(basis === "occurred" ? { sent: null } : {}),
        };
      }),
  );
  const raw = fc.oneof(
    fc.integer({ min: START_MS - 2 * DAY_MS, max: START_MS + 5 * DAY_MS }),
    fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2299, 11, 31) }),
  );

  it("never reverse the order of two times, and never move one by more than a day, whatever the clock did", () => {
    fc.assert(
      fc.property(history, fc.array(raw, { minLength: 2, maxLength: 30 }), (evidence, raws) => {
        const rows = rowsAfter(evidence);
        const edges = rows.flatMap(({ fromRaw }) => [fromRaw, Math.max(fromRaw - 1, Date.UTC(1900, 0, 1))]);
        const times = [...raws, ...edges].toSorted((a, b) => a - b);
        const corrected = times.map((time) => read(rows, time));
        expect(corrected).toEqual(corrected.toSorted((a, b) => a - b));
        for (const [i, time] of times.entries())
          expect(Math.abs((corrected[i] ?? Infinity) - time)).toBeLessThanOrEqual(CLOCK_SHIFT_MS_MAX);
      }),
    );
  });

  it("are the same however often somebody looks: in one look, or after each hour", () => {
    fc.assert(
      fc.property(history, (evidence) => {
        const full = evidence.map((one, i) => stretch(i, ways(25), one.sent?.lowMs ?? 0));
        let looked: readonly ClockRow[] = [];
        for (let i = 1; i <= full.length; i += 1) looked = rowsAfter(full.slice(0, i), looked);
        expect(looked).toEqual(rowsAfter(full));
      }),
    );
  });
});
