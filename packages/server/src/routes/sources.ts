import { isoOf, later, sourceIdFault, type Instant, type Source } from "@ratchet/engine";
import { durationMs, ROUTES, type RequestOf, type SourceKeyView, type SourceView } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { sourceHealthView } from "../views/data-health-view.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import type { WebhookMapping } from "../vendors/webhook-mapping.ts";
import { readSourceSettings, readWebhookMapping } from "../ingest/webhook-source.ts";
import { replayQuarantine } from "../ingest/replay-quarantine.ts";
import { endOfSecret, keptOfKey, makeKey, withKey, withSecret, type Overlap } from "../ingest/source-keys.ts";
import { sourceTimes } from "../views/source-time-view.ts";

/** Who sends to us, with what key, and what became of it; and the quarantine's way back. */
export function sourceRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "sources", async () => {
    const times = await sourceTimes(context.stores);
    return { sources: await Promise.all(context.sources.all().map((source) => viewOf(context, source, times))) };
  });
  on(app, "createSource", async (c) => createSource(context, await readBody(c, ROUTES.createSource.request)));
  on(app, "rotateSourceKey", async (c) => {
    const key = makeKey();
    const source = named(context, parameter(c, "source_id"));
    const { overlap } = await readBody(c, ROUTES.rotateSourceKey.request);
    const changed = withKey(source, key, overlapOf(overlap, context.stores.clock()));
    await context.sources.put(changed);
    return { source: await viewOf(context, changed), key };
  });
  on(app, "rotateSourceSecret", async (c) => {
    const source = named(context, parameter(c, "source_id"));
    const { secret, overlap } = await readBody(c, ROUTES.rotateSourceSecret.request);
    if (source.kind !== "webhook")
      throw new ProblemError(
        "source.bad_vendor",
        `"${source.id}" is of kind ${source.kind}, and nobody signs what it sends: it is known by its key`,
      );
    const changed = withSecret(source, secret, overlapOf(overlap, context.stores.clock()));
    await context.sources.put(changed);
    return viewOf(context, changed);
  });
  on(app, "setSource", async (c) => {
    const source = named(context, parameter(c, "source_id"));
    const next = settled(source, await readBody(c, ROUTES.setSource.request));
    await context.sources.put(next);
    return viewOf(context, next);
  });
  on(app, "disableSource", async (c) =>
    viewOf(context, await context.sources.disable(named(context, parameter(c, "source_id")))),
  );
  on(app, "enableSource", async (c) =>
    viewOf(context, await context.sources.enable(named(context, parameter(c, "source_id")))),
  );
  on(app, "sourceRequests", async (c) => ({
    requests: context.requestLog
      .latest(parameter(c, "source_id"))
      .map(({ at, ignored = 0, ...request }) => ({ ...request, ignored, at: new Date(at).toISOString() })),
  }));
  on(app, "replayQuarantine", async (c) =>
    replayQuarantine(context, await readBody(c, ROUTES.replayQuarantine.request)),
  );
}

async function createSource(context: AppContext, asked: RequestOf<"createSource">): Promise<SourceKeyView> {
  const fault = sourceIdFault(asked.source_id);
  if (fault !== null) throw new ProblemError("source.bad_id", fault);
  if (context.sources.byId(asked.source_id) !== null)
    throw new ProblemError(
      "source.exists",
      `there is a source "${asked.source_id}" already; give it a new key, or take another name`,
    );
  const { vendor, mapping } = vendorOf(context, asked);
  const key = makeKey();
  const source: Source = {
    id: asked.source_id,
    kind: asked.kind,
    vendor,
    mapping,
    ...keptOfKey(key),
    secret: asked.secret ?? null,
    carriesOutcomes: asked.carries_outcomes ?? true,
    createdAt: context.stores.clock(),
    disabledAt: null,
  };
  await context.sources.put(source);
  return { source: await viewOf(context, source), key };
}

/** As long as it takes to tell a few senders. */
const OVERLAP = "24h";

function overlapOf(overlap: string = OVERLAP, now: Instant): Overlap {
  return { now, until: later(now, durationMs(overlap)) };
}

