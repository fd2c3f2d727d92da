import { ROUTES, type ResponseOf, type RouteName } from "@ratchet/protocol";
import type { Context, Hono } from "hono";
import type { ServerEnvironment } from "./request-id.ts";

/** Answers one route of the protocol's table. What the handler throws becomes a problem. */
export type Answer<Name extends RouteName> = (c: Context<ServerEnvironment>) => Promise<ResponseOf<Name>>;

/** Registers a route where the table says it is; the types hold the answer to the table's schema. */
export function on<Name extends RouteName>(app: Hono<ServerEnvironment>, name: Name, answer: Answer<Name>): void {
  const { method, path } = ROUTES[name];
  app.on(method, path.replaceAll(/\{([a-z_]+)\}/gu, ":$1"), async (c) => {
    c.set("route", name);
    const body = await answer(c);
    return c.body(JSON.stringify(body), 200, { "content-type": "application/json" });
  });
}
