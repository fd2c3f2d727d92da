/** What the bench sends is what the route takes, and every signal is another: a bench of refusals or duplicates would look fast. */
import { decisionRequestSchema, signalBatchRequestSchema, signalRequestSchema } from "@ratchet/protocol";
import { expect, it } from "vitest";
import { decisionBody, isDecided } from "./ingest/decisions.mjs";
import { batchBody } from "./ingest/signals.mjs";

it.each(["none", "known", "new"])("fits the route, with people: %s", (people) => {
  const { signals } = signalBatchRequestSchema.parse(JSON.parse(batchBody({ from: 7, count: 1000, people })));
  expect(signals.filter((signal) => !signalRequestSchema.safeParse(signal).success)).toEqual([]);
});

it("never has an id twice, and sends the same under the same number", () => {
  const ids = [0, 1, 2].flatMap((i) =>
    JSON.parse(batchBody({ from: i * 20_000, count: 20_000, people: "none" })).signals.map(
      ({ message_id }) => message_id,
    ),
  );
  expect(new Set(ids).size).toBe(60_000);
  expect(batchBody({ from: 5, count: 3, people: "known" })).toBe(batchBody({ from: 5, count: 3, people: "known" }));
});

it("asks for decisions as the route takes them, each of another account", () => {
  const asked = [0, 1, 2].map((n) => decisionRequestSchema.parse(JSON.parse(decisionBody(n))));
  expect(new Set(asked.map(({ unit_id }) => unit_id)).size).toBe(3);
  expect(isDecided('{"decision_id":"dec_1","propensity":0.5}')).toBe(true);
  expect(isDecided('{"code":"decision.unknown_point"}')).toBe(false);
});
