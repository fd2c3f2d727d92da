import { describe, expect, it } from "vitest";
import { FIRST_INSTANT, type ClockRow } from "../signals/source-clock.ts";
import { instant } from "../time.ts";
import { START_MS } from "./example-facts.contract.ts";
import type { StateStore } from "./state-store.ts";

/** How sources' times are read: rows that are kept for ever. */
export function specifyClocks(store: () => StateStore): void {
  describe("clocks", () => {
    it("keeps every row whole, in the order in which they came, whatever its source", async () => {
      expect(await store().clockRows()).toEqual([]);
      const row = (source: string, shiftMs: number): ClockRow => ({
        source,
        fromRaw: FIRST_INSTANT,
        shiftMs,
        notBefore: instant(START_MS + shiftMs),
        knownAt: instant(START_MS),
        estimate: {
          basis: "occurred",
          shiftMs,
          uncertaintyMs: 1_500,
          n: 20,
          heardFrom: instant(START_MS - 3_600_000),
          heardBefore: instant(START_MS),
        },
      });
      await store().appendClockRows([row("z", -7_200_000), row("a 'q' 😀", 0)]);
      await store().appendClockRows([]);
      await store().appendClockRows([row("z", 0), row("z", -7_200_000)]);
      expect(await store().clockRows()).toEqual([
        row("z", -7_200_000),
        row("a 'q' 😀", 0),
        row("z", 0),
        row("z", -7_200_000),
      ]);
    });
  });
}
