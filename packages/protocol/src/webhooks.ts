import { z } from "zod";
import { idSchema, listOf, timestampSchema } from "./primitives.ts";

/**
 * What an endpoint may be told. `decision.served` and `outcome.recorded` come with every decision and outcome: an endpoint that asks for
 * them hears a lot.
 */
export const WEBHOOK_EVENTS = [
  "decision.served",
  "outcome.recorded",
  "execution.overridden",
  "change.proposed",
  "change.approved",
  "change.rejected",
  "change.expired",
  "change.promoted",
  "change.rolled_back",
  "incident.opened",
  "incident.escalated",
  "incident.resolved",
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** What every endpoint is told when somebody asks for a test. */
export const WEBHOOK_TEST_EVENT = "webhook.test";

/** Types that may stand in a delivery's body. */
export type WebhookType = WebhookEvent | typeof WEBHOOK_TEST_EVENT;

const eventsSchema = listOf(z.enum(WEBHOOK_EVENTS)).refine((events) => new Set(events).size === events.length, {
  message: "must not name an event twice",
});

/** `https`; what it leads to is checked with every call. */
const urlSchema = z.string().min(1).max(2000);
const descriptionSchema = z.string().max(200);

/** Longest time for which the secret before signs too, in hours. */
const OVERLAP_HOURS_MAX = 168;

/** Body of `POST /v1/webhook-endpoints`. */
export const createWebhookEndpointRequestSchema = z.strictObject({
  url: urlSchema,
  events: eventsSchema,
  /** For people. */
  description: descriptionSchema.exactOptional(),
});

/** Body of `PATCH /v1/webhook-endpoints/{endpoint_id}`: what is named is replaced, what is not stays. */
export const setWebhookEndpointRequestSchema = z.strictObject({
  url: urlSchema.exactOptional(),
  events: eventsSchema.exactOptional(),
  description: descriptionSchema.exactOptional(),
  /** false: it is told nothing, and what waits for it keeps waiting. true: it is tried again, whatever had disabled it. */
  enabled: z.boolean().exactOptional(),
});

/** Body of `POST /v1/webhook-endpoints/{endpoint_id}/secret`. */
export const rotateWebhookSecretRequestSchema = z.strictObject({
  /** For how long the secret before signs too; 24 where absent, 0 where it got into the wrong hands. */
  overlap_hours: z.int().min(0).max(OVERLAP_HOURS_MAX).exactOptional(),
});

/** One address outside that is told what happens. Its secret is never shown again. */
export const webhookEndpointViewSchema = z.object({
  endpoint_id: idSchema,
  url: z.string(),
  events: listOf(z.string()),
  description: z.string(),
  /** `failing`: its last call failed, and it is tried again; `disabled`: it is told nothing until somebody enables it. */
  state: z.enum(["in_use", "failing", "disabled"]),
  /** The state in words. */
  sentence: z.string(),
  created_at: timestampSchema,
  disabled_at: timestampSchema.nullable(),
  failing_since: timestampSchema.nullable(),
  /** It asked to be left alone until then. */
  paused_until: timestampSchema.nullable(),
  /** Until when the secret before signs too; null where none does. */
  previous_secret_until: timestampSchema.nullable(),
  /** Its deliveries that are still known. */
  waiting: z.int().min(0),
  delivered: z.int().min(0),
  failed: z.int().min(0),
});
export type WebhookEndpointView = z.infer<typeof webhookEndpointViewSchema>;

/** `GET /v1/webhook-endpoints`, by id. */
export const webhookEndpointListViewSchema = z.object({ endpoints: listOf(webhookEndpointViewSchema) });

/** An endpoint with its new secret, `whsec_…`, shown this once. */
export const webhookSecretViewSchema = z.object({ endpoint: webhookEndpointViewSchema, secret: z.string() });
export type WebhookSecretView = z.infer<typeof webhookSecretViewSchema>;

/** Answer to `DELETE /v1/webhook-endpoints/{endpoint_id}`. */
export const deletedWebhookEndpointViewSchema = z.object({ endpoint_id: idSchema, deleted: z.literal(true) });

/** One event on its way to one endpoint. */
export const webhookDeliveryViewSchema = z.object({
  delivery_id: idSchema,
  endpoint_id: idSchema,
  /** The header `webhook-id`, the same for every try. */
  webhook_id: idSchema,
  type: z.string(),
  status: z.enum(["waiting", "delivered", "failed"]),
  /** Calls so far; at most 10, and again as many after each replay. */
  attempts: z.int().min(0),
  created_at: timestampSchema,
  next_at: timestampSchema.nullable(),
  /** The last call; null before the first. `status` is null where nothing answered, `fault` where all was well. */
  last: z
    .object({
      at: timestampSchema,
      took_ms: z.number().min(0),
      status: z.int().nullable(),
      fault: z.string().nullable(),
    })
    .nullable(),
  /** What is sent, to the byte. */
  body: z.string(),
});
export type WebhookDeliveryView = z.infer<typeof webhookDeliveryViewSchema>;

const DELIVERIES_LISTED_MAX = 200;

/** Query of `GET /v1/webhook-deliveries`. */
export const webhookDeliveriesQuerySchema = z.strictObject({
  endpoint_id: idSchema.exactOptional(),
  status: z.enum(["waiting", "delivered", "failed"]).exactOptional(),
  /** Only deliveries that are older than this one: the last of the page before. */
  before: idSchema.exactOptional(),
  limit: z.coerce.number().int().min(1).max(DELIVERIES_LISTED_MAX).exactOptional(),
});

/** `GET /v1/webhook-deliveries`, newest first. */
export const webhookDeliveryListViewSchema = z.object({ deliveries: listOf(webhookDeliveryViewSchema) });
