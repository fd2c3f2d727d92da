/** The field's own clients against a started server: nothing of ours is between them and the facts. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { Analytics } from "@segment/analytics-node";
import { httpTransport, emitterFor, CloudEvent, Mode } from "cloudevents";
import { projectInbox } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLog } from "../log.ts";
import { startServer, type RunningServer } from "../start-server.ts";

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

/** A proxy that answers the first requests as an overloaded server would, and passes the rest on. */
async function refusing(
  statuses: readonly number[],
): Promise<{ readonly url: string; readonly close: () => void; readonly refused: () => number }> {
  let refused = 0;
  const proxy: Server = createServer((request, response) => {
    const status = statuses[refused];
    if (status !== undefined) {
      refused += 1;
      request.resume();
      response.writeHead(status, { "retry-after": "1" }).end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { host: _, connection: __, ...headers } = request.headers;
      void fetch(`${server.url}${request.url ?? ""}`, {
        method: request.method ?? "POST",
        headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
          typeof value === "string" ? [[name, value]] : [],
        ),
        body: Buffer.concat(chunks),
      }).then(async (answer) => response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer())));
    });
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, "127.0.0.1", resolve);
  });
  const address = proxy.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => proxy.close(), refused: () => refused };
}

async function factsOf(source: string): Promise<readonly string[]> {
  await projectInbox(server.context.stores, { maxItems: 20_000, maxSegments: 10 });
  const entries = await server.context.stores.facts.signals({ source, limit: 1_000 });
  return entries.map(({ type, unitId }) => `${type} ${unitId}`).toSorted();
}

describe("the stock client of", () => {
  it("Segment delivers every message once, through 503 and 429", { timeout: 60_000 }, async () => {
    const key = await createSource("segment-node", "segment");
    const proxy = await refusing([503, 429]);
    const analytics = new Analytics({ writeKey: key, host: proxy.url, flushInterval: 50 });
    for (let i = 0; i < MESSAGES; i++)
      analytics.track({ userId: `s${i}`, event: "Meeting Booked", properties: { value: i, currency: "EUR" } });
    await analytics.closeAndFlush();
    proxy.close();
    expect(proxy.refused()).toBe(2);
    expect(await arrived("segment-node")).toMatchObject({ accepted: MESSAGES, quarantined: 0 });
    expect(await factsOf("segment-node")).toEqual(
      Array.from({ length: MESSAGES }, (_, i) => `meeting_booked s${i}`).toSorted(),
    );
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
      const proxy = await refusing([503, 429]);
      const rudder = new RudderAnalytics(key, { dataPlaneUrl: proxy.url, flushInterval: 50, flushAt: 50, gzip: true });
      for (let i = 0; i < MESSAGES; i++)
        rudder.track({ userId: `r${i}`, event: "Opportunity Won", properties: { revenue: i } });
      await rudder.flush();
      for (let waited = 0; waited < 300 && (await arrived("rudder-node")).accepted < MESSAGES; waited++)
        await new Promise((resolve) => setTimeout(resolve, 100));
      proxy.close();
      expect(proxy.refused()).toBe(2);
      expect(await arrived("rudder-node")).toMatchObject({ accepted: MESSAGES, quarantined: 0 });
      expect(await factsOf("rudder-node")).toEqual(
        Array.from({ length: MESSAGES }, (_, i) => `opportunity_won r${i}`).toSorted(),
      );
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
