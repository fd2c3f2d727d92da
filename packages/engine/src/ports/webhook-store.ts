import type { Instant } from "../time.ts";

/** An address outside that is told what happens. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  /** Types of events that it is told. */
  readonly events: readonly string[];
  readonly description: string;
  /** What its deliveries are signed with, as Standard Webhooks writes it: `whsec_` and 24 to 64 bytes in base64. */
  readonly secret: string;
  /** The secret before: it signs too until then, so that the receiver can change over. */
  readonly previous: { readonly secret: string; readonly until: Instant } | null;
  /** What happened before this is not told. */
  readonly createdAt: Instant;
  /** It is told nothing, and why. null while it is in use. */
  readonly disabled: { readonly at: Instant; readonly reason: string } | null;
  /** The receiver asked to be left alone until then. */
  readonly pausedUntil: Instant | null;
  /** When it failed for the first time since it last took something; null while it takes what it is told. */
  readonly failingSince: Instant | null;
}

/** What came of one call. */
export interface DeliveryAttempt {
  readonly at: Instant;
  readonly tookMs: number;
  /** The HTTP status of the answer; null where there was none. */
  readonly status: number | null;
  /** Why it does not count as delivered, in words; null where it does. What the receiver answered is not kept. */
  readonly fault: string | null;
}

/** Where a delivery stands: to be tried (again) · taken by its receiver · given up. */
export type DeliveryStatus = "waiting" | "delivered" | "failed";

/** What changes of a delivery while it is tried. */
export interface DeliveryProgress {
  readonly status: DeliveryStatus;
  /** Calls so far. */
  readonly attempts: number;
  /** When it is tried next; null where it no longer is. */
  readonly nextAt: Instant | null;
  readonly last: DeliveryAttempt | null;
}

/** One event on its way to one endpoint. */
export interface WebhookDelivery extends DeliveryProgress {
  readonly id: string;
  readonly endpointId: string;
  /** Names the event to its receivers: the same for every try, and after a restart. */
  readonly messageId: string;
  readonly type: string;
  /** What is sent, to the byte. Never anything that names a person. */
  readonly body: string;
  readonly createdAt: Instant;
}

/** What became of a delivery's last call. */
export interface SettledDelivery extends DeliveryProgress {
  readonly id: string;
}

/** A list of happenings that deliveries are made from, and how far it has been read. */
export interface FeedPosition {
  readonly feed: "ledger" | "inbox";
  readonly position: number;
}

/** Which deliveries to list; newest first. */
export interface DeliveryQuery {
  readonly endpointId?: string;
  readonly status?: DeliveryStatus;
  /** Only those that were queued before this one. */
  readonly beforeId?: string;
  readonly limit: number;
}

/** How an endpoint's deliveries that are still known stand. */
export interface DeliveryTally {
  readonly endpointId: string;
  readonly waiting: number;
  readonly delivered: number;
  readonly failed: number;
}

/** What of the log of deliveries may be forgotten. What waits never is. */
export interface DeliveryRetention {
  /** Deliveries queued before. */
  readonly before: Instant;
  /** An endpoint's last ones beyond this number. */
  readonly perEndpointMax: number;
}

/** Who outside is told what happens, and what is on its way. Durable on return, as everything in the state store. */
export interface WebhookStore {
  /** In order of their ids. */
  webhookEndpoints(): Promise<readonly WebhookEndpoint[]>;
  /** Adds an endpoint, or puts another in its place. */
  putWebhookEndpoint(endpoint: WebhookEndpoint): Promise<void>;
  /** Forgets an endpoint with everything that was on its way to it. */
  dropWebhookEndpoint(id: string): Promise<void>;

  /**
   * Queues deliveries and notes how far their feed has been read, in one transaction. Deliveries whose ids are known stay as they are, so
   * that reading a stretch twice after a crash queues it once. A position never goes back.
   */
  queueDeliveries(deliveries: readonly WebhookDelivery[], read: FeedPosition | null): Promise<void>;
  /** How far a feed has been read; 0: not at all. */
  feedPosition(feed: FeedPosition["feed"]): Promise<number>;

  /** Waiting deliveries of an endpoint whose time has come, those first that have been due longest. */
  dueDeliveries(query: {
    readonly endpointId: string;
    readonly now: Instant;
    readonly limit: number;
  }): Promise<readonly WebhookDelivery[]>;
  /** Keeps what came of calls. Deliveries that are no longer known are left out. */
  settleDeliveries(settled: readonly SettledDelivery[]): Promise<void>;

  delivery(id: string): Promise<WebhookDelivery | null>;
  deliveries(query: DeliveryQuery): Promise<readonly WebhookDelivery[]>;
  /** Of every endpoint that has any. */
  deliveryTallies(): Promise<readonly DeliveryTally[]>;
  /** @returns how many were forgotten. */
  pruneDeliveries(retention: DeliveryRetention): Promise<number>;
}
