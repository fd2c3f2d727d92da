import { isIP } from "node:net";
import type { Source } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import type { Context, Hono } from "hono";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { bodyFrom } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { itemTexts } from "../ingest/item-texts.ts";
import { readBodyText } from "../ingest/read-body.ts";
import { keyOf, receive, refuseUnknown, sourceOf } from "../ingest/receive.ts";
import { readSignalRequest } from "../ingest/signal-request.ts";
import { NO_KEY_SOURCE } from "../ingest/source-keys.ts";

const ROUTE = "signals";

/**
 * `POST /v1/signals`: our own protocol. With a key the source is the key's. A program on this machine may do without: its signals are of the
 * source that each names, `api` where it names none, so that a first try needs nothing set up.
 *
 * Signals are read one by one. The answer comes when everything accepted, and everything rejected, is durable.
 */
export function signalRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, ROUTE, async (c) => {
    const source = senderOf(c, context);
    const keyed = source === NO_KEY_SOURCE ? null : source.id;
    const spokenFor = { keyed, isKeyed: (id: string) => context.sources.byId(id) !== null };
    const read = async () => {
      const body = await readBodyText(c);
      const { signals } = bodyFrom(body, ROUTES.signals.request);
      const texts = itemTexts(body, ["signals"]);
      return signals.map((value, index) => readSignalRequest(value, () => texts(index), spokenFor));
    };
    return receive(c, context, { route: ROUTE, source, read });
  });
}

/** @throws ProblemError 401 for an unknown key, and for none from another machine; 403 for the key of a source of another kind. */
function senderOf(c: Context<ServerEnvironment>, context: AppContext): Source {
  const key = keyOf(c);
  if (key === null) {
    if (isFromHere(c)) return NO_KEY_SOURCE;
    throw refuseUnknown(context, "no key was sent, and the request came from another machine", ROUTE);
  }
  const source = sourceOf(context, key, ROUTE);
  if (source.kind === "api") return source;
  throw new ProblemError(
    "auth.forbidden.source_kind",
    `the key is that of "${source.id}", a source of kind ${source.kind}; this route takes keys of kind api: ratchet sources create app --kind api`,
  );
}

/** Whether a request comes from this machine, and nobody passed it on from another. */
function isFromHere(c: Context<ServerEnvironment>): boolean {
  if (["forwarded", "x-forwarded-for", "x-real-ip"].some((name) => c.req.header(name) !== undefined)) return false;
  const address = remoteAddress(c.env);
  return address === null || isLoopback(address);
}

/** null where the application is called as a function, without a network. */
function remoteAddress(environment: unknown): string | null {
  const incoming = member(environment, "incoming");
  const address = member(member(incoming, "socket"), "remoteAddress");
  if (incoming === undefined) return null;
  return typeof address === "string" ? address : "";
}

function member(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/u, "");
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}
