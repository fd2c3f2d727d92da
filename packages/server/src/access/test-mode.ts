import type { Context } from "hono";
import type { ServerEnvironment } from "../http/request-id.ts";

/** What is asked for under a test key is a test, whatever the request says: nothing learns from it. */
export function inModeOfKey<Request extends { readonly mode?: string }>(
  c: Context<ServerEnvironment>,
  request: Request,
): Request | (Request & { readonly mode: "test" }) {
  const principal = c.get("principal");
  return principal.kind === "key" && principal.key.mode === "test" ? { ...request, mode: "test" as const } : request;
}
