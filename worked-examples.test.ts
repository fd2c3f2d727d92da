/** The worked examples of the reference run as they are written, and the SDK runs in a browser. */
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import { ROUTES } from "@ratchet/protocol";
import { openLog, startServer, type RunningServer } from "@ratchet/server";
import { chromium } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const CHROMIUM = process.env["RATCHET_CHROMIUM"] ?? "/usr/bin/chromium";

let directory: string;
let server: RunningServer;
let key: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-examples-"));
  server = await startServer({ directory, port: 0, log: openLog("silent") });
  const [playbook, policy] = ["playbook.yaml", "policy.yaml"].map((name) =>
    readFileSync(`examples/gtm/${name}`, "utf8"),
  );
  await post(ROUTES.setUp.path, { playbook, policy });
  const made = await post(ROUTES.createKey.path, { name: "app", scopes: ["decide", "ingest"] });
  key = ROUTES.createKey.response.parse(made).secret;
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** What a page's examples print, one after the other. */
async function printed(page: string): Promise<readonly (readonly unknown[])[]> {
  const lines: unknown[][] = [];
  for (const [, code = ""] of readFileSync(page, "utf8").matchAll(/```js\n([\s\S]*?)```/gu)) {
    const body = code.replaceAll(/^import (\{[^}]*\}) from "([^"]+)";$/gmu, 'const $1 = await load("$2");');
    const run: unknown = runInThisContext(`async (load, console, process) => {\n${body}\n}`);
    if (typeof run !== "function") throw new TypeError("an example compiles to a function");
    const console = { log: (...values: unknown[]) => lines.push(values) };
    await run((name: string) => import(name), console, {
      env: { RATCHET_URL: server.url, RATCHET_KEY: key },
    });
  }
  return lines;
}

describe("the worked example", () => {
  it("of OpenFeature gets a text, a boolean, a number, and the decision's id", async () => {
    const actions = /^(?:case_study|product_tour|roi_calculator|no_message|do_nothing|do_your_own_thing)$/u;
    expect(await printed("docs/reference/openfeature.md")).toEqual([
      [expect.stringMatching(actions), expect.any(Boolean), expect.any(Number)],
      [expect.stringMatching(/^dec_/u)],
    ]);
  });
  it("of the SDK decides, reports, and leaves nothing behind", async () => {
    const lines = await printed("docs/reference/sdk.md");
    expect(lines).toEqual([["decided", expect.any(String)], [2, 0, 0], [0]]);
  });
});

describe.skipIf(!existsSync(CHROMIUM))(`the SDK in a browser (skipped where there is no ${CHROMIUM})`, () => {
  it("decides, reports, and falls back, without anything else", { timeout: 60_000 }, async () => {
    const bundle = await rolldown({ input: "packages/sdk/src/index.ts", cwd: process.cwd() });
    const { output } = await bundle.generate({ format: "iife", name: "sdk" });
    const [chunk] = output;
    expect(chunk.imports).toEqual([]);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      await page.goto(`${server.url}${ROUTES.status.path}`);
      const got: unknown = await page.evaluate(`(async () => {
        ${chunk.code}
        const told = { fallback: { content: "mine" } };
        const ratchet = new sdk.Ratchet({ url: "", timeoutMs: 10000, ...told });
        const answer = await ratchet.decide({ unit: "account-3", point: "content" });
        ratchet.outcome({ type: "reply", decisionId: answer.id, unit: "account-3" });
        const { accepted } = await ratchet.flush();
        await ratchet.close();
        const offline = await new sdk.Ratchet({ url: "http://127.0.0.1:1", ...told }).decide({ unit: "u", point: "content" });
        return { kind: answer.kind, accepted, offline };
      })()`);
      expect(got).toMatchObject({
        kind: "decided",
        accepted: 1,
        offline: { kind: "fallback", action: "mine", because: { code: "client.unreachable" } },
      });
    } finally {
      await browser.close();
    }
  });
});
