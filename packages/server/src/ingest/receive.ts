import type { Source } from "@ratchet/engine";
import { statusOf } from "@ratchet/protocol";
import type { Context } from "hono";
import type { AppContext } from "../context.ts";
import { namelessText } from "../http/nameless-text.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import type { IngestTally, ReadItem } from "./ingest.ts";
import { UNKNOWN_SOURCE } from "./request-log.ts";

/** One request of a source: its items are read only after its key was known and there is room. */
export interface Delivery {
  readonly route: string;
  readonly source: Source;
  readonly read: () => Promise<readonly ReadItem[]>;
}

/**
 * Takes one request of a source from end to end and writes it into the source's request log, however it ends.
 *
 * @throws OverloadedError, ProblemError; nothing was taken then.
 */
export async function receive(
  c: Context<ServerEnvironment>,
  context: AppContext,
  { route, source, read }: Delivery,
): Promise<IngestTally> {
  const at = context.stores.clock();
  const entry = { at, route, sent: 0, accepted: 0, duplicates: 0, quarantined: 0 };
  try {
    await context.backPressure.admit();
    const items = await read();
    const tally = await context.ingest.take({ source, items, requestId: c.get("requestId"), now: at });
    const { rejected, ...counts } = tally;
    context.requestLog.add(source.id, { ...entry, ...counts, status: 200, fault: rejected[0]?.message ?? null });
    return tally;
  } catch (error) {
    const fault = error instanceof Error ? namelessText(error.message) : "the server failed";
    context.requestLog.add(source.id, {
      ...entry,
      status: error instanceof ProblemError ? statusOf(error.code) : 500,
      fault,
    });
    throw error;
  }
}

/** The source that a key belongs to. @throws ProblemError 401, after writing the attempt down where its owner can find it. */
export function sourceOf(context: AppContext, key: string | null, route: string): Source {
  const source = key === null ? null : context.sources.byKey(key);
  if (source !== null) return source;
  throw refuseUnknown(context, key === null ? "no key was sent" : "no source in use has the key that was sent", route);
}

/** Writes down that somebody knocked whom nobody knows, and says so. */
export function refuseUnknown(context: AppContext, fault: string, route: string): ProblemError {
  const at = context.stores.clock();
  context.requestLog.add(UNKNOWN_SOURCE, {
    at,
    route,
    status: 401,
    sent: 0,
    accepted: 0,
    duplicates: 0,
    quarantined: 0,
    fault,
  });
  return new ProblemError(
    "auth.unknown_key",
    `${fault}; make a source and use its key: ratchet sources create website --kind segment`,
  );
}

/** The key of a request: a bearer token, the user of basic authentication, or `X-API-Key`. */
export function keyOf(c: Context<ServerEnvironment>): string | null {
  const [scheme, value = ""] = (c.req.header("authorization") ?? "").split(" ");
  if (scheme?.toLowerCase() === "bearer" && value !== "") return value;
  if (scheme?.toLowerCase() === "basic") {
    const user = Buffer.from(value, "base64").toString("utf8").split(":")[0] ?? "";
    if (user !== "") return user;
  }
  return c.req.header("x-api-key") ?? null;
}
