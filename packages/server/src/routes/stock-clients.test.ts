/** The field's own clients against a started server: nothing of ours is between them and the facts. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { Analytics } from "@segment/analytics-node";
import { httpTransport, emitterFor, CloudEvent, Mode } from "cloudevents";
import { isoOf, projectInbox, type Signal } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLog } from "../log.ts";
import { startServer, type RunningServer } from "../start-server.ts";
import { refusing } from "./refusing-proxy.fixture.ts";

const MESSAGES = 200;
let directory: string;
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-clients-"));
  server = await startServer({ directory, port: 0, log: openLog("silent") });
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

/** A source of its own, with its key. */
async function createSource(id: string, kind: string): Promise<string> {
  const response = await fetch(`${server.url}/v1/sources`, {
    method: "POST",
    body: JSON.stringify({ source_id: id, kind }),
  });
  return ROUTES.createSource.response.parse(await response.json()).key;
}

/** What arrived of a source, and how many facts the stores hold of it. */
async function arrived(
  id: string,
): Promise<{ readonly accepted: number; readonly quarantined: number; readonly duplicates: number }> {
  const { sources } = ROUTES.sources.response.parse(await (await fetch(`${server.url}/v1/sources`)).json());
  const tally = sources.find(({ source_id }) => source_id === id)?.tally;
  if (tally === undefined) throw new Error(`no source ${id}`);
  expect(tally.accepted + tally.duplicates + tally.quarantined).toBe(tally.sent);
  return tally;
}

async function signalsOf(source: string): Promise<readonly Signal[]> {
  await projectInbox(server.context.stores, { maxItems: 20_000, maxSegments: 10 });
  return server.context.stores.facts.signals({ source, limit: 1_000 });
}

async function factsOf(source: string): Promise<readonly string[]> {
  return (await signalsOf(source)).map(({ type, unitId }) => `${type} ${unitId}`).toSorted();
}

/** Who, what, how much, in which currency, when, and what else: as it was told. */
async function toldIn(source: string): Promise<readonly object[]> {
  const facts = (await signalsOf(source)).map(({ unitId, type, value, occurredAt, detail }) => ({
    unitId,
    type,
    value: value === null ? null : value / 1e6,
    currency: detail?.currency ?? null,
    occurredAt: isoOf(occurredAt),
    campaign: detail?.properties["campaign"],
  }));
  return facts.toSorted((a, b) => (a.unitId < b.unitId ? -1 : 1));
}
const expected = (prefix: string, type: string): readonly object[] =>
  Array.from({ length: MESSAGES }, (_, i) => ({
    unitId: `${prefix}${String(i).padStart(3, "0")}`,
    type,
    value: i,
    currency: "EUR",
    occurredAt: momentOf(i).toISOString(),
    campaign: `c${i % 7}`,
  }));
/** Its own for each message. */
const momentOf = (i: number): Date => new Date(Date.UTC(2026, 1, 1, 0, i));

describe("the stock client of", () => {
  it("Segment delivers every message once, through 503 and 429", { timeout: 60_000 }, async () => {
    const key = await createSource("segment-node", "segment");
    const proxy = await refusing(server.url, [503, 429]);
    const analytics = new Analytics({ writeKey: key, host: proxy.url, flushInterval: 50 });
    for (let i = 0; i < MESSAGES; i++)
      analytics.track({
        userId: `s${String(i).padStart(3, "0")}`,
        event: "Meeting Booked",
        timestamp: momentOf(i),
        properties: { value: i, currency: "EUR", campaign: `c${i % 7}` },
      });
    await analytics.closeAndFlush();
    proxy.close();
    expect(proxy.refused()).toBe(2);
    expect(await arrived("segment-node")).toMatchObject({ accepted: MESSAGES, quarantined: 0 });
    expect(await toldIn("segment-node")).toEqual(expected("s", "meeting_booked"));
  });

  it("Segment sends every kind of message", { timeout: 60_000 }, async () => {
    const key = await createSource("segment-kinds", "segment");
    const analytics = new Analytics({ writeKey: key, host: server.url, flushInterval: 50 });
    analytics.identify({ userId: "k1", traits: { email: "ann@example.com", plan: "pro" } });
    analytics.page({ userId: "k1", name: "Pricing", properties: { url: "https://example.com/pricing" } });
    analytics.screen({ userId: "k1", name: "Home" });
    analytics.group({ userId: "k1", groupId: "acme", traits: { industry: "steel" } });
    analytics.alias({ userId: "k1", previousId: "anonymous" });
    analytics.track({ anonymousId: "a1", event: "tradeShow visited!" });
    await analytics.closeAndFlush();
    expect(await factsOf("segment-kinds")).toEqual([
      "aliased k1",
      "identified k1",
      "joined_account acme",
      "page_viewed k1",
      "screen_viewed k1",
      expect.stringMatching(/^trade_show_visited p_[0-9a-f]{33}$/),
    ]);
  });

  it(
    "RudderStack delivers every message once, gzipped and called a form, through 503 and 429",
    { timeout: 60_000 },
    async () => {
      const key = await createSource("rudder-node", "segment");
      const proxy = await refusing(server.url, [503, 429]);
      const rudder = new RudderAnalytics(key, { dataPlaneUrl: proxy.url, flushInterval: 50, flushAt: 50, gzip: true });
      for (let i = 0; i < MESSAGES; i++)
        rudder.track({
          userId: `r${String(i).padStart(3, "0")}`,
          event: "Opportunity Won",
          timestamp: momentOf(i),
          properties: { revenue: i, currency: "EUR", campaign: `c${i % 7}` },
        });
      await rudder.flush();
      for (let waited = 0; waited < 300 && (await arrived("rudder-node")).accepted < MESSAGES; waited++)
        await new Promise((resolve) => setTimeout(resolve, 100));
      proxy.close();
      expect(proxy.refused()).toBe(2);
      expect(await arrived("rudder-node")).toMatchObject({ accepted: MESSAGES, quarantined: 0 });
      expect(await toldIn("rudder-node")).toEqual(expected("r", "opportunity_won"));
    },
  );

  it.each([
    ["binary", Mode.BINARY],
    ["structured", Mode.STRUCTURED],
  ] as const)("CloudEvents delivers in %s mode", async (name, mode) => {
    const key = await createSource(`events-${name}`, "cloudevents");
    const send = httpTransport(`${server.url}/v1/events`);
    const emit = emitterFor(
      async (message) => send({ ...message, headers: { ...message.headers, authorization: `Bearer ${key}` } }),
      { mode },
    );
    for (let i = 0; i < 20; i++)
      await emit(
        new CloudEvent({
          id: `e${i}`,
          source: "/crm",
          type: "com.example.opportunity.won.v1",
          subject: `account/c${i}`,
          time: "2026-03-01T10:00:00Z",
          data: { value: 100 + i, currency: "EUR" },
        }),
      );
    expect(await factsOf(`events-${name}`)).toEqual(
      Array.from({ length: 20 }, (_, i) => `opportunity_won c${i}`).toSorted(),
    );
  });
});
