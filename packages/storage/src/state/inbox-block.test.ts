import * as fc from "fast-check";
import { accountRef, instant, microsOf, personRef, type InboxItem, type Signal } from "@ratchet/engine";
import { decisionItem, exampleDecision, exampleSignal, signalItem } from "@ratchet/engine/contracts";
import { probability } from "@ratchet/engine/drivers";
import { describe, expect, it } from "vitest";
import { encodeSignals } from "../facts/fact-rows.ts";
import { blockOf, itemsOf, linesOf, partOf, waitingItem } from "./inbox-block.ts";

const text = fc.string({ unit: "grapheme", maxLength: 300 });
const ms = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) }).map(instant);
const property = fc.oneof(text, fc.boolean(), fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }));
const detail = fc.record({
  person: fc.option(fc.constant(personRef("p_1"))),
  account: fc.option(fc.constant(accountRef("a_1"))),
  currency: fc.option(fc.constantFrom("EUR", "JPY")),
  humanProbability: fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map(probability)),
  properties: fc.dictionary(text, property),
});
const signal = fc
  .record({
    source: text.filter((source) => source !== ""),
    messageId: text,
    value: fc.option(fc.maxSafeInteger().map(microsOf)),
    occurredAt: ms,
    receivedAt: ms,
    rest: fc.record({ sentAt: ms, detail }, { requiredKeys: [] }),
  })
  .map(({ source, messageId, rest, ...said }): Signal => ({ ...exampleSignal(source, messageId), ...said, ...rest }));
const item = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(signal, fc.boolean())
      .map(([one, undated]) => ({ ...signalItem(one), ...(undated ? { undated } : {}) })),
  },
  { weight: 1, arbitrary: fc.nat(1e6).map((n) => decisionItem(exampleDecision("engine", `d-${n}`))) },
  // Kept under another id than its own: no row says that.
  {
    weight: 1,
    arbitrary: signal.map((one): InboxItem => ({ kind: "signal", source: "kept", messageId: "m", signal: one })),
  },
);
/** As JSON has it: what is read back was written. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("a block", () => {
  it("gives back every item between two places, in order, whatever it holds", () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 12 }), fc.nat(), fc.nat(), (items, a, b) => {
        const [from, to] = [a % items.length, b % items.length].toSorted((x, y) => x - y);
        const part = partOf({ count: items.length, ...blockOf(items.map(waitingItem)) }, from ?? 0, to ?? 0);
        expect(plain(itemsOf(part))).toEqual(plain(items.slice(from, (to ?? 0) + 1)));
      }),
    );
  });

  it("holds the very rows that its signals become", () => {
    fc.assert(
      fc.property(fc.array(signal, { maxLength: 8 }), (signals) => {
        const { rows, bodies } = blockOf(signals.map((one) => waitingItem(signalItem(one))));
        const part = partOf({ count: signals.length, bodies, rows }, 0, signals.length - 1);
        expect(part.rows.equals(encodeSignals(signals))).toBe(true);
        expect(linesOf(part.lines)).toEqual([]);
      }),
    );
  });

  it("of lines alone, as blocks were once, is read line by line", () => {
    const items = [signalItem(exampleSignal("crm", "m-1")), decisionItem(exampleDecision("engine", "d-1"))];
    const bodies = items.map((one) => JSON.stringify(one)).join("\n");
    expect(itemsOf(partOf({ count: 2, bodies, rows: null }, 1, 1))).toEqual(plain([items[1]]));
  });

  it("takes no amount that a double does not hold exactly", () => {
    const odd = { ...exampleSignal("crm", "m-1") };
    Object.assign(odd, { value: 0.5 });
    expect(() => waitingItem(signalItem(odd))).toThrow(RangeError);
  });
});
