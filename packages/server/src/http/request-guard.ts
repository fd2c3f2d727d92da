import { isIP } from "node:net";
import { Remembered } from "@ratchet/engine/drivers";
import type { MiddlewareHandler } from "hono";
import { ProblemError } from "./problem-error.ts";
import type { ServerEnvironment } from "./request-id.ts";

const HOSTS_REMEMBERED = 8;

/**
 * Refuses what another web page could make a browser send.
 *
 * - A `Host` that is neither an IP address, `localhost`, nor a name that the operator allowed: a page whose name was rebound to our address
 *   (DNS rebinding) always comes with its own name.
 * - A write to any path but those that are open to pages (where a key says who sends), whose `Origin` is another one than the server's: a form or script of another site (CSRF). Clients that are not browsers send none.
 */
export function requestGuard(
  allowedHosts: readonly string[],
  isOpenToPages: (path: string) => boolean = () => false,
): MiddlewareHandler<ServerEnvironment> {
  const allowed = new Set(["localhost", ...allowedHosts.map((host) => host.toLowerCase())]);
  // A server is called by one name or two: what was looked at is not looked at again for every request.
  const answeredTo = new Remembered<string>(HOSTS_REMEMBERED);
  const hostOf = (sent: string): string => {
    const known = answeredTo.get(sent);
    if (known !== undefined) return known;
    if (!URL.canParse(`http://${sent}`))
      throw new ProblemError("request.invalid_host", "the Host header is not a host");
    const { host, hostname } = new URL(`http://${sent}`);
    if (!allowed.has(hostname) && !isAddress(hostname)) {
      const message = `this server does not answer to the name "${hostname}"; start it with --allow-host ${hostname} if that name is yours`;
      throw new ProblemError("auth.forbidden.host", message);
    }
    answeredTo.set(sent, host);
    return host;
  };
  return async (c, next) => {
    const host = hostOf(c.req.header("host") ?? new URL(c.req.url).host);
    if (c.req.method !== "GET" && c.req.method !== "HEAD" && !isOpenToPages(c.req.path))
      requireOwnOrigin(host, c.req.header("origin"), c.req.header("sec-fetch-site"));
    await next();
  };
}

function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[(.*)\]$/u, "$1")) !== 0;
}

/** Whether a page of another origin than the server's sent a request. Programs that are not browsers name no origin. */
export function isFromForeignPage(host: string, origin: string | undefined, site: string | undefined): boolean {
  const foreign = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
  return foreign || site === "cross-site";
}

function requireOwnOrigin(host: string, origin: string | undefined, site: string | undefined): void {
  if (!isFromForeignPage(host, origin, site)) return;
  throw new ProblemError(
    "auth.forbidden.origin",
    "writes from pages of another origin are refused; call the server from a program, or from its own pages",
  );
}
