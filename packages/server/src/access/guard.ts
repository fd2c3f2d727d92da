import { hash, randomBytes } from "node:crypto";
import type { Context } from "hono";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { TooManyError } from "../http/problem-error.ts";
import { remoteAddress } from "./remote.ts";
import { networkOf, NO_PROXIES, senderBehind, type TrustedProxies } from "./trusted-proxies.ts";

/** Counts attempts and requests, so that nobody tries passwords and keys through, and nobody takes the server for themselves. */
export interface Guard {
  /** Runs an attempt to sign in; one that fails (null) counts. @throws TooManyError */
  readonly login: <T>(c: Context, email: string, attempt: () => Promise<T | null>) => Promise<T | null>;
  /** A request with a key that opens nothing, or without one where one is needed. @throws TooManyError once there were too many. */
  readonly stranger: (c: Context) => Promise<void>;
  /** A request under a key. @throws TooManyError */
  readonly request: (key: string) => Promise<void>;
}

interface GuardLimits {
  /** Requests a second under one key, on average over ten seconds. */
  readonly requestsPerSecond: number;
}

const GUARD_LIMITS: GuardLimits = { requestsPerSecond: 5_000 };

/**
 * Whoever is counted falls in one of so many slots, by a hash that nobody outside can aim: memory is bounded however many come, and two
 * who share a slot by chance share a limit.
 */
const SLOTS = 65_536;
const REQUEST_WINDOW_S = 10;
const LOGIN_WINDOW_S = 15 * 60;
const LOGINS_PER_EMAIL = 10;
const LOGINS_PER_ADDRESS = 50;
const STRANGER_WINDOW_S = 60;
const STRANGERS_PER_ADDRESS = 300;

/** @param proxies - who is believed when they say whom they pass on; behind any other one, all its clients are counted as one. */
export function openGuard(proxies: TrustedProxies = NO_PROXIES, { requestsPerSecond } = GUARD_LIMITS): Guard {
  const salt = randomBytes(16).toString("hex");
  const slotOf = (text: string): string => String(Number.parseInt(hash("sha256", salt + text).slice(0, 8), 16) % SLOTS);
  const sender = (c: Context): string =>
    networkOf(senderBehind(remoteAddress(c) ?? "", c.req.header("x-forwarded-for"), proxies));
  const requests = limiter("request", requestsPerSecond * REQUEST_WINDOW_S, REQUEST_WINDOW_S);
  const emails = limiter("email", LOGINS_PER_EMAIL, LOGIN_WINDOW_S);
  const addresses = limiter("address", LOGINS_PER_ADDRESS, LOGIN_WINDOW_S);
  const strangers = limiter("stranger", STRANGERS_PER_ADDRESS, STRANGER_WINDOW_S);
  const isOver = async (counter: RateLimiterMemory, slot: string): Promise<number> => {
    const state = await counter.get(slot);
    return state !== null && state.consumedPoints >= counter.points ? state.msBeforeNext : 0;
  };
  return {
    login: async (c, email, attempt) => {
      const [byEmail, byAddress] = [slotOf(email.trim().toLowerCase()), slotOf(sender(c))];
      const wait = Math.max(await isOver(emails, byEmail), await isOver(addresses, byAddress));
      if (wait > 0) throw new TooManyError("too many attempts to sign in", wait);
      // Counted before it is tried, so that many at once do not all slip through.
      await count(emails, byEmail, "too many attempts to sign in");
      await count(addresses, byAddress, "too many attempts to sign in");
      const answer = await attempt();
      if (answer !== null) {
        await emails.delete(byEmail);
        await addresses.reward(byAddress, 1);
      }
      return answer;
    },
    stranger: (c) => count(strangers, slotOf(sender(c)), "too many requests without a key that is known"),
    request: (key) => count(requests, slotOf(key), "too many requests under this key"),
  };
}

function limiter(keyPrefix: string, points: number, duration: number): RateLimiterMemory {
  return new RateLimiterMemory({ keyPrefix, points, duration });
}

async function count(counter: RateLimiterMemory, slot: string, what: string): Promise<void> {
  try {
    await counter.consume(slot);
  } catch (over) {
    if (over instanceof RateLimiterRes) throw new TooManyError(what, over.msBeforeNext);
    throw over;
  }
}
