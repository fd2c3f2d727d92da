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
import { receive } from "../ingest/receive.ts";
import { readSignalRequest } from "../ingest/signal-request.ts";
import { NO_KEY_SOURCE } from "../ingest/source-keys.ts";

const ROUTE = "signals";

/**
 * `POST /v1/signals`: our own protocol. With a source's key the source is the key's. Under the key of a program, and on this machine
 * while nobody has to sign in, signals are of the source that each names, `api` where it names none: a first try needs nothing set up.
 *
 * Signals are read one by one. The answer comes when everything accepted, and everything rejected, is durable.
 */
export function signalRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, ROUTE, async (c) => {
    const source = senderOf(c);
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

/** Whoever may send without being a source sends for others. @throws ProblemError 403 for the key of a source of another kind. */
function senderOf(c: Context<ServerEnvironment>): Source {
  const principal = c.get("principal");
  if (principal.kind !== "source") return NO_KEY_SOURCE;
  const { source } = principal;
  if (source.kind === "api") return source;
  throw new ProblemError(
    "auth.forbidden.source_kind",
    `the key is that of "${source.id}", a source of kind ${source.kind}; this route takes keys of kind api: ratchet sources create app --kind api`,
  );
}
