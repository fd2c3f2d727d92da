/** OpenFeature's own clients against a started server: on servers with both generations of their core, and in a browser. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OpenFeature, type Client, type Provider } from "@openfeature/server-sdk";
import { ROUTES } from "@ratchet/protocol";
import { chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLog } from "../log.ts";
import { startServer, type RunningServer } from "../start-server.ts";
import { coreTwoProvider } from "./core-two-provider.fixture.ts";

const CHROMIUM = process.env["RATCHET_CHROMIUM"] ?? "/usr/bin/chromium";
const EXAMPLE = new URL("../../../../examples/gtm/", import.meta.url);

let directory: string;
let server: RunningServer;
let key: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-ofrep-"));
  server = await startServer({ directory, port: 0, log: openLog("silent") });
  const [playbook, policy] = await Promise.all(
    ["playbook.yaml", "policy.yaml"].map((name) => readFile(new URL(name, EXAMPLE), "utf8")),
  );
  await post("/v1/workspace", { playbook, policy });
  const made = await post("/v1/keys", { name: "app", scopes: ["decide"] });
  key = ROUTES.createKey.response.parse(await made.json()).secret;
});
afterAll(async () => {
  await OpenFeature.close();
  await server.close();
  await rm(directory, { recursive: true });
});

async function post(path: string, body: unknown): Promise<Response> {
  const response = await fetch(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body) });
  if (response.status !== 200) throw new Error(await response.text());
  return response;
}

const ACCOUNT = { region: "EMEA", employees: 700, source: "inbound", industry: "software", open_opportunity: false };
/** What a real application's context may hold beside plain values. */
const AWKWARD = { email: "ann@acme.example", at: new Date(0), nested: { a: [1, 2] } };

const PROVIDERS: readonly (readonly [string, () => Provider])[] = [
  [
    "the stock provider (core 0.1.4)",
    () => new OFREPProvider({ baseUrl: server.url, headers: [["Authorization", `Bearer ${key}`]] }),
  ],
  ["a provider on core 2.3.0", () => coreTwoProvider({ baseUrl: server.url, headers: [["X-API-Key", key]] })],
];

describe.each(PROVIDERS)("%s", (name, providerOf) => {
  let client: Client;
  beforeAll(async () => {
    await OpenFeature.setProviderAndWait(name, providerOf());
    client = OpenFeature.getClient(name);
  });

  it("gets each lever by the getter of its type, with the decision's id to report outcomes with", async () => {
    const context = { targetingKey: "account-1", ...ACCOUNT, ...AWKWARD };
    const details = [
      await client.getNumberDetails("gtm.priority", 0, context),
      await client.getStringDetails("gtm.timing", "three_days", context),
      await client.getStringDetails("gtm.content", "case_study", context),
      await client.getStringDetails("gtm.routing", "inside_sales", context),
      await client.getBooleanDetails("gtm.handoff", false, context),
    ];
    for (const { errorCode, errorMessage, flagMetadata, variant, reason } of details) {
      expect([errorCode, errorMessage]).toEqual([undefined, undefined]);
      const path = ROUTES.decision.path.replace("{decision_id}", String(flagMetadata["decisionId"]));
      const stored = ROUTES.decision.response.parse(await (await fetch(`${server.url}${path}`)).json());
      expect([variant, flagMetadata["propensity"], flagMetadata["holdout"], flagMetadata["playbookVersion"]]).toEqual([
        stored.action,
        stored.propensity,
        stored.holdout,
        stored.playbook_version,
      ]);
      expect(["SPLIT", "TARGETING_MATCH"]).toContain(reason);
      expect(JSON.stringify(stored)).not.toContain("ann@");
    }
  });

  it("gets the same decision again and again", async () => {
    const context = { targetingKey: "account-7", ...ACCOUNT };
    const ids = new Set<unknown>();
    for (let i = 0; i < 20; i += 1) {
      const { flagMetadata } = await client.getStringDetails("gtm.content", "", { ...context, visit: i });
      ids.add(flagMetadata["decisionId"]);
    }
    expect(ids.size).toBe(1);
  });

  it("gets the application's own default with a reason where there is no such flag, no targetingKey, another type", async () => {
    const context = { targetingKey: "account-1", ...ACCOUNT };
    expect(await client.getStringDetails("gtm.colour", "blue", context)).toMatchObject({
      value: "blue",
      errorCode: "FLAG_NOT_FOUND",
      errorMessage: expect.stringContaining("gtm.content"),
    });
    expect(await client.getStringDetails("gtm.content", "case_study", ACCOUNT)).toMatchObject({
      value: "case_study",
      errorCode: "TARGETING_KEY_MISSING",
      errorMessage: expect.stringContaining("send the id of the unit"),
    });
    expect(await client.getBooleanDetails("gtm.content", true, context)).toMatchObject({
      value: true,
      errorCode: "TYPE_MISMATCH",
    });
  });

  it("keeps evaluating after failures of the server's stores: nothing makes it wait", async () => {
    const { state } = server.context.stores;
    const acknowledge = state.acknowledge.bind(state);
    const context = { targetingKey: `account-${name}`, ...ACCOUNT };
    Object.assign(state, { acknowledge: () => Promise.reject(new Error("disk full")) });
    try {
      const { value, errorCode } = await client.getStringDetails("gtm.content", "case_study", context);
      // The lease is held: the baseline, or nothing where a rule forbids it.
      expect(errorCode).toBeUndefined();
      expect(["case_study", "no_message", "do_nothing", "do_your_own_thing"]).toContain(value);
    } finally {
      Object.assign(state, { acknowledge });
    }
    expect(await client.getStringDetails("gtm.routing", "", context)).not.toHaveProperty("errorCode");
  });
});

