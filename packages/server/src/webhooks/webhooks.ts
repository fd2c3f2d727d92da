import {
  later,
  type Clock,
  type DeliveryTally,
  type StateStore,
  type Surrogates,
  type WebhookDelivery,
  type WebhookEndpoint,
  type Workspace,
} from "@ratchet/engine";
import type { HealthView } from "@ratchet/protocol";
import { repeat } from "../jobs/repeat.ts";
import type { Log } from "../log.ts";
import { guardedFetch, type GuardOptions } from "../outgoing/guarded-fetch.ts";
import { openEndpointRegistry, type EndpointRegistry } from "./endpoint-registry.ts";
import { openFeeds, type KnownNow } from "./feeds.ts";
import { openPostOffice, type PostOffice } from "./post-office.ts";

/** How webhooks are sent. */
export interface WebhookSettings {
  /** Hosts that may be called without encryption, on this machine or in a private network; none where absent. */
  readonly trustedHosts?: readonly string[];
  /** The system's own way where absent. */
  readonly resolve?: GuardOptions["resolve"];
  /** How long a receiver may take; 15 s where absent. */
  readonly timeoutMs?: number;
}

/** Who outside is told what happens. */
export interface Webhooks {
  readonly endpoints: EndpointRegistry;
  readonly guard: GuardOptions;
  /** Queues a delivery and sends it now; what came of it. */
  readonly deliver: (delivery: WebhookDelivery) => Promise<WebhookDelivery>;
  /** Sends a known delivery again now, as if it never had been. */
  readonly replay: (delivery: WebhookDelivery) => Promise<WebhookDelivery>;
  /** Queues what has happened, and begins to send what is due. Runs by itself in the background. */
  readonly nudge: () => Promise<void>;
  /** The same until nothing more is due now, and nothing is under way. */
  readonly pass: () => Promise<void>;
  /** Forgets what the log of deliveries need not hold; disables endpoints for which too much waits. */
  readonly tidy: () => Promise<void>;
  readonly health: () => HealthView;
  readonly stop: () => Promise<void>;
}

export interface WebhooksParts {
  readonly state: StateStore;
  readonly clock: Clock;
  readonly surrogates: Pick<Surrogates, "digest">;
  readonly inBackground: boolean;
  readonly settings?: WebhookSettings | undefined;
  readonly log: Log;
}

/** What `openWebhooks` gives. */
export interface OpenedWebhooks {
  readonly webhooks: Webhooks;
  /** The state store in front of which nothing leaves the inbox before its deliveries are queued. */
  readonly state: StateStore;
  /** Says where the open workspace is to be found, once it is open. */
  readonly heed: (workspace: () => Workspace) => void;
}

const TIMEOUT_MS = 15_000;
const EVERY_MS = 1_000;
const BACK_OFF_MS_MAX = 30_000;
const TIDY_EVERY_MS = 60_000;
/** What is done is kept so long, and so much of it. */
const KEPT_MS = 30 * 86_400_000;
const KEPT_PER_ENDPOINT = 1_000;
/** What waits for one endpoint, at most: some 60 MB. */
const WAITING_MAX = 100_000;

/** Why an endpoint is told nothing that a person disabled. */
export const DISABLED_BY_HAND = "disabled by hand";

const elapsedMs = (): number => performance.now();

/** Opens the webhooks of a workspace, which stands on the state store that comes with them. */
export async function openWebhooks(parts: WebhooksParts): Promise<OpenedWebhooks> {
  const { state, clock, surrogates, log, settings = {} } = parts;
  const stopping = new AbortController();
  const endpoints = await openEndpointRegistry(state);
  const guard = guardOf(settings);
  let workspace: (() => Workspace) | null = null;
  let nudge = (): void => {};
  const feeds = openFeeds({
    state,
    registry: endpoints,
    digest: surrogates.digest,
    known: () => (workspace === null ? null : knownIn(workspace())),
    queued: () => nudge(),
  });
  const { timeoutMs = TIMEOUT_MS } = settings;
  const sender = { call: guardedFetch(guard), elapsedMs, timeoutMs, stopped: stopping.signal };
  const office = openPostOffice({ state, registry: endpoints, clock, log, sender, ended: () => nudge() });
  const turn = async (): Promise<number> => {
    await feeds.readLedger();
    return office.sendDue();
  };
  const tidy = (): Promise<void> => tidyUp(endpoints, parts);
  const loop = parts.inBackground ? startLoop({ turn, tidy, log }) : null;
  nudge = () => loop?.nudge();
  const pass = async (): Promise<void> => {
    while ((await turn()) > 0) await office.settled();
  };
  return {
    state: feeds.state,
    heed: (current) => {
      workspace = current;
    },
    webhooks: {
      endpoints,
      guard,
      ...senders(parts, office),
      nudge: async () => {
        await turn();
      },
      pass,
      tidy,
      health: () => healthOf(endpoints.all()),
      stop: async () => {
        stopping.abort(new Error("the server is stopping"));
        await loop?.stop();
        await office.settled();
      },
    },
  };
}

