import { randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { Principal } from "../access/principal.ts";
import type { Log } from "../log.ts";

/** What every request carries through the server. */
export interface ServerEnvironment {
  readonly Variables: {
    requestId: string;
    /** Name of the route that answered, for the log: a path may hold ids. */
    route: string;
    /** Who asks, on every route that not everybody may use. */
    principal: Principal;
  };
}

const HEADER = "ratchet-request-id";
const SENT_BY_CALLER = /^[\w.:-]{8,128}$/u;

/** Names each request, as its caller did or by a random id, and logs how it ended: never its body, path, query or ids. */
export function requestIdAndLog(log: Log): MiddlewareHandler<ServerEnvironment> {
  return async (c, next) => {
    const sent = c.req.header(HEADER);
    const requestId = sent !== undefined && SENT_BY_CALLER.test(sent) ? sent : randomUUID();
    c.set("requestId", requestId);
    c.set("route", "static");
    c.header(HEADER, requestId);
    const startedAt = performance.now();
    await next();
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    log.debug({ requestId, method: c.req.method, route: c.get("route"), status: c.res.status, ms }, "answered");
  };
}
