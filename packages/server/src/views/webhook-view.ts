import { isoOf, type DeliveryTally, type Instant, type WebhookDelivery, type WebhookEndpoint } from "@ratchet/engine";
import type { WebhookDeliveryView, WebhookEndpointView } from "@ratchet/protocol";

const timeOf = (at: Instant | null): string | null => (at === null ? null : isoOf(at));

/** An endpoint as it is shown: without its secrets. */
export function endpointView(
  endpoint: WebhookEndpoint,
  tally: Omit<DeliveryTally, "endpointId"> | null,
  now: Instant,
): WebhookEndpointView {
  const { waiting, delivered, failed } = tally ?? { waiting: 0, delivered: 0, failed: 0 };
  const { disabled, failingSince, pausedUntil, previous } = endpoint;
  return {
    endpoint_id: endpoint.id,
    url: endpoint.url,
    events: endpoint.events,
    description: endpoint.description,
    ...standing(endpoint),
    created_at: isoOf(endpoint.createdAt),
    disabled_at: timeOf(disabled?.at ?? null),
    failing_since: timeOf(failingSince),
    paused_until: timeOf(pausedUntil !== null && pausedUntil > now ? pausedUntil : null),
    previous_secret_until: timeOf(previous !== null && previous.until > now ? previous.until : null),
    waiting,
    delivered,
    failed,
  };
}

function standing({ disabled, failingSince }: WebhookEndpoint): Pick<WebhookEndpointView, "state" | "sentence"> {
  if (disabled !== null) return { state: "disabled", sentence: `it is told nothing: ${disabled.reason}` };
  if (failingSince !== null)
    return {
      state: "failing",
      sentence: "its last call failed; what waits is tried again, and it is disabled after 72 hours",
    };
  return { state: "in_use", sentence: "it takes what it is told" };
}

export function deliveryView({ last, ...delivery }: WebhookDelivery): WebhookDeliveryView {
  return {
    delivery_id: delivery.id,
    endpoint_id: delivery.endpointId,
    webhook_id: delivery.messageId,
    type: delivery.type,
    status: delivery.status,
    attempts: delivery.attempts,
    created_at: isoOf(delivery.createdAt),
    next_at: timeOf(delivery.nextAt),
    last: last === null ? null : { at: isoOf(last.at), took_ms: last.tookMs, status: last.status, fault: last.fault },
    body: delivery.body,
  };
}
