import {
  later,
  type Clock,
  type SettledDelivery,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookStore,
} from "@ratchet/engine";
import type { Log } from "../log.ts";
import type { EndpointRegistry } from "./endpoint-registry.ts";
import { DISABLED_AFTER_MS, nextTry } from "./retry-schedule.ts";
import { sendDelivery, type CallResult, type Sender } from "./send-delivery.ts";
import { together } from "./together.ts";

/** Calls endpoints with what waits for them. */
export interface PostOffice {
  /** Begins to send what is due, as much as each endpoint may have under way. @returns how many calls it began. */
  readonly sendDue: () => Promise<number>;
  /** Sends one delivery now, or waits for the call that is under way. It resolves when what came of it is kept. */
  readonly sendNow: (delivery: WebhookDelivery) => Promise<void>;
  /** Resolves when no call is under way. */
  readonly settled: () => Promise<void>;
}

export interface PostOfficeParts {
  readonly state: WebhookStore;
  readonly registry: EndpointRegistry;
  readonly sender: Sender;
  readonly clock: Clock;
  readonly log: Log;
  /** A call has ended: more may be sent. */
  readonly ended: () => void;
}

/** Calls to one endpoint at the same time: one that is slow holds up nobody else. One that fails gets one at a time. */
const UNDER_WAY_MAX = 4;
/** After so many failures in a row it is left alone between calls, twice as long each time, so that what waits is not used up on it. */
const FAILURES_BORNE = 3;
const REST_MS_MIN = 5_000;
const REST_MS_MAX = 5 * 60_000;

/** What is known of an endpoint in this process alone: after a restart it gets the benefit of the doubt. */
interface Dealings {
  readonly underWay: Map<string, Promise<void>>;
  failuresInARow: number;
  restUntil: number;
}

export function openPostOffice(parts: PostOfficeParts): PostOffice {
  const { state, registry, clock, sender } = parts;
  const dealings = new Map<string, Dealings>();
  const keep = together((settled: readonly SettledDelivery[]) => state.settleDeliveries(settled));
  const dealingsWith = (id: string): Dealings => {
    const known = dealings.get(id) ?? { underWay: new Map(), failuresInARow: 0, restUntil: 0 };
    dealings.set(id, known);
    return known;
  };
  const begin = (delivery: WebhookDelivery, endpoint: WebhookEndpoint): Promise<void> => {
    const with_ = dealingsWith(endpoint.id);
    const underWay = with_.underWay.get(delivery.id);
    if (underWay !== undefined) return underWay;
    const run = (async () => {
      const result = await sendDelivery(delivery, endpoint, clock(), sender);
      // The server stops: the call was cut short by us, and is made again.
      if (sender.stopped.aborted && result.kind !== "delivered") return;
      note(with_, result, clock());
      await keep(progressOf(delivery, result, clock()));
      await registry.change(endpoint.id, (current) => endpointAfter(current, result, clock));
      report(parts, endpoint.id, result);
    })().finally(() => {
      with_.underWay.delete(delivery.id);
      parts.ended();
    });
    with_.underWay.set(delivery.id, run);
    return run;
  };
  const sendDueTo = async (endpoint: WebhookEndpoint): Promise<number> => {
    const { underWay, failuresInARow, restUntil } = dealingsWith(endpoint.id);
    const now = clock();
    if (restUntil > now || (endpoint.pausedUntil !== null && endpoint.pausedUntil > now)) return 0;
    const free = (failuresInARow > 0 ? 1 : UNDER_WAY_MAX) - underWay.size;
    if (free <= 0) return 0;
    const due = await state.dueDeliveries({ endpointId: endpoint.id, now, limit: free + underWay.size });
    const next = due.filter(({ id }) => !underWay.has(id)).slice(0, free);
    for (const delivery of next)
      begin(delivery, endpoint).catch((error: unknown) =>
        parts.log.error(
          { err: error, endpoint: endpoint.id },
          "what came of a webhook's call was not kept; it is made again",
        ),
      );
    return next.length;
  };
  return {
    sendDue: async () => {
      let begun = 0;
      for (const endpoint of registry.all()) if (endpoint.disabled === null) begun += await sendDueTo(endpoint);
      return begun;
    },
    sendNow: async (delivery) => {
      const endpoint = registry.byId(delivery.endpointId);
      if (endpoint !== null) await begin(delivery, endpoint);
    },
    settled: async () => {
      const underWay = [...dealings.values()].flatMap((one) => [...one.underWay.values()]);
      await Promise.allSettled(underWay);
    },
  };
}

/** Where a delivery stands after a call. */
function progressOf(
  delivery: WebhookDelivery,
  { kind, attempt, pausedUntil }: CallResult,
  now: ReturnType<Clock>,
): SettledDelivery {
  const attempts = delivery.attempts + 1;
  const done = { id: delivery.id, attempts, last: attempt };
  if (kind === "delivered") return { ...done, status: "delivered", nextAt: null };
  const next = kind === "gone" ? null : nextTry(delivery.id, attempts, now);
  if (next === null) return { ...done, status: "failed", nextAt: null };
  return { ...done, status: "waiting", nextAt: pausedUntil !== null && pausedUntil > next ? pausedUntil : next };
}

function note(dealings: Dealings, { kind }: CallResult, now: ReturnType<Clock>): void {
  dealings.failuresInARow = kind === "delivered" ? 0 : dealings.failuresInARow + 1;
  const beyond = dealings.failuresInARow - FAILURES_BORNE;
  dealings.restUntil = beyond < 0 ? 0 : later(now, Math.min(REST_MS_MAX, REST_MS_MIN * 2 ** Math.min(beyond, 10)));
}

/** What an endpoint is after a call: it works, it fails, or it is disabled. */
function endpointAfter(current: WebhookEndpoint, result: CallResult, clock: Clock): WebhookEndpoint {
  const now = clock();
  if (result.kind === "delivered") {
    const isClean = current.failingSince === null && current.pausedUntil === null;
    return isClean ? current : { ...current, failingSince: null, pausedUntil: null };
  }
  const failingSince = current.failingSince ?? now;
  const failing = { ...current, failingSince, pausedUntil: result.pausedUntil ?? current.pausedUntil };
  if (current.disabled !== null) return failing;
  if (result.kind === "gone")
    return { ...failing, disabled: { at: now, reason: "it answered 410: it wants nothing any more" } };
  if (now - failingSince < DISABLED_AFTER_MS) return failing;
  const hours = Math.floor((now - failingSince) / 3_600_000);
  const reason = `it took nothing for ${hours} hours; the last time ${result.attempt.fault ?? "it failed"}`;
  return { ...failing, disabled: { at: now, reason } };
}

/** An endpoint that fails is for the operator to see; where it is, and what it is told, is nobody's who reads logs. */
function report({ registry, log }: PostOfficeParts, id: string, { kind, attempt }: CallResult): void {
  if (kind === "delivered") return;
  const endpoint = registry.byId(id);
  const entry = { endpoint: id, status: attempt.status };
  if (endpoint?.disabled === null) log.info(entry, "a webhook's call failed; it is made again");
  else log.warn(entry, "a webhook's endpoint was disabled");
}
