import { hashToUnitInterval, later, type Instant } from "@ratchet/engine";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long after the call before each call is made, in ms. A delivery is given up after the last: some 76 hours. */
const DELAYS_MS: readonly number[] = [
  0,
  5_000,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/** Added to every delay, at most, as a share of it: what failed together is not tried again together. */
const JITTER = 0.1;
/** A receiver that asks to be left alone is, for so long at most. */
const PAUSE_MS_MAX = 24 * HOUR_MS;

/** An endpoint that has taken nothing for so long, while it was called, is disabled: that is the last call of a delivery that always failed. */
export const DISABLED_AFTER_MS = 72 * HOUR_MS;

/**
 * When a delivery is tried next.
 *
 * @param id - of the delivery: its jitter is a hash of it, the same on every node and after every restart.
 * @param attempts - calls so far, the one that failed at `now` among them.
 * @returns null where it has been tried often enough.
 * @see Standard Webhooks 1.0.0, "Deliverability and reliability", whose schedule this is.
 */
export function nextTry(id: string, attempts: number, now: Instant): Instant | null {
  const delay = DELAYS_MS[attempts];
  if (delay === undefined) return null;
  return later(now, Math.round(delay * (1 + JITTER * hashToUnitInterval([id, String(attempts)]))));
}

/**
 * Until when the header `Retry-After` asks to be left alone: seconds, or a date.
 *
 * @returns null where it says nothing that can be read, or a time that is over. At most 24 hours from now.
 * @see RFC 9110, section 10.2.3.
 */
export function pauseUntil(retryAfter: string | null, now: Instant): Instant | null {
  const told = retryAfter?.trim() ?? "";
  const ms = /^\d{1,9}$/u.test(told) ? Number(told) * 1000 : msUntil(told, now);
  return ms <= 0 ? null : later(now, Math.min(ms, PAUSE_MS_MAX));
}

function msUntil(date: string, now: Instant): number {
  // The one form that servers send: `Sun, 06 Nov 1994 08:49:37 GMT`. Anything else is no date here, whatever a parser makes of it.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u.test(date)) return 0;
  const at = Date.parse(date);
  return Number.isFinite(at) ? at - now : 0;
}