function guardOf({ trustedHosts = [], resolve }: WebhookSettings): GuardOptions {
  const guard = { allowPrivate: false, trustedHosts, limitPorts: true };
  return resolve === undefined ? guard : { ...guard, resolve };
}

function knownIn(workspace: Workspace): KnownNow {
  return { view: workspace.view, metrics: workspace.isEmpty ? [] : workspace.policy.metrics };
}

function senders({ state, clock }: WebhooksParts, office: PostOffice): Pick<Webhooks, "deliver" | "replay"> {
  const sendNow = async (delivery: WebhookDelivery): Promise<WebhookDelivery> => {
    await office.sendNow(delivery);
    return (await state.delivery(delivery.id)) ?? delivery;
  };
  return {
    deliver: async (delivery) => {
      await state.queueDeliveries([delivery], null);
      return sendNow(delivery);
    },
    replay: async (delivery) => {
      const afresh = { status: "waiting", attempts: 0, nextAt: clock(), last: delivery.last } as const;
      await state.settleDeliveries([{ id: delivery.id, ...afresh }]);
      return sendNow({ ...delivery, ...afresh });
    },
  };
}

interface Loop extends Pick<WebhooksParts, "log"> {
  readonly turn: () => Promise<number>;
  readonly tidy: () => Promise<void>;
}

function startLoop({ turn, tidy, log }: Loop): ReturnType<typeof repeat> {
  let tidiedAt = elapsedMs();
  return repeat(
    async () => {
      await turn();
      if (elapsedMs() - tidiedAt < TIDY_EVERY_MS) return;
      tidiedAt = elapsedMs();
      await tidy();
    },
    {
      everyMs: EVERY_MS,
      backOffMsMax: BACK_OFF_MS_MAX,
      onError: (error, failures) => {
        if (failures === 1) log.error({ err: error }, "webhooks were not sent; what waits stays, and is tried again");
      },
    },
  );
}

async function tidyUp(endpoints: EndpointRegistry, { state, clock, log }: WebhooksParts): Promise<void> {
  await state.pruneDeliveries({ before: later(clock(), -KEPT_MS), perEndpointMax: KEPT_PER_ENDPOINT });
  for (const { endpointId, waiting } of (await state.deliveryTallies()).filter(isTooMuch)) {
    const reason = `${waiting} deliveries wait for it, and more would fill the disk`;
    log.warn({ endpoint: endpointId, waiting }, "a webhook's endpoint was disabled");
    await endpoints.change(endpointId, (current) =>
      current.disabled === null ? { ...current, disabled: { at: clock(), reason } } : current,
    );
  }
}

function isTooMuch({ waiting }: DeliveryTally): boolean {
  return waiting > WAITING_MAX;
}

/** Red where somebody is told nothing whom nobody disabled. */
function healthOf(endpoints: readonly WebhookEndpoint[]): HealthView {
  if (endpoints.length === 0)
    return { check: "webhooks", state: "no_data", sentence: "nobody outside is told what happens" };
  const cut = endpoints.filter(({ disabled }) => disabled !== null && disabled.reason !== DISABLED_BY_HAND);
  if (cut.length > 0)
    return {
      check: "webhooks",
      state: "red",
      sentence: `${cut.map(({ id, disabled }) => `endpoint ${id} was disabled: ${disabled?.reason ?? ""}`).join("; ")}; mend it and enable it again`,
    };
  const failing = endpoints.filter(({ disabled, failingSince }) => disabled === null && failingSince !== null).length;
  const sentence =
    failing === 0
      ? "webhooks reach those who are told"
      : `${failing} of ${endpoints.length} endpoints fail for now; their webhooks are tried again`;
  return { check: "webhooks", state: "green", sentence };
}
