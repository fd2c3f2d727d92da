import type { ParametersOf, QueryOf, RequestOf, ResponseOf, RouteName } from "@ratchet/protocol";
import type { CallOptions } from "./create-ratchet.ts";
import type { RequestBody } from "./transport.ts";

type Answer<Name extends RouteName> = Promise<ResponseOf<Name>>;

/** Addresses outside that are told what happens. A secret is answered once, when it is made. */
export interface Webhooks {
  readonly list: (options?: CallOptions) => Answer<"webhookEndpoints">;
  readonly create: (endpoint: RequestOf<"createWebhookEndpoint">) => Answer<"createWebhookEndpoint">;
  readonly get: (endpointId: string, options?: CallOptions) => Answer<"webhookEndpoint">;
  /** Changes what is named; `enabled: true` tries one again that was disabled. */
  readonly set: (endpointId: string, change: RequestOf<"setWebhookEndpoint">) => Answer<"setWebhookEndpoint">;
  readonly delete: (endpointId: string) => Answer<"deleteWebhookEndpoint">;
  /** A new secret; the one before signs too for another 24 hours unless told. */
  readonly rotateSecret: (
    endpointId: string,
    rotation?: RequestOf<"rotateWebhookSecret">,
  ) => Answer<"rotateWebhookSecret">;
  /** Sends a test event now and says what came of it. */
  readonly test: (endpointId: string) => Answer<"testWebhookEndpoint">;
  /** What was sent and what waits, newest first. */
  readonly deliveries: (
    query?: Exclude<QueryOf<"webhookDeliveries">, null>,
    options?: CallOptions,
  ) => Answer<"webhookDeliveries">;
  /** Sends a delivery again now, under the same id. */
  readonly replay: (deliveryId: string) => Answer<"replayWebhookDelivery">;
}

type Caller = <Name extends RouteName>(
  name: Name,
  parameters: ParametersOf<Name>,
  extras?: {
    readonly query?: QueryOf<Name> | undefined;
    readonly body?: RequestBody;
    readonly options?: CallOptions | undefined;
  },
) => Answer<Name>;

const json = (value: unknown): RequestBody => ({ kind: "json", value });

export function webhooks(call: Caller): Webhooks {
  return {
    list: (options) => call("webhookEndpoints", {}, { options }),
    create: (endpoint) => call("createWebhookEndpoint", {}, { body: json(endpoint) }),
    get: (id, options) => call("webhookEndpoint", { endpoint_id: id }, { options }),
    set: (id, change) => call("setWebhookEndpoint", { endpoint_id: id }, { body: json(change) }),
    delete: (id) => call("deleteWebhookEndpoint", { endpoint_id: id }),
    rotateSecret: (id, rotation = {}) => call("rotateWebhookSecret", { endpoint_id: id }, { body: json(rotation) }),
    test: (id) => call("testWebhookEndpoint", { endpoint_id: id }),
    deliveries: (query, options) => call("webhookDeliveries", {}, { query, options }),
    replay: (id) => call("replayWebhookDelivery", { delivery_id: id }),
  };
}
