import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { readCloudEvent } from "../ingest/cloud-event.ts";
import { itemTexts } from "../ingest/item-texts.ts";
import { jsonOf, readBodyText } from "../ingest/read-body.ts";
import { keyOf, receive, sourceOf } from "../ingest/receive.ts";

const ROUTE = "events";
const STRUCTURED = "application/cloudevents+json";
const BATCH = "application/cloudevents-batch+json";

/**
 * `POST /v1/events`: CloudEvents in every mode of their HTTP binding.
 *
 * @see CloudEvents 1.0.2, "HTTP Protocol Binding", sections 3.1 (binary), 3.2 (structured), 3.3 (batched).
 */
export function cloudEventRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  app.post("/v1/events", async (c) => {
    c.set("route", ROUTE);
    const source = sourceOf(context, keyOf(c), ROUTE);
    const body = await readBodyText(c);
    const read = async () => {
      const contentType = c.req.header("content-type") ?? "";
      if (contentType.startsWith(BATCH)) {
        const events = jsonOf(body);
        if (!Array.isArray(events)) throw new ProblemError("request.invalid", "a batch of CloudEvents is a JSON list");
        const texts = itemTexts(body, []);
        return events.map((event: unknown, index) => readCloudEvent(event, texts(index)));
      }
      if (contentType.startsWith(STRUCTURED)) return [readCloudEvent(jsonOf(body), body)];
      const attributes = attributesOf(c.req.header());
      if (body === "") return [readCloudEvent(attributes, JSON.stringify(attributes))];
      const event = { ...attributes, data: jsonOf(body) };
      // The structured form of the same event, with its data as they were sent.
      return [readCloudEvent(event, `${JSON.stringify({ ...attributes, data: 0 }).slice(0, -2)}${body}}`)];
    };
    const { rejected, ...counts } = await receive(c, context, { route: ROUTE, source, read });
    return c.json({ ...counts, rejected });
  });
}

/** Attributes of the binary mode: `ce-` headers, percent-encoded where they are not plain ASCII. */
function attributesOf(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith("ce-"))
      .map(([name, value]) => [name.slice(3), decoded(value)]),
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
