import {
  instant,
  type DeliveryAttempt,
  type Instant,
  type WebhookDelivery,
  type WebhookEndpoint,
} from "@ratchet/engine";
import { Webhook } from "standardwebhooks";
import type { GuardedFetch } from "../outgoing/guarded-fetch.ts";
import { readAtMost } from "../outgoing/read-at-most.ts";
import { VERSION } from "../version.ts";
import { pauseUntil } from "./retry-schedule.ts";

/** How a call is made. */
export interface Sender {
  readonly call: GuardedFetch;
  /** A stopwatch. */
  readonly elapsedMs: () => number;
  /** How long a receiver may take, from the look-up of its name to the end of its answer. */
  readonly timeoutMs: number;
  /** Raised when the server stops. */
  readonly stopped: AbortSignal;
}

/** What came of a call, and what follows from it for its endpoint. */
export interface CallResult {
  readonly attempt: DeliveryAttempt;
  /** `gone`: it wants nothing any more. */
  readonly kind: "delivered" | "failed" | "gone";
  /** Until when it asked to be left alone. */
  readonly pausedUntil: Instant | null;
}

/** What of an answer is looked at, and let go. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/** The headers of a delivery: its id, when it is sent, and a signature by every secret that is good now. */
function signedHeaders(
  { messageId, body }: Pick<WebhookDelivery, "messageId" | "body">,
  { secret, previous }: Pick<WebhookEndpoint, "secret" | "previous">,
  now: Instant,
): Readonly<Record<string, string>> {
  const secrets = [secret, ...(previous !== null && now < previous.until ? [previous.secret] : [])];
  const sentAt = new Date(now);
  return {
    "content-type": "application/json",
    "user-agent": `Ratchet-Webhooks/${VERSION}`,
    "webhook-id": messageId,
    "webhook-timestamp": String(Math.floor(now / 1000)),
    "webhook-signature": secrets.map((one) => new Webhook(one).sign(messageId, sentAt, body)).join(" "),
  };
}

/** Makes one call. Never rejects: whatever goes wrong is a failed attempt. */
export async function sendDelivery(
  delivery: WebhookDelivery,
  endpoint: WebhookEndpoint,
  now: Instant,
  { call, elapsedMs, timeoutMs, stopped }: Sender,
): Promise<CallResult> {
  const begun = elapsedMs();
  const headers = signedHeaders(delivery, endpoint, now);
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([timeout, stopped]);
  const attempt = (status: number | null, fault: string | null): DeliveryAttempt => ({
    at: instant(now),
    tookMs: Math.max(0, Math.round(elapsedMs() - begun)),
    status,
    fault,
  });
  try {
    const answer = await call(endpoint.url, { headers, body: delivery.body, signal });
    // Taken is taken once the status says so, however the rest of the answer ends.
    await readAtMost(answer, ANSWER_BYTES_MAX).catch(() => "");
    const { kind, fault } = judge(answer.status);
    const asked = kind === "delivered" ? null : pauseUntil(answer.headers.get("retry-after"), now);
    return { attempt: attempt(answer.status, fault), kind, pausedUntil: asked };
  } catch (error) {
    const fault = timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : messageOf(error);
    return { attempt: attempt(null, fault), kind: "failed", pausedUntil: null };
  }
}

/** What a status says of a delivery. */
function judge(status: number): { readonly kind: CallResult["kind"]; readonly fault: string | null } {
  if (status >= 200 && status <= 299) return { kind: "delivered", fault: null };
  if (status === 410) return { kind: "gone", fault: "it answered 410: it wants nothing any more" };
  if (status >= 300 && status <= 399)
    return { kind: "failed", fault: `it answered ${status}; redirects are not followed, so give the address itself` };
  return { kind: "failed", fault: `it answered ${status}` };
}

function messageOf(error: unknown): string {
  // Of several addresses none answered.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
