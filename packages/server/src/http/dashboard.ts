import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { DASHBOARD_PAGES } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { ServerEnvironment } from "./request-id.ts";

/** Only our own files; styles may be inline, as the component library writes them at run time. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const NOT_BUILT = `<!doctype html><title>Ratchet</title><p>The dashboard has not been built. Run <code>npm run build</code> and reload; the API is under <code>/v1</code>.</p>`;

/** Headers of every answer, pages or not. */
export function secureHeaders(headers: Headers): void {
  headers.set("content-security-policy", CONTENT_SECURITY_POLICY);
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-resource-policy", "same-origin");
}

/** The built dashboard: hashed assets for ever, and for each of its screens its one page. Other paths are not its own. */
export function dashboardRoutes(app: Hono<ServerEnvironment>, directory: string): void {
  if (existsSync(directory)) {
    app.use("/assets/*", async (c, next) => {
      await next();
      if (c.res.ok) c.res.headers.set("cache-control", "public, max-age=31536000, immutable");
    });
    app.use("/assets/*", serveStatic({ root: directory }));
    app.get("/assets/*", (c) => c.notFound());
    app.get("/:file{[^/]+\\.(?:svg|png|ico|txt|webmanifest)}", serveStatic({ root: directory }));
  }
  const pages = DASHBOARD_PAGES.map((path) => path.replaceAll(/\{([a-z_]+)\}/gu, ":$1"));
  app.on("GET", [...pages, ...pages.map((path) => `${path}/`)], async (c) => {
    const page = join(directory, "index.html");
    const html = existsSync(page) ? await readFile(page, "utf8") : NOT_BUILT;
    return c.html(html, 200, { "cache-control": "no-cache" });
  });
}
