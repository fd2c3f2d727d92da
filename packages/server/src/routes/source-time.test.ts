import { measureOutcomes, projectInbox, readingOf, watchClocks } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, exampleSeed, open, pass, problem, send, setUp } from "../memory-app.fixture.ts";

const HOUR_MS = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

let key = "";
beforeEach(async () => {
  await open();
  await setUp();
  ({ key } = await ask(ROUTES.createSource, { body: { source_id: "website", kind: "segment" } }));
});

/** One batch of a stock client whose clock is so far ahead: events of the last minute, a second apart, in order. */
async function batch(
  names: readonly string[],
  { aheadMs, userId }: { readonly aheadMs: number; readonly userId: string },
) {
  const sentAt = context.stores.clock() + aheadMs;
  const messages = names.map((event, i) => ({
    type: "track",
    event,
    userId,
    messageId: `${userId}-${sentAt}-${i}`,
    timestamp: iso(sentAt - 60_000 + 1000 * i),
  }));
  const response = await send("POST", "/v1/batch", { batch: messages, sentAt: iso(sentAt), writeKey: key });
  expect(response.status).toBe(200);
}

/** Who replied, of those who were decided for, by now. */
async function converted(): Promise<number> {
  const { state, facts, clock } = context.stores;
  await projectInbox({ state, facts }, { maxItems: 1000, maxSegments: 100 });
  const [metric] = exampleSeed().policy.metrics;
  if (metric === undefined) throw new Error("the policy has no metric");
  const measured = await measureOutcomes(context.stores, {
    source: "engine",
    point: "content",
    metric,
    watermark: clock(),
  });
  return measured.cells.reduce((sum, { nonZero }) => sum + nonZero, 0);
}

// The metric counts replies within a day: by the client's clock the first comes too late, the second before the decision.
describe.each([
  { clock: "three hours ahead", aheadMs: 3 * HOUR_MS, repliesAfterMs: 22 * HOUR_MS },
  { clock: "three hours behind", aheadMs: -3 * HOUR_MS, repliesAfterMs: HOUR_MS },
])("a client whose clock is $clock", ({ aheadMs, repliesAfterMs }) => {
  it("gets its outcomes into the right windows, in the order of its own events, and what it said can be read", async () => {
    await ask(ROUTES.decide, { body: { point: "content", unit_id: "u-1" } });
    pass(repliesAfterMs);
    await batch(["Reply", "Visit", "Docs Opened"], { aheadMs, userId: "u-1" });
    const receivedAt = context.stores.clock();
    for (let i = 0; i < 19; i += 1) {
      pass(1_000);
      await batch(["Visit", "Visit"], { aheadMs, userId: `v-${i}` });
    }
    pass(48 * HOUR_MS);
    expect(await converted()).toBe(0);

    expect(await watchClocks(context.stores)).toMatchObject([{ source: "website", shiftMs: -aheadMs }]);
    expect(await converted()).toBe(1);
    const { facts, state } = context.stores;
    const signals = (await facts.signals({ source: "website", limit: 50, ...(await readingOf(state)) }))
      .filter(({ unitId }) => unitId === "u-1")
      .map(({ type, occurredAt, occurredAtRaw }) => ({ type, occurredAt, occurredAtRaw }));
    expect(signals).toEqual(
      ["docs_opened", "visit", "reply"].map((type, i) => {
        const occurredAt = receivedAt - 58_000 - 1000 * i;
        return { type, occurredAt, occurredAtRaw: occurredAt + aheadMs };
      }),
    );
  });
});

it("takes a time that a server on the way has corrected as it is, whenever its client says that it was sent", async () => {
  const now = context.stores.clock();
  const relayed = Array.from({ length: 25 }, (_, i) => ({
    type: "track",
    event: "Visit",
    userId: "u-1",
    messageId: `m-${i}`,
    timestamp: iso(now - 5000),
    originalTimestamp: iso(now + 3 * HOUR_MS - 5000),
    sentAt: iso(now + 3 * HOUR_MS),
  }));
  for (const message of relayed) {
    await send("POST", "/v1/batch", { batch: [message], writeKey: key });
    pass(1);
  }
  await converted();
  expect(await watchClocks(context.stores)).toMatchObject([{ source: "website", shiftMs: 0 }]);
});

it("shows with each source how its clock stands and how late its signals arrive", async () => {
  for (let i = 0; i < 20; i += 1) {
    await batch(["Visit"], { aheadMs: 3 * HOUR_MS, userId: `u-${i}` });
    pass(1_000);
  }
  await converted();
  const before = await ask(ROUTES.sources);
  expect(before.sources).toMatchObject([
    {
      clock: { state: "off", shift_ms: 0, measured_shift_ms: -3 * HOUR_MS, deliveries: 20 },
      delays: { messages: 20, later_than_day: 0 },
    },
  ]);
  await watchClocks(context.stores);
  const { sources } = await ask(ROUTES.sources);
  // Each event was sent a minute after it happened: the bucket from 42 to 84 seconds.
  expect(sources).toMatchObject([
    { clock: { state: "off", shift_ms: -3 * HOUR_MS }, delays: { median_ms: 84_375, p99_ms: 84_375 } },
  ]);
});

it("answers results as known at a time alike, byte for byte, whatever arrived since", async () => {
  const reply = (id: string, unit: string) =>
    ask(ROUTES.signals, {
      body: { signals: [{ message_id: id, type: "reply", unit_id: unit, occurred_at: iso(repliedAt) }] },
    });
  await ask(ROUTES.decide, { body: { point: "content", unit_id: "u-1" } });
  await ask(ROUTES.decide, { body: { point: "content", unit_id: "u-2" } });
  const repliedAt = context.stores.clock() + HOUR_MS;
  pass(2 * HOUR_MS);
  await reply("m-1", "u-1");
  pass(30 * HOUR_MS);
  const asOf = `?as_of=${iso(context.stores.clock())}`;
  pass(1);
  const known = await (await send("GET", `/v1/results${asOf}`)).text();
  pass(HOUR_MS);
  await reply("m-2", "u-2");
  expect(await (await send("GET", `/v1/results${asOf}`)).text()).toBe(known);
  const now = await ask(ROUTES.results);
  expect(JSON.stringify(now)).not.toBe(known);
  // Nobody should take the answer for the one that was given then.
  expect(ROUTES.results.response.parse(JSON.parse(known)).as_of).toMatchObject({
    sentence: expect.stringContaining("read with the policy, the playbook and the trust in sources of today"),
  });
  expect(now).not.toHaveProperty("as_of");
  const later = await send("GET", `/v1/results?as_of=${iso(context.stores.clock() + 1)}`);
  expect(await problem(later)).toMatchObject({ code: "request.invalid" });
});
