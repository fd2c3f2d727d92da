import type { Instant } from "../time.ts";
import type { DeliveryTally, WebhookDelivery, WebhookEndpoint, WebhookStore } from "./webhook-store.ts";

/** The webhooks of the in-memory reference. */
export function memoryWebhooks(): WebhookStore {
  const endpoints = new Map<string, WebhookEndpoint>();
  const positions = new Map<string, number>();
  // In the order in which they were queued.
  const deliveries = new Map<string, WebhookDelivery>();
  const forget = (gone: readonly WebhookDelivery[]): number => {
    for (const { id } of gone) deliveries.delete(id);
    return gone.length;
  };
  return {
    webhookEndpoints: async () => [...endpoints.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    putWebhookEndpoint: async (endpoint) => {
      endpoints.set(endpoint.id, endpoint);
    },
    dropWebhookEndpoint: async (id) => {
      endpoints.delete(id);
      forget([...deliveries.values()].filter(({ endpointId }) => endpointId === id));
    },
    queueDeliveries: async (queued, read) => {
      for (const delivery of queued) if (!deliveries.has(delivery.id)) deliveries.set(delivery.id, delivery);
      if (read !== null) positions.set(read.feed, Math.max(positions.get(read.feed) ?? 0, read.position));
    },
    feedPosition: async (feed) => positions.get(feed) ?? 0,
    dueDeliveries: async ({ endpointId, now, limit }) =>
      [...deliveries.values()]
        .filter((delivery) => delivery.endpointId === endpointId && isDue(delivery, now))
        .toSorted((a, b) => (a.nextAt ?? 0) - (b.nextAt ?? 0))
        .slice(0, limit),
    settleDeliveries: async (settled) => {
      for (const progress of settled) {
        const known = deliveries.get(progress.id);
        if (known !== undefined) deliveries.set(progress.id, { ...known, ...progress });
      }
    },
    delivery: async (id) => deliveries.get(id) ?? null,
    deliveries: async ({ endpointId, status, beforeId, limit }) => {
      const all = [...deliveries.values()];
      const end = beforeId === undefined ? all.length : all.findIndex(({ id }) => id === beforeId);
      return all
        .slice(0, Math.max(0, end))
        .filter((one) => (endpointId ?? one.endpointId) === one.endpointId && (status ?? one.status) === one.status)
        .toReversed()
        .slice(0, limit);
    },
    deliveryTallies: async () => tallies([...deliveries.values()]),
    pruneDeliveries: async ({ before, perEndpointMax }) => {
      const later = new Map<string, number>();
      const gone = [...deliveries.values()].toReversed().filter(({ endpointId, status, createdAt }) => {
        if (status === "waiting") return false;
        const place = (later.get(endpointId) ?? 0) + 1;
        later.set(endpointId, place);
        return place > perEndpointMax || createdAt < before;
      });
      return forget(gone);
    },
  };
}

function isDue({ status, nextAt }: WebhookDelivery, now: Instant): boolean {
  return status === "waiting" && nextAt !== null && nextAt <= now;
}

function tallies(deliveries: readonly WebhookDelivery[]): readonly DeliveryTally[] {
  const counts = new Map<string, DeliveryTally>();
  for (const { endpointId, status } of deliveries) {
    const count = counts.get(endpointId) ?? { endpointId, waiting: 0, delivered: 0, failed: 0 };
    counts.set(endpointId, { ...count, [status]: count[status] + 1 });
  }
  return [...counts.values()].toSorted((a, b) => (a.endpointId < b.endpointId ? -1 : 1));
}
