import { describe, expect, it } from "vitest";
import { instant } from "../time.ts";
import { START_MS } from "./example-facts.contract.ts";
import type { StateStore } from "./state-store.ts";
import type { WebhookDelivery, WebhookEndpoint } from "./webhook-store.ts";

const at = (ms: number) => instant(START_MS + ms);

function endpoint(id: string, told: Partial<WebhookEndpoint> = {}): WebhookEndpoint {
  return {
    id,
    url: `https://hooks.example.com/${id}?é=1`,
    events: ["change.promoted", "incident.opened"],
    description: "chat of the team",
    secret: "whsec_AAAA",
    previous: null,
    createdAt: at(0),
    disabled: null,
    pausedUntil: null,
    failingSince: null,
    ...told,
  };
}

function delivery(endpointId: string, n: number, told: Partial<WebhookDelivery> = {}): WebhookDelivery {
  return {
    id: `whd_${endpointId}_${n}`,
    endpointId,
    messageId: `msg_${n}`,
    type: "change.promoted",
    body: `{"type":"change.promoted","data":{"é":"${n}"}}`,
    createdAt: at(n),
    status: "waiting",
    attempts: 0,
    nextAt: at(n),
    last: null,
    ...told,
  };
}

/** Who outside is told what happens, and what is on its way, in a state store. */
export function specifyWebhooks(store: () => StateStore): void {
  describe("webhooks", () => {
    it("keeps endpoints whole, and puts another in the place of one", async () => {
      const full = endpoint("we_b", {
        previous: { secret: "whsec_BBBB", until: at(9) },
        disabled: { at: at(5), reason: "it answered 410" },
        pausedUntil: at(7),
        failingSince: at(3),
      });
      await store().putWebhookEndpoint(full);
      await store().putWebhookEndpoint(endpoint("we_a"));
      await store().putWebhookEndpoint({ ...full, previous: null });
      const kept = (await store().webhookEndpoints()).filter(({ id }) => ["we_a", "we_b"].includes(id));
      expect(kept).toEqual([endpoint("we_a"), { ...full, previous: null }]);
    });

    it("queues a delivery once, whatever became of it meanwhile, and gives back what was queued", async () => {
      const one = delivery("we_once", 1);
      await store().queueDeliveries([one, one], null);
      const done = { status: "delivered", attempts: 1, nextAt: null } as const;
      const last = { at: at(2), tookMs: 12, status: 204, fault: null };
      await store().settleDeliveries([{ id: one.id, ...done, last }]);
      await store().queueDeliveries([{ ...one, body: "{}" }, delivery("we_once", 2)], null);
      expect(await store().delivery(one.id)).toEqual({ ...one, ...done, last });
      expect(await store().delivery("whd_nobody")).toBeNull();
      expect((await store().deliveries({ endpointId: "we_once", limit: 9 })).map(({ messageId }) => messageId)).toEqual(
        ["msg_2", "msg_1"],
      );
    });

    it("remembers how far each feed was read, together with what was queued, and never goes back", async () => {
      expect(await store().feedPosition("inbox")).toBe(0);
      await store().queueDeliveries([delivery("we_feed", 1)], { feed: "inbox", position: 7 });
      await store().queueDeliveries([], { feed: "inbox", position: 3 });
      await store().queueDeliveries([], { feed: "ledger", position: 2 });
      expect([await store().feedPosition("inbox"), await store().feedPosition("ledger")]).toEqual([7, 2]);
    });

    it("gives what is due, the longest due first, of one endpoint, and nothing that is done or still to come", async () => {
      const [late, soon, future] = [delivery("we_due", 20), delivery("we_due", 10), delivery("we_due", 99)];
      const finished = delivery("we_due", 5, { status: "failed", nextAt: null });
      await store().queueDeliveries([late, soon, future, finished, delivery("we_other", 1)], null);
      const due = (limit: number, now = at(50)) => store().dueDeliveries({ endpointId: "we_due", now, limit });
      expect(await due(9)).toEqual([soon, late]);
      expect(await due(1)).toEqual([soon]);
      expect(await due(9, at(10))).toEqual([soon]);
      const last = { at: at(51), tookMs: 3, status: null, fault: "no answer" };
      await store().settleDeliveries([
        { id: soon.id, status: "waiting", attempts: 1, nextAt: at(70), last },
        { id: "whd_nobody", status: "waiting", attempts: 1, nextAt: at(70), last },
      ]);
      expect(await due(9)).toEqual([late]);
      expect(await due(9, at(70))).toEqual([late, { ...soon, attempts: 1, nextAt: at(70), last }]);
    });

    it("lists newest first, by endpoint and status, page by page, and counts", async () => {
      const failed = { status: "failed", nextAt: null } as const;
      await store().queueDeliveries(
        [1, 2, 3, 4].map((n) => delivery("we_list", n, n % 2 === 0 ? failed : {})),
        null,
      );
      const ids = async (query: { status?: "failed" | "delivered"; beforeId?: string; limit: number }) =>
        (await store().deliveries({ endpointId: "we_list", ...query })).map(({ id }) => id.slice(-1));
      expect(await ids({ limit: 3 })).toEqual(["4", "3", "2"]);
      expect(await ids({ limit: 3, beforeId: "whd_we_list_2" })).toEqual(["1"]);
      expect(await ids({ limit: 3, beforeId: "whd_we_list_9" })).toEqual([]);
      expect(await ids({ limit: 3, status: "failed" })).toEqual(["4", "2"]);
      expect(await ids({ limit: 3, status: "delivered" })).toEqual([]);
      expect(await store().deliveryTallies()).toContainEqual({
        endpointId: "we_list",
        waiting: 2,
        delivered: 0,
        failed: 2,
      });
    });

    it("forgets what is old or too much, and never what waits", async () => {
      const done = { status: "delivered", nextAt: null } as const;
      await store().queueDeliveries(
        [1, 2, 3, 4, 5].map((n) => delivery("we_prune", n, n === 2 ? {} : done)),
        null,
      );
      await store().queueDeliveries([delivery("we_prune_other", 1, done)], null);
      const left = async (endpointId: string) =>
        (await store().deliveries({ endpointId, limit: 9 })).map(({ id }) => id.slice(-1));
      await store().pruneDeliveries({ before: at(-100), perEndpointMax: 3 });
      expect(await left("we_prune")).toEqual(["5", "4", "3", "2"]);
      await store().pruneDeliveries({ before: at(4), perEndpointMax: 3 });
      expect(await left("we_prune")).toEqual(["5", "4", "2"]);
      expect(await left("we_prune_other")).toEqual([]);
    });

    it("forgets an endpoint with everything that was on its way to it", async () => {
      await store().putWebhookEndpoint(endpoint("we_gone"));
      await store().queueDeliveries([delivery("we_gone", 1), delivery("we_stays", 1)], null);
      await store().dropWebhookEndpoint("we_gone");
      expect((await store().webhookEndpoints()).map(({ id }) => id)).not.toContain("we_gone");
      expect(await store().deliveries({ endpointId: "we_gone", limit: 9 })).toEqual([]);
      expect(await store().deliveries({ endpointId: "we_stays", limit: 9 })).toHaveLength(1);
    });
  });
}

/** What of it is still there after the store was closed and opened again. */
export function specifyReopenedWebhooks(reopen: () => Promise<StateStore>, store: () => StateStore): void {
  it("has what was on its way to endpoints, and how far it has read", async () => {
    const one = delivery("we_kept", 1);
    await store().putWebhookEndpoint(endpoint("we_kept"));
    await store().queueDeliveries([one], { feed: "ledger", position: 40 });
    const again = await reopen();
    expect(await again.dueDeliveries({ endpointId: "we_kept", now: at(5), limit: 9 })).toEqual([one]);
    expect(await again.webhookEndpoints()).toContainEqual(endpoint("we_kept"));
    expect(await again.feedPosition("ledger")).toBe(40);
  });
}