describe.skipIf(!existsSync(CHROMIUM))(`the stock web provider (skipped where there is no ${CHROMIUM})`, () => {
  let site: Server;
  let siteUrl: string;
  beforeAll(async () => {
    const files = await pageFiles();
    site = createServer((request, response) => {
      const file = files.get(request.url ?? "");
      const type = file === undefined ? "text/html" : "text/javascript";
      response.writeHead(200, { "content-type": type }).end(file ?? PAGE);
    });
    await new Promise<void>((resolve) => {
      site.listen(0, "127.0.0.1", resolve);
    });
    const address = site.address();
    siteUrl = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  });
  afterAll(() => {
    site.close();
  });

  it(
    "gets every flag at once on a page of another origin, follows the context, and polls without sending them again",
    { timeout: 60_000 },
    async () => {
      const seen: string[] = [];
      const got = await onPage(siteUrl, async (page) => {
        page.on("response", (answer) => {
          if (answer.url().includes("/ofrep/") && answer.request().method() === "POST")
            seen.push(String(answer.status()));
        });
        await page.addScriptTag({ type: "module", content: application(server.url, key) });
        await page.waitForFunction("window.got !== undefined", undefined, { timeout: 30_000 });
        await expect
          .poll(() => seen.filter((status) => status === "304").length, { timeout: 20_000 })
          .toBeGreaterThan(1);
        return page.evaluate("window.got");
      });
      expect(got).toMatchObject({
        error: null,
        content: {
          flagKey: "gtm.content",
          value: expect.any(String),
          flagMetadata: { decisionId: expect.stringMatching(/^dec_/u) },
        },
        bare: { value: expect.any(String) },
        priority: { value: expect.any(Number) },
        handoff: { value: expect.any(Boolean) },
        missing: { value: "blue", errorCode: "FLAG_NOT_FOUND" },
        mismatch: { value: true, errorCode: "TYPE_MISMATCH" },
        isSameDecision: true,
        isOtherUnits: true,
      });
      expect(seen.every((status) => status === "200" || status === "304")).toBe(true);
    },
  );

  it("is refused with a key that nobody has, and gives the page its defaults", { timeout: 60_000 }, async () => {
    const got = await onPage(siteUrl, async (page) => {
      await page.addScriptTag({ type: "module", content: application(server.url, "rk_live_nobody") });
      await page.waitForFunction("window.got !== undefined", undefined, { timeout: 30_000 });
      return page.evaluate("window.got");
    });
    expect(got).toMatchObject({ error: expect.any(String), content: { value: "case_study", reason: "ERROR" } });
    expect(server.context.requestLog.latest("unknown key")).toContainEqual(
      expect.objectContaining({ route: "ofrep", status: 401 }),
    );
  });
});

async function onPage<T>(url: string, work: (page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    return await work(page);
  } finally {
    await browser.close();
  }
}

/** The packages as they are published, by the names that they import each other with. */
async function pageFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const here = createRequire(import.meta.url);
  const provider = here.resolve("@openfeature/ofrep-web-provider/package.json");
  const core = createRequire(provider).resolve("@openfeature/ofrep-core");
  const files = {
    "/core.js": join(dirname(here.resolve("@openfeature/core")), "../esm/index.js"),
    "/web-sdk.js": join(dirname(here.resolve("@openfeature/web-sdk")), "../esm/index.js"),
    "/ofrep-core.js": join(dirname(core), "index.esm.js"),
    "/ofrep-web-provider.js": join(dirname(provider), "index.esm.js"),
  };
  return new Map(
    await Promise.all(Object.entries(files).map(async ([url, path]) => [url, await readFile(path)] as const)),
  );
}

const PAGE = `<!doctype html><title>site</title><script type="importmap">${JSON.stringify({
  imports: {
    "@openfeature/core": "/core.js",
    "@openfeature/web-sdk": "/web-sdk.js",
    "@openfeature/ofrep-core": "/ofrep-core.js",
    "@openfeature/ofrep-web-provider": "/ofrep-web-provider.js",
  },
})}</script>`;

/** What a web application would do. */
function application(url: string, key: string): string {
  return `
    import { OpenFeature } from "@openfeature/web-sdk";
    import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
    let error = null;
    await OpenFeature.setContext({ targetingKey: "account-1", region: "EMEA", employees: 700, open_opportunity: false });
    const provider = new OFREPWebProvider({
      baseUrl: "${url}",
      headers: [["Authorization", "Bearer ${key}"]],
      pollInterval: 300,
    });
    await OpenFeature.setProviderAndWait(provider).catch((cause) => { error = String(cause); });
    const client = OpenFeature.getClient();
    const content = client.getStringDetails("gtm.content", "case_study");
    const first = content.flagMetadata.decisionId;
    const result = {
      error,
      content,
      bare: client.getStringDetails("content", "case_study"),
      priority: client.getNumberDetails("gtm.priority", 0),
      handoff: client.getBooleanDetails("gtm.handoff", false),
      missing: client.getStringDetails("gtm.colour", "blue"),
      mismatch: client.getBooleanDetails("gtm.content", true),
      isSameDecision: client.getStringDetails("content", "").flagMetadata.decisionId === first,
    };
    await OpenFeature.setContext({ targetingKey: "account-2", region: "EMEA", employees: 700, open_opportunity: false });
    const other = client.getStringDetails("gtm.content", "").flagMetadata.decisionId;
    window.got = { ...result, isOtherUnits: other !== undefined && other !== first };
  `;
}