/** A webhook source is of a vendor known by heart, or brings the mapping of another; the other kinds have neither. */
function vendorOf(
  { vendors }: AppContext,
  { kind, vendor, mapping, secret }: RequestOf<"createSource">,
): Pick<Source, "vendor" | "mapping"> {
  if (kind !== "webhook") {
    if (vendor === undefined && mapping === undefined && secret === undefined) return { vendor: null, mapping: null };
    throw new ProblemError("source.bad_vendor", "only a source of kind webhook has a vendor, a mapping or a secret");
  }
  if (mapping !== undefined) {
    const read = readWebhookMapping(mapping);
    return { vendor: read.name, mapping: JSON.stringify(read) };
  }
  if (vendor !== undefined && vendors.has(vendor)) return { vendor, mapping: null };
  const known = [...vendors.keys()].join(", ");
  throw new ProblemError(
    "source.bad_vendor",
    `${vendor === undefined ? "a webhook source names its vendor" : `"${vendor}" is not known by heart`}; known are ${known}, any other comes with a mapping (--map)`,
  );
}

/** The source with what was said of it. A vendor stays what it is: its name is in the address that the vendor calls. */
function settled(source: Source, { settings, mapping, secret }: RequestOf<"setSource">): Source {
  if (source.kind !== "webhook")
    throw new ProblemError("source.bad_vendor", "only a source of kind webhook has settings");
  const { settings: before, ...rest } = source;
  const told =
    settings === undefined ? before : settings === null ? undefined : JSON.stringify(readSourceSettings(settings));
  return {
    ...rest,
    ...(told === undefined ? {} : { settings: told }),
    ...(mapping === undefined ? {} : { mapping: JSON.stringify(mappingFor(source, mapping)) }),
    ...(secret === undefined ? {} : { secret }),
  };
}

function mappingFor({ vendor, mapping }: Source, yaml: string): WebhookMapping {
  const read = readWebhookMapping(yaml);
  if (mapping !== null && read.name === vendor) return read;
  throw new ProblemError(
    "source.bad_vendor",
    mapping === null
      ? `${vendor ?? "this source"} is read without a mapping; say what its words mean in its settings`
      : `the mapping is of "${read.name}", and the source is called as "${vendor ?? ""}"; make a source of its own for it`,
  );
}

function named(context: AppContext, id: string): Source {
  const source = context.sources.byId(id);
  if (source === null)
    throw new ProblemError(
      "source.not_found",
      `there is no source "${id}"; ratchet sources list names those there are`,
    );
  return source;
}

async function viewOf(
  context: AppContext,
  source: Source,
  times: Awaited<ReturnType<typeof sourceTimes>> | null = null,
): Promise<SourceView> {
  const timesOf = times ?? (await sourceTimes(context.stores));
  const { lastAt, ...tally } = context.requestLog.tally(source.id);
  return {
    source_id: source.id,
    kind: source.kind,
    vendor: source.vendor,
    has_settings: source.settings !== undefined,
    carries_outcomes: source.carriesOutcomes,
    ...keysOf(source, context.stores.clock()),
    created_at: isoOf(source.createdAt),
    disabled_at: source.disabledAt === null ? null : isoOf(source.disabledAt),
    tally: { ...tally, last_at: lastAt === null ? null : new Date(lastAt).toISOString() },
    waiting: await context.stores.state.quarantinedCount(source.id),
    ...timesOf(source.id),
    health: sourceHealthView(context.data.last(), source.id),
  };
}

/** What is good now, the newest first. */
function keysOf(
  { keyEnd, formerKey, secret, formerSecret }: Source,
  now: Instant,
): Pick<SourceView, "keys" | "secrets"> {
  const keys: SourceView["keys"] = [{ ends: keyEnd ?? null, until: null }];
  const secrets: SourceView["secrets"] = secret === null ? [] : [{ ends: endOfSecret(secret), until: null }];
  return {
    keys:
      formerKey === undefined || formerKey.until <= now
        ? keys
        : [...keys, { ends: formerKey.end ?? null, until: isoOf(formerKey.until) }],
    secrets:
      formerSecret === undefined || formerSecret.until <= now
        ? secrets
        : [...secrets, { ends: endOfSecret(formerSecret.secret), until: isoOf(formerSecret.until) }],
  };
}
