import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A page, and everything that it should not have done. */
export interface WatchedPage {
  readonly page: Page;
  /** Console errors, uncaught errors, requests to other hosts. */
  readonly faults: string[];
}

/** How a page is looked at. */
export interface Look {
  readonly width: number;
  readonly scheme: "light" | "dark";
}

const HEIGHT = 900;

/** What to open, and how. */
export interface Opening {
  readonly origin: string;
  readonly look: Look;
  /** The time that the page believes it is; the real one where null. */
  readonly now: Date | null;
}

/** Opens a page that writes down its faults. */
export async function openPage(browser: Browser, { origin, look, now }: Opening): Promise<WatchedPage> {
  const { width, scheme } = look;
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    colorScheme: scheme,
    reducedMotion: "reduce",
    timezoneId: "UTC",
    locale: "en-GB",
    bypassCSP: false,
  });
  const page = await context.newPage();
  if (now !== null) await page.clock.setFixedTime(now);
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith("data:") && !url.startsWith("blob:"))
      faults.push(`request to ${url}`);
  });
  return { page, faults };
}

/** How many pixels of the page lie beyond its right edge. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** What axe calls serious or critical, each with the first places where it is. */
export async function violations(page: Page): Promise<readonly string[]> {
  // Evaluated, not added as a script: the page's own policy forbids scripts from elsewhere, and stays in force.
  await page.evaluate(AXE);
  const found: unknown =
    await page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join(" | ")))`);
  return Array.isArray(found) ? found.map(String) : ["axe gave no answer"];
}
