import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instant } from "../../time.ts";
import { isTimeZone, localTime, zonesOfRegion } from "./local-time.ts";

const at = (iso: string) => instant(Date.parse(iso));
const QUARTER_MS = 15 * 60_000;

describe("the clock on a wall", () => {
  it("shows local minutes, weekday and day", () => {
    expect(localTime("Europe/Berlin", at("2026-07-01T06:30:00Z"))).toMatchObject({ minuteOfDay: 510, weekday: 3 });
    expect(localTime("Asia/Kathmandu", at("2026-07-01T20:00:00Z"))).toMatchObject({ minuteOfDay: 105, weekday: 4 });
    expect(localTime("America/New_York", at("1969-12-31T23:00:00Z"))).toEqual({
      minuteOfDay: 1080,
      weekday: 3,
      day: -1,
    });
  });
  it("leaves an hour out in spring and shows one twice in autumn", () => {
    const minute = (iso: string) => localTime("Europe/Berlin", at(iso))?.minuteOfDay;
    expect([minute("2026-03-29T00:59:59Z"), minute("2026-03-29T01:00:00Z")]).toEqual([119, 180]);
    expect([minute("2026-10-25T00:59:59Z"), minute("2026-10-25T01:00:00Z")]).toEqual([179, 120]);
  });
  it("knows no zone by a wrong name, an offset or a sentence", () => {
    expect(["Europe/Belrin", "+02:00", "", "UTC+2", "a zone"].filter(isTimeZone)).toEqual([]);
    expect(localTime("Mars/Olympus", at("2026-01-01T00:00:00Z"))).toBeNull();
  });
  it("agrees with the runtime at any moment in any zone, in whatever order it is asked", () => {
    const zones = Intl.supportedValuesOf("timeZone");
    const format = new Map(
      zones.map((zone) => [
        zone,
        new Intl.DateTimeFormat("en-GB", {
          timeZone: zone,
          hourCycle: "h23",
          hour: "2-digit",
          minute: "2-digit",
          weekday: "short",
        }),
      ]),
    );
    const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(1980, 0, 1), max: Date.UTC(2040, 0, 1) }),
        (zone, ms) => {
          const local = localTime(zone, instant(ms));
          const minute = local?.minuteOfDay ?? -1;
          const clock = [Math.floor(minute / 60), minute % 60].map((n) => String(n).padStart(2, "0")).join(":");
          expect(`${days[(local?.weekday ?? 0) - 1]} ${clock}`).toBe(format.get(zone)?.format(ms));
        },
      ),
      { numRuns: 3000 },
    );
  });
  it("finds every change of the clocks between two years at a whole quarter of an hour", () => {
    // Halving the gap between two readings whose offsets differ ends at the moment of the change. Asked of the runtime, not of our cache.
    let changes = 0;
    for (const zone of Intl.supportedValuesOf("timeZone")) {
      const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset", hour: "numeric" });
      const offset = (ms: number): string =>
        format.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "";
      for (let from = Date.UTC(2025, 0, 1); from < Date.UTC(2027, 0, 1); from += 14 * 86_400_000) {
        let [low, high] = [from, from + 14 * 86_400_000];
        if (offset(low) === offset(high)) continue;
        while (high - low > 60_000) {
          const middle = Math.floor((low + high) / 2 / 60_000) * 60_000;
          if (offset(middle) === offset(low)) low = middle;
          else high = middle;
        }
        if (high % QUARTER_MS !== 0) throw new Error(`${zone}: the clocks change at ${new Date(high).toISOString()}`);
        changes += 1;
      }
    }
    // 57 countries or so change their clocks, twice a year.
    expect(changes).toBeGreaterThan(400);
  });
});

describe("a region", () => {
  it("has every zone that somebody there may live in", () => {
    expect(zonesOfRegion("DE")).toContain("Europe/Berlin");
    const american = zonesOfRegion("us");
    for (const zone of ["America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "America/Adak"])
      expect(american).toContain(zone);
  });
  it("is unknown by a name that is no code", () => {
    expect(["ZZ", "EMEA", "Germany", ""].map(zonesOfRegion)).toEqual([[], [], [], []]);
  });
});
