import { ROUTES } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { readResults } from "../results/read-results.ts";

export function resultRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "results", (c) => readResults(context, readQuery(c, ROUTES.results.query)));
}
