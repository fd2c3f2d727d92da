import { RatchetError } from "./ratchet-error.ts";

/** How often to try, and how long to wait in between. */
export interface RetryPolicy {
  /** The first try counts. */
  readonly attemptsMax: number;
  /** Wait before the second try; it doubles with every further one, up to `delayMsMax`. */
  readonly baseMs: number;
  readonly delayMsMax: number;
}

/** What a client has of the world beside the network; tests bring their own. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

export const REAL: Surroundings = {
  now: () => Date.now(),
  random: () => Math.random(),
  wait: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    }),
};

const LATER = [408, 425, 429];

/** Whether the same call may go through a moment later: no connection, no answer in time, an overloaded or failing server, garbage. */
export function mayPass(error: unknown): error is RatchetError {
  if (!(error instanceof RatchetError) || error.code === "client.aborted") return false;
  return error.status >= 500 || LATER.includes(error.status);
}

/**
 * How long to wait before another try: twice as long each time, at random between half of it and all of it, so that clients which failed
 * together do not come back together; and never sooner than the server asked for.
 *
 * @param failures - tries that failed in a row, ≥ 1.
 */
export function delayAfter(failures: number, error: RatchetError, policy: RetryPolicy, random: number): number {
  const backOff = Math.min(policy.delayMsMax, policy.baseMs * 2 ** (failures - 1));
  const jittered = backOff * (0.5 + random / 2);
  return error.retryAfterMs === null ? jittered : Math.max(jittered, error.retryAfterMs + random * policy.baseMs);
}

/**
 * Tries until it succeeds, fails for good, or there is no time for another try before `until`.
 *
 * @param attempt - gets how many milliseconds are left.
 * @throws RatchetError the last one.
 */
export async function withRetries<T>(
  attempt: (leftMs: number) => Promise<T>,
  { policy, until, around }: { readonly policy: RetryPolicy; readonly until: number; readonly around: Surroundings },
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt(Math.max(1, until - around.now()));
    } catch (error) {
      if (!mayPass(error) || failures >= policy.attemptsMax) throw error;
      const delay = delayAfter(failures, error, policy, around.random());
      if (around.now() + delay >= until) throw error;
      await around.wait(delay);
    }
  }
}
