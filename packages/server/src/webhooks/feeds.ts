import type {
  InboxSegment,
  Signal,
  StateStore,
  WebhookDelivery,
  WebhookEndpoint,
  WorkspaceView,
} from "@ratchet/engine";
import type { WebhookEvent } from "@ratchet/protocol";
import type { EndpointRegistry } from "./endpoint-registry.ts";
import { bodyOf, itemHappening, ledgerHappening, type Happening } from "./happening.ts";

/** What deliveries are made from: entries of the ledger, and items of the inbox before they are forgotten. */
export interface Feeds {
  /**
   * The state store, where no segment of the inbox is closed before what it says to endpoints is queued. A crash in between opens the same
   * segment again, and a delivery that is queued already stays as it is.
   */
  readonly state: StateStore;
  /** Queues what the ledger says since it was last read. The position moves in the same transaction. */
  readonly readLedger: () => Promise<void>;
}

/** What the open workspace says about things that entries and items name. */
export interface KnownNow {
  readonly view: Pick<WorkspaceView, "changes" | "incidents">;
  /** Of the policy in force. */
  readonly metrics: readonly { readonly id: string; readonly signal: string }[];
}

export interface FeedParts {
  readonly state: StateStore;
  readonly registry: EndpointRegistry;
  /** A keyed digest: two workspaces that tell one receiver never use one id. */
  readonly digest: (text: string) => string;
  /** null before a workspace is open. */
  readonly known: () => KnownNow | null;
  /** Something was queued. */
  readonly queued: () => void;
}

/** Entries of the ledger in one transaction. */
const ENTRIES = 500;
/** Deliveries in one transaction, which holds the event loop. */
const DELIVERIES = 500;

/** What the inbox can tell. */
const FACT_EVENTS: readonly WebhookEvent[] = ["decision.served", "outcome.recorded", "execution.overridden"];

const NOTHING: KnownNow = { view: { changes: new Map(), incidents: new Map() }, metrics: [] };

export function openFeeds(parts: FeedParts): Feeds {
  const { state } = parts;
  const open = new Map<number, InboxSegment>();
  let read: number | null = null;
  return {
    state: {
      ...state,
      openSegment: async (maxItems) => {
        const segment = await state.openSegment(maxItems);
        if (segment !== null) open.set(segment.number, segment);
        return segment;
      },
      closeSegment: async (number) => {
        const segment = open.get(number);
        if (segment !== undefined) await tellSegment(parts, segment);
        await state.closeSegment(number);
        open.delete(number);
      },
    },
    readLedger: async () => {
      read ??= await state.feedPosition("ledger");
      const { seq: end } = await state.head();
      while (read < end) {
        const entries = await state.ledger({ afterSeq: read, limit: ENTRIES });
        const last = entries.at(-1);
        if (last === undefined) return;
        const { view } = parts.known() ?? NOTHING;
        const happenings = entries.flatMap((entry) => ledgerHappening(entry, view) ?? []);
        const deliveries = deliveriesOf(happenings, parts);
        await state.queueDeliveries(deliveries, { feed: "ledger", position: last.seq });
        read = last.seq;
        if (deliveries.length > 0) parts.queued();
      }
    },
  };
}

async function tellSegment(parts: FeedParts, segment: InboxSegment): Promise<void> {
  const { state, registry, queued } = parts;
  if (!FACT_EVENTS.some(registry.isHeard)) return;
  const { number } = segment;
  if (number <= (await state.feedPosition("inbox"))) return;
  const metricsOf = await outcomeReader(parts);
  const happenings = segment.items.flatMap((item) => itemHappening(item, metricsOf) ?? []);
  const deliveries = deliveriesOf(happenings, parts);
  for (let i = 0; i < deliveries.length; i += DELIVERIES)
    await state.queueDeliveries(deliveries.slice(i, i + DELIVERIES), null);
  await state.queueDeliveries([], { feed: "inbox", position: number });
  if (deliveries.length > 0) queued();
}

/** Which metrics count a signal: none where its source may carry no outcomes. */
async function outcomeReader({ state, registry, known }: FeedParts): Promise<(signal: Signal) => readonly string[]> {
  if (!registry.isHeard("outcome.recorded")) return () => [];
  const untrusted = new Set((await state.sources()).flatMap((one) => (one.carriesOutcomes ? [] : [one.id])));
  const metrics = new Map<string, string[]>();
  for (const { id, signal } of (known() ?? NOTHING).metrics) metrics.set(signal, [...(metrics.get(signal) ?? []), id]);
  return ({ type, source }) => (untrusted.has(source) ? [] : (metrics.get(type) ?? []));
}

/** One delivery for every endpoint that is told, is in use, and was there when it happened. */
function deliveriesOf(
  happenings: readonly Happening[],
  { registry, digest }: Pick<FeedParts, "registry" | "digest">,
): readonly WebhookDelivery[] {
  const inUse = registry.all().filter(({ disabled }) => disabled === null);
  return happenings.flatMap((happening) =>
    inUse
      .filter(({ events, createdAt }) => events.includes(happening.type) && createdAt <= happening.knownAt)
      .map((endpoint) => deliveryOf(happening, endpoint, digest)),
  );
}

/** A new delivery, due at once. Its ids follow from what happened: whoever makes it again makes the same. */
export function deliveryOf(
  happening: Happening,
  endpoint: Pick<WebhookEndpoint, "id">,
  digest: (text: string) => string,
): WebhookDelivery {
  return {
    id: `whd_${digest(`delivery\0${endpoint.id}\0${happening.key}`)}`,
    endpointId: endpoint.id,
    messageId: `msg_${digest(`message\0${happening.key}`)}`,
    type: happening.type,
    body: bodyOf(happening),
    createdAt: happening.knownAt,
    status: "waiting",
    attempts: 0,
    nextAt: happening.knownAt,
    last: null,
  };
}
