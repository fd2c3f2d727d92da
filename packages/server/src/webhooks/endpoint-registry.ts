import type { StateStore, WebhookEndpoint } from "@ratchet/engine";

/** Who is told what happens, in memory: looked at for everything that happens. */
export interface EndpointRegistry {
  /** In order of their ids. */
  readonly all: () => readonly WebhookEndpoint[];
  readonly byId: (id: string) => WebhookEndpoint | null;
  /** Whether anybody in use is told this type. */
  readonly isHeard: (type: string) => boolean;
  /** Adds an endpoint; the store has it when this resolves. */
  readonly add: (endpoint: WebhookEndpoint) => Promise<void>;
  /**
   * Changes what is the case then: changes to one endpoint run one after the other, so that what a person sets and what its calls find out
   * do not undo each other. null where there is no such endpoint any more. The same object from `change` writes nothing.
   */
  readonly change: (
    id: string,
    change: (current: WebhookEndpoint) => WebhookEndpoint,
  ) => Promise<WebhookEndpoint | null>;
  readonly drop: (id: string) => Promise<void>;
}

type Store = Pick<StateStore, "webhookEndpoints" | "putWebhookEndpoint" | "dropWebhookEndpoint">;

/** Reads the endpoints once; every change goes to the store first. */
export async function openEndpointRegistry(state: Store): Promise<EndpointRegistry> {
  const endpoints = new Map((await state.webhookEndpoints()).map((endpoint) => [endpoint.id, endpoint]));
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  };
  const put = async (endpoint: WebhookEndpoint): Promise<void> => {
    await state.putWebhookEndpoint(endpoint);
    endpoints.set(endpoint.id, endpoint);
  };
  const all = (): readonly WebhookEndpoint[] => [...endpoints.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    all,
    byId: (id) => endpoints.get(id) ?? null,
    isHeard: (type) => all().some(({ disabled, events }) => disabled === null && events.includes(type)),
    add: (endpoint) => inTurn(() => put(endpoint)),
    change: (id, change) =>
      inTurn(async () => {
        const current = endpoints.get(id);
        if (current === undefined) return null;
        const next = change(current);
        if (next !== current) await put(next);
        return next;
      }),
    drop: (id) =>
      inTurn(async () => {
        await state.dropWebhookEndpoint(id);
        endpoints.delete(id);
      }),
  };
}
