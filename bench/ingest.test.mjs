/** What the bench sends is what the route takes, and every signal is another: a bench of refusals or duplicates would look fast. */
import { signalBatchRequestSchema, signalRequestSchema } from "@ratchet/protocol";
import { expect, it } from "vitest";
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
