/** Every screen in a real browser: no errors, no foreign requests, nothing beyond the edge, nothing that axe calls serious. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ANSWERS, EMPTY_ANSWERS, SIGNED_IN_ANSWERS, SIGNED_OUT_ANSWERS } from "../src/testing/answers.ts";
import { CSV } from "../src/testing/import-fixture.ts";
import { serveFixtures, type FixtureServer } from "./fixture-server.ts";
import {
  hasBrowser,
  launchBrowser,
  LOOKS,
  picture,
  screenChecker,
  type Screen,
  type ScreenChecker,
} from "./check-screen.ts";
import { openPage, overflow, violations, type Look } from "./watched-page.ts";

const INITIAL_JS_GZIPPED_MAX = 200_000;
/** The fixtures' now, so that "20 hours ago" stays that. */
const NOW = new Date("2026-11-16T09:00:00.000Z");

const FULL: readonly Screen[] = [
  {
    name: "today",
    path: "/",
    texts: ["Lift in meeting held", "+4.1", "per 100 units", "1.8 and 6.4", "Waiting for you", "Better"],
  },
  { name: "changes", path: "/changes", texts: ["Waiting for approval", "Ramping", "Rolled back"] },
  {
    name: "change-pending",
    path: "/changes/chg-0006",
    texts: ["Approve change", "Allowed range", "+20 points", "What cannot be detected", "+1.7 per 100 units"],
  },
  { name: "change-ramping", path: "/changes/chg-0005", texts: ["Undo change", "canary", "dana.fox"] },
  {
    name: "change-rolled-back",
    path: "/changes/chg-0002",
    texts: ["Its effect cannot be predicted", "Unsubscribes went"],
  },
  { name: "decisions", path: "/decisions", texts: ["acme-industrial-1", "Holdout", "On trial"] },
  {
    name: "decision",
    path: "/decisions/dec-1b58",
    texts: ["Why this unit got this", "Where it came from", "Would have got", "The whole walk"],
  },
  {
    name: "results",
    path: "/results",
    texts: ["Better", "No meaningful difference", "Too early", "1,170 of 5,210", "By segment"],
  },
  {
    name: "results-doubtful",
    path: "/results?source=maven-crm",
    texts: ["Cannot trust these numbers yet", "not drawn at random"],
  },
  { name: "history", path: "/history", texts: ["The ledger is whole", "Policy v1 adopted"] },
  { name: "playbook", path: "/history?tab=playbook", texts: ["Playbook v3", "In force"] },
  { name: "import", path: "/import", texts: ["Drop a CSV here", "Earlier imports"] },
  { name: "not-found", path: "/nowhere", texts: ["There is no such page"] },
];

const EMPTY: readonly Screen[] = [
  { name: "empty-today", path: "/", texts: ["No decisions yet", "Use the sample company", "Drop a CSV here"] },
  { name: "empty-changes", path: "/changes", texts: ["Nothing to review"] },
  { name: "empty-decisions", path: "/decisions", texts: ["Nothing has asked for a decision yet", "curl"] },
  { name: "empty-results", path: "/results", texts: ["No results yet", "Import a CSV"] },
  { name: "empty-history", path: "/history", texts: ["Nothing recorded yet"] },
  { name: "empty-playbook", path: "/history?tab=playbook", texts: ["No playbook yet"] },
];

/** Builds as `npm run build` does. In a process of its own: under a test runner React would be built for development. */
function bundleInto(directory: string): void {
  const require = createRequire(import.meta.url);
  const vite = join(dirname(require.resolve("vite/package.json")), "bin/vite.js");
  const { NODE_ENV: _, ...environment } = process.env;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = [vite, "build", "--logLevel", "warn", "--outDir", directory, "--emptyOutDir"];
  execFileSync(process.execPath, args, { cwd, env: environment, stdio: ["ignore", "ignore", "inherit"] });
}

/** Everything that is loaded before Today shows: what the page names, the screen's own part, and what those import. */
function initialScripts(bundle: string): ReadonlyMap<string, number> {
  const assets = join(bundle, "assets");
  const html = readFileSync(join(bundle, "index.html"), "utf8");
  const named = [...html.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/gu)].map(([, file = ""]) => file);
  const waiting = [...named, ...readdirSync(assets).filter((file) => /^today-page.*\.js$/u.test(file))];
  const sizes = new Map<string, number>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (sizes.has(file)) continue;
    const text = readFileSync(join(assets, file));
    sizes.set(file, gzipSync(text).length);
    const imported = text.toString("utf8").matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/gu);
    waiting.push(...[...imported].map(([, next = ""]) => next));
  }
  return sizes;
}

