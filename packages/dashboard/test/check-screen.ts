import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { openPage, overflow, violations, type Look, type WatchedPage } from "./watched-page.ts";

const CHROMIUM = process.env["RATCHET_CHROMIUM"] ?? "/usr/bin/chromium";

/** Where pictures go; none are taken without it. */
const PICTURES = process.env["RATCHET_SCREENSHOTS"];

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How every screen is looked at: wide, narrow, on a phone; light and dark. */
export const LOOKS: readonly Look[] = [
  { width: 1440, scheme: "light" },
  { width: 1024, scheme: "dark" },
  { width: 390, scheme: "light" },
];

/** Words that belong to the maths, not to a screen. */
const JARGON = /\bsignifican(?:t|ce)|\bp[- ]value|\bposterior|\bnull hypothesis/iu;

/** One screen, and what must stand on it. */
export interface Screen {
  readonly name: string;
  readonly path: string;
  readonly texts: readonly string[];
}

/** Says on the console, once, why there is nothing to run where there is no browser. */
export function hasBrowser(): boolean {
  const found = existsSync(CHROMIUM);
  if (!found) console.warn(`screens: skipped, no browser at ${CHROMIUM}; set RATCHET_CHROMIUM to one`);
  return found;
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** Keeps a picture where pictures are asked for. */
export async function picture(page: Page, name: string, { width, scheme }: Look): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}-${width}-${scheme}.png`), fullPage: true });
}

/** Opens screens one after the other, in one page for each server and look. */
export interface ScreenChecker {
  /** Everything that is wrong with a screen; empty where nothing is. */
  readonly check: (origin: string, screen: Screen, look: Look) => Promise<readonly string[]>;
}

/** @param now - The time that the pages believe it is; the real one where null. */
export function screenChecker(browser: Browser, now: Date | null): ScreenChecker {
  const pages = new Map<string, Promise<WatchedPage>>();
  const pageFor = (origin: string, look: Look): Promise<WatchedPage> => {
    const key = `${origin} ${look.width} ${look.scheme}`;
    const open = pages.get(key) ?? openPage(browser, { origin, look, now });
    pages.set(key, open);
    return open;
  };
  return {
    check: async (origin, screen, look) => {
      const { page, faults } = await pageFor(origin, look);
      faults.length = 0;
      await page.goto(`${origin}${screen.path}`);
      const missing = await firstMissing(page, screen.texts);
      await page.locator(".mantine-Skeleton-root").first().waitFor({ state: "detached" });
      await picture(page, screen.name, look);
      const text = await page.locator("body").innerText();
      const jargon = JARGON.exec(text);
      const beyond = await overflow(page);
      return [
        ...(missing === null ? [] : [`no "${missing}" on:\n${text}`]),
        ...(beyond === 0 ? [] : [`${beyond} pixels beyond the right edge`]),
        ...(jargon === null ? [] : [`"${jargon[0]}" belongs under Show the maths`]),
        ...(await violations(page)),
        ...faults,
      ];
    },
  };
}

const SHOWN_MS = 20_000;

async function firstMissing(page: Page, texts: readonly string[]): Promise<string | null> {
  for (const text of texts) {
    const found = page.getByText(text).first();
    const isShown = await found.waitFor({ timeout: SHOWN_MS }).then(
      () => true,
      () => false,
    );
    if (!isShown) return text;
  }
  return null;
}
