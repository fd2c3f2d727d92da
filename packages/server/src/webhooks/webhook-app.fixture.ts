/** For tests: the whole application on memory stores, with a receiver on this machine that the operator trusts. */
import {
  actorId,
  instant,
  memoryFactsStore,
  memoryStateStore,
  projectInbox,
  type LedgerDraft,
  type StateStore,
} from "@ratchet/engine";
import {
  ROUTES,
  type WebhookDeliveryView,
  type WebhookEndpointView,
  type WebhookEvent,
  type WebhookSecretView,
} from "@ratchet/protocol";
import { compose } from "../compose.ts";
import type { AppContext } from "../context.ts";
import { createApp } from "../create-app.ts";
import { openLog } from "../log.ts";
import { exampleSeed, OWNER } from "../memory-app.fixture.ts";
import type { WebhookSettings } from "./webhooks.ts";

export interface WebhookApp {
  readonly context: AppContext;
  readonly send: (method: string, path: string, body?: unknown) => Promise<Response>;
  /** Lets time go by. */
  readonly pass: (ms: number) => void;
  /** Adds an endpoint. */
  readonly listen: (url: string, events: readonly WebhookEvent[]) => Promise<WebhookSecretView>;
  /** Something that governs. */
  readonly write: (...bodies: readonly LedgerDraft["body"][]) => Promise<void>;
  /** Decides for a unit. */
  readonly decide: (unit: string, told?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** An endpoint as it stands. */
  readonly endpoint: (id: string) => Promise<WebhookEndpointView>;
  readonly deliveries: (query?: string) => Promise<readonly WebhookDeliveryView[]>;
  /** Moves what was acknowledged to the facts, and sends what is due. */
  readonly settle: () => Promise<void>;
}

export interface WebhookAppOptions {
  readonly state?: StateStore;
  readonly settings?: WebhookSettings;
}

export async function openWebhookApp({
  state = memoryStateStore(),
  settings = { trustedHosts: ["127.0.0.1"] },
}: WebhookAppOptions = {}): Promise<WebhookApp> {
  // The stock library compares with the system's clock.
  let now = Date.now();
  const { context } = await compose({
    state,
    facts: memoryFactsStore(),
    storeNames: { state: "memory", facts: "memory" },
    directory: null,
    uploadDirectory: "nowhere",
    clock: () => instant(now),
    sample: null,
    rhythm: null,
    webhooks: settings,
    log: openLog("silent"),
  });
  const app = createApp(context, { isHolder: true });
  const send = async (method: string, path: string, body?: unknown): Promise<Response> =>
    app.request(`http://localhost:4600${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  if (context.workspace.current().isEmpty)
    await context.workspace.current().create({ salt: "salt", ...exampleSeed(), createdBy: actorId(OWNER) });
  return {
    context,
    send,
    pass: (ms) => {
      now += ms;
    },
    listen: async (url, events) => {
      const answer = await send("POST", ROUTES.createWebhookEndpoint.path, { url, events });
      return ROUTES.createWebhookEndpoint.response.parse(await answer.json());
    },
    write: (...bodies) =>
      context.workspace.current().append(
        bodies.map((body) => ({ at: instant(now), actor: actorId(OWNER), body })),
        [],
      ),
    decide: async (unit, told = {}) => {
      const answer = await send("POST", "/v1/decisions", { point: "content", unit_id: unit, ...told });
      const decided = ROUTES.decide.response.parse(await answer.json());
      if (!("decision_id" in decided)) throw new Error("not decided");
      return decided.decision_id;
    },
    endpoint: async (id) => {
      const answer = await send("GET", `/v1/webhook-endpoints/${id}`);
      return ROUTES.webhookEndpoint.response.parse(await answer.json());
    },
    deliveries: async (query = "") => {
      const answer = await send("GET", `/v1/webhook-deliveries${query}`);
      return ROUTES.webhookDeliveries.response.parse(await answer.json()).deliveries;
    },
    settle: async () => {
      await projectInbox(context.stores, { maxItems: 1_000, maxSegments: 10 });
      await context.webhooks.pass();
    },
  };
}

/** An incident, for the ledger. */
export const opened = (incidentId: string): LedgerDraft["body"] => ({
  kind: "incident.opened",
  incidentId,
  key: incidentId,
  check: "freshness",
  source: "crm",
  severity: "critical",
  sentence: "nothing came from crm, says ann@example.com",
  metrics: "all",
  from: instant(1),
});

/** Status and code of a refusal. */
export const code = async (answer: Response): Promise<unknown> => {
  const problem: { readonly code?: unknown } = JSON.parse(await answer.text());
  return [answer.status, problem.code];
};
