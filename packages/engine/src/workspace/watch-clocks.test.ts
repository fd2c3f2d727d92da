import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionId, decisionId, unitId } from "../ids.ts";
import {
  decisionItem,
  exampleDecision,
  exampleMetric,
  exampleSignal,
  signalItem,
  START_MS,
} from "../ports/example-facts.contract.ts";
import { memoryFactsStore } from "../ports/memory-facts-store.ts";
import { memoryStateStore } from "../ports/memory-state-store.ts";
import type { InboxItem } from "../ports/state-store.ts";
import { instant } from "../time.ts";
import { measureOutcomes } from "./measure-outcomes.ts";
import { clockAnswers, watchClocks } from "./watch-clocks.ts";

const HOUR_MS = 3_600_000;
const WINDOW_MS = 6 * HOUR_MS;
const NOW = instant(START_MS + 20 * 24 * HOUR_MS);

/** One event of a sender: when it happened, by our clock, and of whom. */
interface Event {
  readonly atMs: number;
  readonly unit: number;
}

/** A store with a decision a day for each of three units, and these events, told by a clock that is so far ahead. */
async function told(events: readonly Event[], aheadMs: (event: Event) => number) {
  const [state, facts] = [memoryStateStore(), memoryFactsStore()];
  const decisions = Array.from({ length: 30 }, (_, i) =>
    decisionItem(
      exampleDecision("engine", `d-${i}`, {
        id: decisionId(`d-${i}`),
        unitId: unitId(`u-${i % 3}`),
        action: actionId(i % 2 === 0 ? "plain" : "story"),
        decidedAt: instant(START_MS + Math.floor(i / 3) * 24 * HOUR_MS),
      }),
    ),
  );
  const signals = events.map((event, i): InboxItem => {
    const at = START_MS + event.atMs;
    const said = at + aheadMs(event);
    return signalItem(
      exampleSignal("crm", `m-${i}`, {
        unitId: unitId(`u-${event.unit}`),
        occurredAt: instant(said),
        sentAt: instant(said),
        receivedAt: instant(at),
      }),
    );
  });
  await facts.load({ number: 1, items: [...decisions, ...signals] });
  const stores = { state, facts, clock: () => NOW };
  const measured = async () =>
    measureOutcomes(stores, {
      source: "engine",
      point: "email",
      metric: exampleMetric("conversion", WINDOW_MS),
      watermark: NOW,
    });
  return { stores, measured };
}

// The way takes no time here, so that a right estimate is exact: what a verdict rests on must then be the same to the last bit.
const events = fc.array(fc.record({ atMs: fc.integer({ min: 1, max: 10 * 24 * HOUR_MS }), unit: fc.nat({ max: 2 }) }), {
  minLength: 25,
  maxLength: 120,
  size: "max",
});

/** Off by more than the tolerance, and by no more than can be corrected. */
const skew = fc
  .tuple(fc.integer({ min: 2_001, max: 24 * HOUR_MS }), fc.constantFrom(1, -1))
  .map(([ms, sign]) => sign * ms);

describe("a clock that is off", () => {
  it("changes no outcome, however far it is off, up to a day", async () => {
    await fc.assert(
      fc.asyncProperty(events, skew, async (happened, aheadMs) => {
        const right = await told(happened, () => 0);
        const off = await told(happened, () => aheadMs);
        await watchClocks(off.stores);
        expect(await off.measured()).toEqual(await right.measured());
        expect(await watchClocks(off.stores)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("by 26 hours is left as it is, and said to be", async () => {
    for (const aheadMs of [26 * HOUR_MS, -26 * HOUR_MS]) {
      const happened = Array.from({ length: 40 }, (_, i) => ({ atMs: i * HOUR_MS, unit: i % 3 }));
      const off = await told(happened, () => aheadMs);
      const before = await off.measured();
      expect(await watchClocks(off.stores)).toEqual([]);
      expect(await off.measured()).toEqual(before);
      expect((await clockAnswers(off.stores)).get("crm")).toMatchObject({ kind: "beyond-bound" });
    }
  });

  it("of one client among many, in 1970 or 2038, moves nobody's times", async () => {
    const happened = Array.from({ length: 200 }, (_, i) => ({ atMs: i * HOUR_MS, unit: i % 3 }));
    for (const wrong of [Date.UTC(1970, 0, 1), Date.UTC(2038, 0, 19)]) {
      const odd = (event: Event): number => (event.atMs % (40 * HOUR_MS) === 0 ? wrong - START_MS : 0);
      const mixed = await told(happened, odd);
      const right = await told(
        happened.filter((event) => odd(event) === 0),
        () => 0,
      );
      await watchClocks(mixed.stores);
      expect((await mixed.stores.state.clockRows()).every(({ shiftMs }) => shiftMs === 0)).toBe(true);
      expect(await mixed.measured()).toEqual(await right.measured());
    }
  });
});

it("reads a clock once by one batch, of however many messages: one that was held up for hours moves nobody's times", async () => {
  const held = await told(
    Array.from({ length: 500 }, () => ({ atMs: 5 * HOUR_MS, unit: 1 })),
    () => -3 * HOUR_MS,
  );
  expect(await watchClocks(held.stores)).toEqual([]);
  expect((await clockAnswers(held.stores)).get("crm")).toEqual({ kind: "too-few", n: 1, nMin: 20 });
});

it("does not judge files: their times were written by another hand, long before", async () => {
  const { stores } = await told([], () => 0);
  const items = Array.from({ length: 40 }, (_, i) =>
    signalItem(
      exampleSignal("import:crm", `m-${i}`, {
        occurredAt: instant(START_MS + i),
        receivedAt: instant(START_MS - HOUR_MS),
      }),
    ),
  );
  await stores.facts.load({ number: 2, items });
  expect(await watchClocks(stores)).toEqual([]);
  expect(await clockAnswers(stores)).toEqual(new Map());
});
