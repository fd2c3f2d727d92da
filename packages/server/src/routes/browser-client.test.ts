/** Segment's own browser client, in a browser, on a page of another origin than the server's. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectInbox } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OverloadedError } from "../http/problem-error.ts";
import { openLog } from "../log.ts";
import { startServer, type RunningServer } from "../start-server.ts";
import { refusing } from "./refusing-proxy.fixture.ts";

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
    const key = await createSource("browser");
    await deliver(track(key, server.url), "browser");
    expect(await told("browser")).toEqual(EVERYTHING);
  });

  it(
    "delivers every message once through 503 and 429, and waits as long as Retry-After says",
    { timeout: 120_000 },
    async () => {
      const key = await createSource("browser-refused");
      // It asks again after 503 in its own time; after 429 it reads how long to wait, where a page of another origin may read that.
      const proxy = await refusing(server.url, [503, 429, 503, 429, 429, 503, 503, 503, 429]);
      try {
        await deliver(track(key, proxy.url), "browser-refused");
      } finally {
        proxy.close();
      }
      expect(proxy.refused()).toBe(9);
      expect(await told("browser-refused")).toEqual(EVERYTHING);
    },
  );

  it("may read, on a page of another origin, when an overloaded server wants to be asked again", async () => {
    const key = await createSource("browser-reads");
    const { backPressure } = server.context;
    const { admit } = backPressure;
    Object.assign(backPressure, { admit: () => Promise.reject(new OverloadedError("full", 7)) });
    try {
      const answer = await onPage(async (page) =>
        page.evaluate(
          async ([url, authorization]) => {
            const body = JSON.stringify({ type: "track", userId: "u", event: "Visit" });
            const response = await fetch(url ?? "", {
              method: "POST",
              body,
              headers: { authorization: authorization ?? "" },
            });
            return [response.status, response.headers.get("retry-after")];
          },
          [`${server.url}/v1/t`, `Basic ${Buffer.from(`${key}:`).toString("base64")}`],
        ),
      );
      expect(answer).toEqual([503, "7"]);
    } finally {
      Object.assign(backPressure, { admit });
    }
  });
});

async function createSource(source_id: string): Promise<string> {
  const body = JSON.stringify({ source_id, kind: "segment" });
  const created = await fetch(`${server.url}/v1/sources`, { method: "POST", body });
  return ROUTES.createSource.response.parse(await created.json()).key;
}

async function onPage<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(siteUrl);
    return await work(page);
  } finally {
    await browser.close();
  }
}

/** Runs a site's script until all that it told was taken. */
async function deliver(script: string, source: string): Promise<void> {
  await onPage(async (page) => {
    await page.addScriptTag({ url: "/client/index.js" });
    await page.addScriptTag({ content: script });
    await page.waitForFunction("window.delivered === true", undefined, { timeout: 60_000 });
    await expect.poll(async () => accepted(source), { timeout: 40_000 }).toBe(1 + MESSAGES);
  });
}

/** The amount of each fact and its unit. */
async function told(source: string): Promise<readonly string[]> {
  await projectInbox(server.context.stores, { maxItems: 20_000, maxSegments: 10 });
  const facts = await server.context.stores.facts.signals({ source, type: "demo_requested", limit: 1_000 });
  return facts
    .toSorted((a, b) => Number(a.value) - Number(b.value))
    .map(({ unitId, value }) => `${unitId} ${Number(value) / 1e6}`);
}
const EVERYTHING = Array.from({ length: MESSAGES }, (_, i) => `u1 ${i}`);

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

async function accepted(source: string): Promise<number> {
  const { sources } = ROUTES.sources.response.parse(await (await fetch(`${server.url}/v1/sources`)).json());
  return sources.find(({ source_id }) => source_id === source)?.tally.accepted ?? 0;
}
