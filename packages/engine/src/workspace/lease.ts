import type { Instant } from "../time.ts";

/**
 * How long what is in memory may be acted on without having been confirmed. Everything but the baseline is a lease: a node that has lost the
 * state store cannot know whether a change was undone meanwhile, and goes back to what needs no permission.
 */
export interface Lease {
  /** Why only the baseline may be served, in words; null while the lease holds. */
  readonly lapsed: (now: Instant) => string | null;
  /** The state store has answered, and what is in memory is what it says. */
  readonly renew: (now: Instant) => void;
}

/** Held without end: simulations, commands, tests. Nobody else writes there. */
export const UNENDING: Lease = { lapsed: () => null, renew: () => {} };

/** A lease of `ms` from its last renewal. A clock that was set back lets it lapse too: nobody knows how long ago that was. */
export function leaseOf(ms: number, now: Instant): Lease {
  let renewedAt = now;
  return {
    lapsed: (at) =>
      at - renewedAt <= ms && at >= renewedAt
        ? null
        : `the playbook's lease of ${ms / 1000} s ran out: the state store has not confirmed it`,
    renew: (at) => {
      renewedAt = at;
    },
  };
}
