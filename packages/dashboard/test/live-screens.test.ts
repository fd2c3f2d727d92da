/**
 * Every screen against a real server with the sample company; with `RATCHET_URL=http://localhost:4600`, against a running one, with whatever
 * that workspace holds.
 */
import { createRatchet } from "@ratchet/sdk";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSampleServer, type SampleServer } from "./sample-server.ts";
import { hasBrowser, launchBrowser, LOOKS, screenChecker, type Screen, type ScreenChecker } from "./check-screen.ts";

const GIVEN = process.env["RATCHET_URL"]?.replace(/\/+$/u, "");

/** The screens of a workspace, one change of each status. */
async function screensOf(url: string): Promise<readonly Screen[]> {
  const ratchet = createRatchet({ url });
  const [{ changes }, { decisions }, { imports }, { levers, version }] = await Promise.all([
    ratchet.changes(),
    ratchet.decisions({ limit: 1 }),
    ratchet.imports.list(),
    ratchet.playbook(),
  ]);
  const each = [...new Map(changes.map((change) => [change.status, change])).values()];
  const sources = imports.flatMap(({ report }) => (report === null ? [] : [report.source]));
  return [
    { name: "live-today", path: "/", texts: ["Data health", "Guardrails"] },
    { name: "live-changes", path: "/changes", texts: changes.slice(0, 1).map(({ title }) => title) },
    ...each.map(({ id, status, title }) => ({
      name: `live-change-${status}`,
      path: `/changes/${id}`,
      texts: [title, "Allowed range", "Timeline"],
    })),
    { name: "live-decisions", path: "/decisions", texts: decisions.map(({ unit_id }) => unit_id) },
    ...decisions.map(({ decision_id, unit_id }) => ({
      name: "live-decision",
      path: `/decisions/${decision_id}`,
      texts: [unit_id, "Where it came from"],
    })),
    { name: "live-results", path: "/results", texts: ["Who got what", "Verdict"] },
    ...sources.map((source) => ({
      name: `live-results-${source.replaceAll(/\W+/gu, "-")}`,
      path: `/results?source=${encodeURIComponent(source)}`,
      texts: [source, "Verdict"],
    })),
    { name: "live-history", path: "/history", texts: ["The ledger is whole"] },
    {
      name: "live-playbook",
      path: "/history?tab=playbook",
      texts: [`Playbook v${version}`, levers[0]?.baseline ?? ""],
    },
    { name: "live-import", path: "/import", texts: ["Drop a CSV here"] },
  ];
}

describe.skipIf(!hasBrowser())("the screens of a running server", () => {
  let origin = GIVEN ?? "";
  let server: SampleServer | null = null;
  let browser: Browser;
  let checker: ScreenChecker;
  let screens: readonly Screen[] = [];

  beforeAll(async () => {
    if (GIVEN === undefined) server = await startSampleServer();
    origin = server?.url ?? origin;
    screens = await screensOf(origin);
    browser = await launchBrowser();
    checker = screenChecker(browser, null);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it.each(LOOKS.map((look) => [look.width, look] as const))(
    "are sound at %i px",
    { timeout: 180_000 },
    async (_, look) => {
      const wrong: string[] = [];
      for (const screen of screens) {
        const found = await checker.check(origin, screen, look);
        wrong.push(...found.map((fault) => `${screen.name}: ${fault}`));
      }
      expect(screens.length).toBeGreaterThan(5);
      expect(wrong).toEqual([]);
    },
  );
});