describe.skipIf(!hasBrowser())("the screens", () => {
  let bundle = "";
  let browser: Browser;
  let checker: ScreenChecker;
  const servers: FixtureServer[] = [];
  let full = "";
  let empty = "";

  beforeAll(async () => {
    bundle = mkdtempSync(join(tmpdir(), "ratchet-screens-"));
    bundleInto(bundle);
    servers.push(await serveFixtures(bundle, ANSWERS), await serveFixtures(bundle, EMPTY_ANSWERS));
    full = servers[0]?.origin ?? "";
    empty = servers[1]?.origin ?? "";
    browser = await launchBrowser();
    checker = screenChecker(browser, NOW);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    for (const server of servers) server.close();
    rmSync(bundle, { recursive: true, force: true });
  });

  it("load at most 200 KB of JavaScript before the first one shows", () => {
    const sizes = [...initialScripts(bundle).values()];
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    console.info(`initial JavaScript: ${(bytes / 1000).toFixed(1)} KB gzipped in ${sizes.length} files`);
    expect(sizes.length).toBeGreaterThan(1);
    expect(bytes).toBeLessThanOrEqual(INITIAL_JS_GZIPPED_MAX);
  });

  for (const look of LOOKS) {
    const at = `${look.width} px, ${look.scheme}`;
    it.each(FULL.map((screen) => [screen.name, screen] as const))(`%s at ${at}`, async (_, screen) => {
      expect(await checker.check(full, screen, look)).toEqual([]);
    });
    it.each(EMPTY.map((screen) => [screen.name, screen] as const))(`%s at ${at}`, async (_, screen) => {
      expect(await checker.check(empty, screen, look)).toEqual([]);
    });
  }

  it("go where the keys say, move in lists, and open with Enter", async () => {
    const { page, faults } = await openPage(browser, {
      origin: full,
      look: { width: 1440, scheme: "light" },
      now: NOW,
    });
    await page.goto(full);
    await page.getByText("Waiting for you").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("c");
    await page.getByRole("heading", { name: "Changes", level: 1 }).waitFor();
    await page.getByText("Rolled back").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/changes/chg-0006");
    await page.keyboard.press("g");
    await page.keyboard.press("r");
    await page.getByRole("heading", { name: "Results", level: 1 }).waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it("say that a change has moved on, rather than record an approval of other bytes", async () => {
    const look: Look = { width: 1440, scheme: "light" };
    const { page } = await openPage(browser, { origin: full, look, now: NOW });
    await page.goto(`${full}/changes/chg-0006`);
    await page.getByRole("button", { name: "Approve change" }).waitFor();
    await page.keyboard.press("a");
    const dialog = page.getByRole("dialog", { name: "Approve change" });
    await dialog.getByRole("combobox", { name: "Person" }).click();
    await page.getByRole("option", { name: "dana.fox" }).click();
    await dialog.getByLabel("Comment").fill("Looks right");
    await picture(page, "approve", look);
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Approve change" }).click();
    await dialog.getByText("The change has moved on since you opened it").waitFor();
    await picture(page, "approve-stale", look);
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Read the change as it is now" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.context().close();
  });

  it("undo a running change with a reason", async () => {
    const { page, faults } = await openPage(browser, { origin: full, look: { width: 390, scheme: "light" }, now: NOW });
    await page.goto(`${full}/changes/chg-0005`);
    await page.getByRole("button", { name: "Undo change" }).click();
    const dialog = page.getByRole("dialog", { name: "Undo to v3" });
    await dialog.getByLabel("Person").fill("dana.fox");
    await dialog.getByLabel("Reason").fill("Wrong segment");
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Undo to v3" }).click();
    await page.getByText("Unsubscribes went").waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it.each(LOOKS.map((look) => [look.width, look] as const))(
    "lead from a dropped CSV to its report at %i px",
    async (_, look) => {
      const { page, faults } = await openPage(browser, { origin: empty, look, now: NOW });
      await page.goto(empty);
      await page.getByText("Drop a CSV here").waitFor();
      await page
        .locator('input[type="file"]')
        .setInputFiles({ name: "spring-emails.csv", mimeType: "text/csv", buffer: Buffer.from(CSV) });
      await page.getByText("Are these columns right?").waitFor();
      await page.getByText("199 of the first 200 rows fit").waitFor();
      await page.getByText("“yesterday” is not an ISO 8601 time").first().waitFor();
      await picture(page, "import-mapping", look);
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await page.getByRole("button", { name: "Import file" }).click();
      await page.getByText("Data report").waitFor();
      await page.waitForLoadState("networkidle");
      await picture(page, "import-report", look);
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );

  it.each(LOOKS.map((look) => [look.width, look] as const))(
    "let somebody sign in, and out again, at %i px",
    async (_, look) => {
      for (const answers of [SIGNED_OUT_ANSWERS, SIGNED_IN_ANSWERS]) servers.push(await serveFixtures(bundle, answers));
      const [out, signedIn] = servers.slice(-2).map(({ origin }) => origin);
      const { page, faults } = await openPage(browser, { origin: out ?? "", look, now: NOW });
      await page.goto(out ?? "");
      await page.getByLabel("E-mail address").fill("ann@example.com");
      await page.getByLabel("Password").fill("correct horse battery");
      await picture(page, "sign-in", look);
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("Waiting for you").waitFor();
      expect(faults).toEqual([]);
      await page.context().close();

      const other = await openPage(browser, { origin: signedIn ?? "", look, now: NOW });
      await other.page.goto(signedIn ?? "");
      await other.page.getByText("Waiting for you").waitFor();
      await other.page.getByTitle("ann@example.com: admin, approver").waitFor();
      await picture(other.page, "signed-in", look);
      expect(await violations(other.page)).toEqual([]);
      expect(await overflow(other.page)).toBe(0);
      await other.page.getByRole("button", { name: "Sign out" }).click();
      await other.page.getByRole("heading", { name: "Sign in to Ratchet" }).waitFor();
      expect(other.faults).toEqual([]);
      await other.page.context().close();
    },
  );

  it("show how far the sample company is", async () => {
    const look: Look = { width: 1440, scheme: "dark" };
    const { page, faults } = await openPage(browser, { origin: empty, look, now: NOW });
    await page.goto(empty);
    await page.getByRole("button", { name: "Use the sample company" }).click();
    await page.getByText("Cycle 9 of 14").waitFor();
    await picture(page, "sample-progress", look);
    expect(await violations(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
