import type { Source } from "@ratchet/engine";
import { ROUTES, statusOf, WAYS_IN } from "@ratchet/protocol";
import type { Context } from "hono";
import type { AppContext } from "../context.ts";
import { namelessText } from "../http/nameless-text.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import type { IngestTally, ToldItem } from "./ingest.ts";
import { replayWaiting } from "./replay-quarantine.ts";
import { OFREP_PATH } from "../ofrep/failure.ts";
import { UNKNOWN_SOURCE } from "./request-log.ts";

/** One request of a source: its items are read only after its key was known and there is room. */
export interface Delivery {
  readonly route: string;
  readonly source: Source;
  readonly read: () => Promise<readonly ToldItem[]>;
  /** How many of its events are deliberately no signals. */
  readonly ignored?: number;
}

/** Refusals that a request log has already: the application's last resort writes down the others. */
const noted = new WeakSet<object>();

/** Says of a refusal that a request log has it. */
export function markNoted(error: unknown): void {
  if (error instanceof Error) noted.add(error);
}

/**
 * Takes one request of a source from end to end and writes it into the source's request log, however it ends.
 *
 * @throws OverloadedError, ProblemError; nothing was taken then.
 */
export async function receive(
  c: Context<ServerEnvironment>,
  context: AppContext,
  { route, source, read, ignored = 0 }: Delivery,
): Promise<IngestTally> {
  const at = context.stores.clock();
  const entry = { at, route, sent: 0, accepted: 0, duplicates: 0, quarantined: 0 };
  try {
    await context.backPressure.admit();
    const { items, tied } = await context.opportunities.place(source.id, await read(), at);
    const tally = await context.ingest.take({ source, items, requestId: c.get("requestId"), now: at });
    await replayWaiting(context, tied);
    const { rejected, conflicts: _, ...counts } = tally;
    context.requestLog.add(source.id, {
      ...entry,
      ...counts,
      ignored,
      status: 200,
      fault: rejected[0]?.message ?? null,
    });
    return tally;
  } catch (error) {
    const fault = error instanceof Error ? namelessText(error.message) : "the server failed";
    context.requestLog.add(source.id, {
      ...entry,
      status: error instanceof ProblemError ? statusOf(error.code) : 500,
      fault,
    });
    markNoted(error);
    throw error;
  }
}

/** The source that a key belongs to. @throws ProblemError 401, after writing the attempt down where its owner can find it. */
export function sourceOf(context: AppContext, key: string | null, route: string): Source {
  const source = key === null ? null : context.sources.byKey(key);
  if (source !== null) return source;
  const former = key === null ? null : context.sources.byAnyKey(key);
  if (former !== null) throw disabled(former);
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
  const kind = KIND_OF_ROUTE.find(([routes]) => routes.test(route))?.[1] ?? "segment";
  const problem = new ProblemError("auth.unknown_key", `${fault}; make a source and use its key: ${kind}`);
  markNoted(problem);
  return problem;
}

/** What makes a source that may send there. */
const KIND_OF_ROUTE: readonly (readonly [RegExp, string])[] = [
  [/^hooks$/u, "ratchet sources create mailer --kind webhook --vendor sendgrid --secret …"],
  [/^events$/u, "ratchet sources create broker --kind cloudevents"],
  [/^segment\b/u, "ratchet sources create website --kind segment"],
  [/./u, "ratchet sources create app --kind api"],
];

/** What a source hears that may send again once it is enabled. */
export function disabled({ id }: Source): ProblemError {
  return new ProblemError("auth.source_disabled", `the source "${id}" is disabled; ratchet sources enable ${id}`);
}

/** Where sources send, and nobody else; beside the addresses of webhooks, which name their source. */
const SENT_TO: ReadonlySet<string> = new Set([
  ROUTES.signals.path,
  ...Object.values(WAYS_IN).flatMap(({ access, path }) => (access.kind === "source" ? [path] : [])),
]);

/**
 * Writes down a request that was refused before its source was asked for: too large, no archive, of a disabled source. The source is that of
 * its key, or of its path; a key that stands in the body alone was not read, and what came with it is kept among those whom nobody knows.
 */
export function noteRefusal(c: Context<ServerEnvironment>, context: AppContext, error: Error): void {
  if (noted.has(error) || c.req.method !== "POST") return;
  const { sources, requestLog, stores } = context;
  const key = keyOf(c) ?? null;
  const [, hooked] = /^\/hooks\/[^/]+\/([^/]+)$/u.exec(c.req.path) ?? [];
  const source = hooked === undefined ? (key === null ? null : sources.byAnyKey(key)) : sources.byId(hooked);
  const status = error instanceof ProblemError ? statusOf(error.code) : 500;
  // OpenFeature's clients show nothing of why they are not let in: whoever looks for it looks here.
  const isFlags = OFREP_PATH.test(c.req.path);
  const isShutOut = isFlags && (status === 401 || status === 403);
  if (source === null && hooked === undefined && !isShutOut && !SENT_TO.has(c.req.path)) return;
  requestLog.add(source?.id ?? UNKNOWN_SOURCE, {
    at: stores.clock(),
    route: hooked !== undefined ? "hooks" : isFlags ? "ofrep" : c.req.path.replace("/v1/", ""),
    status,
    sent: 0,
    accepted: 0,
    duplicates: 0,
    quarantined: 0,
    fault: namelessText(error.message),
  });
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
