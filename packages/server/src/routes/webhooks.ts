import { randomBytes, randomUUID } from "node:crypto";
import { later, type WebhookDelivery, type WebhookEndpoint } from "@ratchet/engine";
import { ROUTES, WEBHOOK_TEST_EVENT, type RequestOf, type WebhookEndpointView } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { addressFault } from "../outgoing/guarded-fetch.ts";
import { deliveryView, endpointView } from "../views/webhook-view.ts";
import { deliveryOf } from "../webhooks/feeds.ts";
import { DISABLED_BY_HAND } from "../webhooks/webhooks.ts";

/** Endpoints of a workspace: each may have four calls under way. */
const ENDPOINTS_MAX = 50;
const LISTED = 50;
const HOUR_MS = 3_600_000;
const OVERLAP_HOURS = 24;
/** The standard asks for 24 to 64. */
const SECRET_BYTES = 32;

/** Who outside is told what happens, and what became of what they were told. */
export function webhookRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  const { endpoints, guard } = context.webhooks;
  const { clock } = context.stores;
  on(app, "webhookEndpoints", async () => ({
    endpoints: await viewsOf(context, endpoints.all()),
  }));
  on(app, "createWebhookEndpoint", async (c) => {
    const { url, events, description = "" } = await readBody(c, ROUTES.createWebhookEndpoint.request);
    requireCallable(url, guard);
    if (endpoints.all().length >= ENDPOINTS_MAX)
      throw new ProblemError("webhook.too_many", `there are ${ENDPOINTS_MAX} endpoints already; remove one first`);
    const secret = makeSecret();
    const endpoint: WebhookEndpoint = {
      id: `we_${randomUUID()}`,
      url,
      events,
      description,
      secret,
      previous: null,
      createdAt: clock(),
      disabled: null,
      pausedUntil: null,
      failingSince: null,
    };
    await endpoints.add(endpoint);
    return { endpoint: await viewOf(context, endpoint), secret };
  });
  on(app, "webhookEndpoint", async (c) => viewOf(context, named(context, parameter(c, "endpoint_id"))));
  on(app, "setWebhookEndpoint", async (c) => {
    const { id } = named(context, parameter(c, "endpoint_id"));
    const asked = await readBody(c, ROUTES.setWebhookEndpoint.request);
    if (asked.url !== undefined) requireCallable(asked.url, guard);
    return viewOf(context, await changed(context, id, (current) => afterAsked(current, asked, context)));
  });
  on(app, "deleteWebhookEndpoint", async (c) => {
    const { id } = named(context, parameter(c, "endpoint_id"));
    await endpoints.drop(id);
    return { endpoint_id: id, deleted: true };
  });
  on(app, "rotateWebhookSecret", async (c) => {
    const { id } = named(context, parameter(c, "endpoint_id"));
    const { overlap_hours = OVERLAP_HOURS } = await readBody(c, ROUTES.rotateWebhookSecret.request);
    const secret = makeSecret();
    const endpoint = await changed(context, id, (current) => ({
      ...current,
      secret,
      previous: overlap_hours === 0 ? null : { secret: current.secret, until: later(clock(), overlap_hours * HOUR_MS) },
    }));
    return { endpoint: await viewOf(context, endpoint), secret };
  });
  deliveryRoutes(app, context);
}

function deliveryRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  const { state } = context.stores;
  on(app, "testWebhookEndpoint", async (c) => {
    const endpoint = inUse(named(context, parameter(c, "endpoint_id")));
    return deliveryView(await context.webhooks.deliver(testFor(endpoint, context)));
  });
  on(app, "webhookDeliveries", async (c) => {
    const { endpoint_id, before, status, limit = LISTED } = readQuery(c, ROUTES.webhookDeliveries.query);
    const found = await state.deliveries({
      limit,
      ...(endpoint_id === undefined ? {} : { endpointId: endpoint_id }),
      ...(before === undefined ? {} : { beforeId: before }),
      ...(status === undefined ? {} : { status }),
    });
    return { deliveries: found.map(deliveryView) };
  });
  on(app, "replayWebhookDelivery", async (c) => {
    const id = parameter(c, "delivery_id");
    const delivery = await state.delivery(id);
    if (delivery === null)
      throw new ProblemError(
        "webhook.unknown_delivery",
        `there is no delivery "${id}"; GET /v1/webhook-deliveries lists those that are still known`,
      );
    inUse(named(context, delivery.endpointId));
    return deliveryView(await context.webhooks.replay(delivery));
  });
}

function requireCallable(url: string, guard: AppContext["webhooks"]["guard"]): void {
  const fault = addressFault(url, guard);
  if (fault !== null) throw new ProblemError("webhook.bad_url", fault, [{ path: "/url", message: fault }]);
}

/** As the standard writes it. */
function makeSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
}

function named({ webhooks }: AppContext, id: string): WebhookEndpoint {
  const endpoint = webhooks.endpoints.byId(id);
  if (endpoint === null)
    throw new ProblemError(
      "webhook.not_found",
      `there is no endpoint "${id}"; ratchet webhooks list names those there are`,
    );
  return endpoint;
}

function inUse(endpoint: WebhookEndpoint): WebhookEndpoint {
  if (endpoint.disabled === null) return endpoint;
  throw new ProblemError(
    "webhook.disabled",
    `endpoint ${endpoint.id} is told nothing (${endpoint.disabled.reason}); enable it first`,
  );
}

async function changed(
  context: AppContext,
  id: string,
  change: (current: WebhookEndpoint) => WebhookEndpoint,
): Promise<WebhookEndpoint> {
  return (await context.webhooks.endpoints.change(id, change)) ?? named(context, id);
}

/** Enabling forgets what had been held against it: it is called as a new one is. */
function afterAsked(
  current: WebhookEndpoint,
  { url, events, description, enabled }: RequestOf<"setWebhookEndpoint">,
  { stores }: AppContext,
): WebhookEndpoint {
  const told = {
    ...current,
    ...(url === undefined ? {} : { url }),
    ...(events === undefined ? {} : { events }),
    ...(description === undefined ? {} : { description }),
  };
  if (enabled === undefined) return told;
  if (enabled) return { ...told, disabled: null, failingSince: null, pausedUntil: null };
  return { ...told, disabled: current.disabled ?? { at: stores.clock(), reason: DISABLED_BY_HAND } };
}

function testFor(endpoint: WebhookEndpoint, { stores, surrogates }: AppContext): WebhookDelivery {
  const now = stores.clock();
  const key = `test\0${randomUUID()}`;
  const data = { endpoint_id: endpoint.id };
  return deliveryOf({ key, type: WEBHOOK_TEST_EVENT, at: now, knownAt: now, data }, endpoint, surrogates.digest);
}

async function viewsOf(
  { stores }: AppContext,
  endpoints: readonly WebhookEndpoint[],
): Promise<readonly WebhookEndpointView[]> {
  const tallies = new Map((await stores.state.deliveryTallies()).map((tally) => [tally.endpointId, tally]));
  return endpoints.map((endpoint) => endpointView(endpoint, tallies.get(endpoint.id) ?? null, stores.clock()));
}

async function viewOf(context: AppContext, endpoint: WebhookEndpoint): Promise<WebhookEndpointView> {
  const [view] = await viewsOf(context, [endpoint]);
  if (view === undefined) throw new Error("one endpoint has one view");
  return view;
}
