import type { Context, Hono } from "hono";
import { cors } from "hono/cors";
import { z } from "zod";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import type { ReadItem } from "../ingest/ingest.ts";
import { jsonOf, readBodyText } from "../ingest/read-body.ts";
import { keyOf, receive, sourceOf } from "../ingest/receive.ts";
import { readSegmentMessage } from "../ingest/segment-message.ts";
import { itemTexts } from "../ingest/item-texts.ts";

/** Segment's routes and their short forms, which its browser client uses. */
const TYPES = {
  track: "track",
  t: "track",
  identify: "identify",
  i: "identify",
  page: "page",
  p: "page",
  screen: "screen",
  s: "screen",
  group: "group",
  g: "group",
  alias: "alias",
  a: "alias",
} as const;

/** Paths that pages of any origin may post to: what arrives there is known by its key, not by a browser's session. */
export const OPEN_TO_PAGES = new RegExp(
  `^/v1/(?:batch|${Object.keys(TYPES).join("|")}|m|projects/[^/]+/settings)$`,
  "u",
);

const batchSchema = z.looseObject({
  batch: z.array(z.unknown()),
  writeKey: z.string().optional(),
  sentAt: z.string().optional().catch(undefined),
});
const keyedSchema = z.looseObject({ writeKey: z.string().optional() });

/**
 * The routes of Segment's HTTP tracking API, so that its SDKs and RudderStack's work by changing their host. Whatever content type they
 * send is ignored; a bad message never fails the others of its batch.
 */
export function segmentRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  for (const path of ["/v1/batch", "/v1/m", "/v1/projects/*", ...Object.keys(TYPES).map((name) => `/v1/${name}`)])
    app.use(path, cors({ origin: "*", maxAge: 86_400, exposeHeaders: ["Retry-After"] }));
  app.post("/v1/batch", async (c) => {
    c.set("route", "segment.batch");
    const body = await readBodyText(c);
    const envelope = batchSchema.safeParse(jsonOf(body));
    if (!envelope.success)
      throw new ProblemError(
        "request.invalid",
        'the body is no batch: send {"batch": [message, …]} as Segment\'s clients do',
      );
    const { batch, writeKey, sentAt } = envelope.data;
    return success(c, context, {
      key: keyOf(c) ?? writeKey ?? null,
      read: () => {
        const texts = itemTexts(body, ["batch"]);
        return batch.map((message, index) => readSegmentMessage(message, texts(index), undefined, sentAt));
      },
    });
  });
  for (const [name, type] of Object.entries(TYPES)) {
    app.post(`/v1/${name}`, async (c) => {
      c.set("route", `segment.${type}`);
      const body = await readBodyText(c);
      const message = jsonOf(body);
      const keyed = keyedSchema.safeParse(message);
      return success(c, context, {
        key: keyOf(c) ?? (keyed.success ? keyed.data.writeKey : undefined) ?? null,
        read: () => [{ ...readSegmentMessage(message, body, type), calledAs: type }],
      });
    });
  }
  // How the browser client itself is doing: it asks for an answer, and there is nothing in it about anybody.
  app.post("/v1/m", (c) => c.json({ success: true }));
  app.get("/v1/projects/:key/settings", (c) => {
    c.set("route", "segment.settings");
    const source = sourceOf(context, c.req.param("key"), "segment.settings");
    const { host, protocol } = new URL(c.req.url);
    const segmentIo = {
      apiKey: c.req.param("key"),
      apiHost: `${c.req.header("host") ?? host}/v1`,
      protocol: protocol.slice(0, -1),
    };
    return c.json({ integrations: source.disabledAt === null ? { "Segment.io": segmentIo } : {}, plan: {} });
  });
}

async function success(
  c: Context<ServerEnvironment>,
  context: AppContext,
  { key, read }: { readonly key: string | null; readonly read: () => readonly ReadItem[] },
): Promise<Response> {
  const route = c.get("route");
  await receive(c, context, { route, source: sourceOf(context, key, route), read: async () => read() });
  return c.json({ success: true });
}
