import fc from "fast-check";
import { expect, it } from "vitest";
import { digestOf, sha256 } from "../digest.ts";
import { decisionId, personRef, unitId } from "../ids.ts";
import { microsOf } from "../money.ts";
import type { Signal } from "../signals/signal.ts";
import { instant } from "../time.ts";
import { itemDigest } from "./state-rules.ts";
import type { InboxItem } from "./state-store.ts";

const id = fc.string({ minLength: 1, maxLength: 8 }).map((text) => `"${text}\u00e9`);
const time = fc.integer({ min: 0, max: 2e12 }).map((ms) => instant(ms));
const properties = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)));
const signal: fc.Arbitrary<Signal> = fc.record(
  {
    source: id,
    messageId: id,
    type: fc.constantFrom("reply", "meeting_held"),
    unitId: id.map((text) => unitId(text)),
    decisionId: fc.option(id.map((text) => decisionId(text))),
    value: fc.option(fc.integer().map((micros) => microsOf(micros))),
    occurredAt: time,
    receivedAt: time,
    sentAt: time,
    detail: fc.record({
      person: fc.option(id.map((text) => personRef(text))),
      account: fc.constant(null),
      currency: fc.constantFrom(null, "EUR"),
      humanProbability: fc.constant(null),
      properties,
    }),
  },
  { requiredKeys: ["source", "messageId", "type", "unitId", "decisionId", "value", "occurredAt", "receivedAt"] },
);

it("knows a signal again by the canonical JSON of all that it says but when it was sent and heard", () => {
  fc.assert(
    fc.property(signal, fc.boolean(), fc.option(fc.string()), (told, undated, text) => {
      const { source, messageId } = told;
      const item: InboxItem = {
        kind: "signal",
        source,
        messageId,
        signal: told,
        ...(undated ? { undated } : {}),
        ...(text === null ? {} : { text }),
      };
      const { receivedAt: _, sentAt: __, occurredAt, ...said } = told;
      expect(itemDigest(item)).toBe(
        digestOf({
          kind: "signal",
          source,
          messageId,
          signal: undated ? said : { ...said, occurredAt },
          ...(undated ? { undated } : {}),
          ...(text === null ? {} : { written: sha256(text) }),
        }),
      );
    }),
  );
});
