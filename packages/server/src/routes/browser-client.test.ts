/** Segment's own browser client, in a browser, on a page of another origin than the server's. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectInbox } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLog } from "../log.ts";
import { startServer, type RunningServer } from "../start-server.ts";

const CHROMIUM = process.env["RATCHET_CHROMIUM"] ?? "/usr/bin/chromium";
const MESSAGES = 200;
const CLIENT = join(
  dirname(createRequire(import.meta.url).resolve("@segment/analytics-next/package.json")),
  "dist/umd",
);

let directory: string;
let server: RunningServer;
let site: Server;
let siteUrl: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-browser-"));
  server = await startServer({ directory, port: 0, log: openLog("silent") });
  const scripts = new Map<string, Uint8Array>(
    await Promise.all(
      (await readdir(CLIENT))
        .filter((name) => name.endsWith(".js"))
        .map(async (name) => [`/client/${name}`, await readFile(join(CLIENT, name))] as const),
    ),
  );
  site = createServer((request, response) => {
    const script = scripts.get(request.url ?? "");
    if (script === undefined)
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>site</title>");
    else response.writeHead(200, { "content-type": "text/javascript" }).end(script);
  });
  await new Promise<void>((resolve) => {
    site.listen(0, "127.0.0.1", resolve);
  });
  const address = site.address();
  siteUrl = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterAll(async () => {
  site.close();
  await server.close();
  await rm(directory, { recursive: true });
});

describe.skipIf(!existsSync(CHROMIUM))(`the stock browser client (skipped where there is no ${CHROMIUM})`, () => {
  it("delivers every message once", { timeout: 120_000 }, async () => {
    const created = await fetch(`${server.url}/v1/sources`, {
      method: "POST",
      body: JSON.stringify({ source_id: "browser", kind: "segment" }),
    });
    const { key } = ROUTES.createSource.response.parse(await created.json());
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      await page.goto(siteUrl);
      await page.addScriptTag({ url: "/client/index.js" });
      await page.addScriptTag({ content: track(key, server.url) });
      await page.waitForFunction("window.delivered === true", undefined, { timeout: 60_000 });
      await expect.poll(async () => accepted(), { timeout: 30_000 }).toBe(1 + MESSAGES);
    } finally {
      await browser.close();
    }
    await projectInbox(server.context.stores, { maxItems: 20_000, maxSegments: 10 });
    const facts = await server.context.stores.facts.signals({
      source: "browser",
      type: "demo_requested",
      limit: 1_000,
    });
    expect(facts.map(({ value }) => Number(value) / 1e6).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: MESSAGES }, (_, i) => i),
    );
    expect(new Set(facts.map(({ unitId }) => unitId))).toEqual(new Set(["u1"]));
  });
});

/** What a site's own script would do: load the client from the server, and send. */
function track(key: string, url: string): string {
  const host = new URL(url).host;
  return `(async () => {
    const { AnalyticsBrowser } = window.AnalyticsNext;
    const analytics = AnalyticsBrowser.load(
      { writeKey: "${key}", cdnURL: "${url}" },
      { integrations: { "Segment.io": { apiHost: "${host}/v1", protocol: "http" } }, user: { persist: false } },
    );
    await analytics.identify("u1");
    for (let i = 0; i < ${MESSAGES}; i++) await analytics.track("Demo Requested", { value: i });
    window.delivered = true;
  })();`;
}

async function accepted(): Promise<number> {
  const { sources } = ROUTES.sources.response.parse(await (await fetch(`${server.url}/v1/sources`)).json());
  return sources.find(({ source_id }) => source_id === "browser")?.tally.accepted ?? 0;
}
