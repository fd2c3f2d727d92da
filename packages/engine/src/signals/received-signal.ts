import type { Context } from "../context.ts";
import type { Micros } from "../money.ts";
import type { Instant } from "../time.ts";

/** How a message names a person. Direct identifiers end in the people store; facts carry only the surrogate id found for them. */
export interface PersonReference {
  /** The sender's own id of the person. */
  readonly userId?: string;
  /** An id given before the person was known, such as a browser's. */
  readonly anonymousId?: string;
  readonly email?: string;
  readonly phone?: string;
  /** What the person is called; kept with the person, and identifies nobody. */
  readonly name?: string;
  /** Another id of the same person, as the sender says: an alias, a record that was merged or converted into this one. */
  readonly formerId?: string;
}

/** How a message names an account. */
export interface AccountReference {
  /** The sender's own id of the account. */
  readonly accountId?: string;
  readonly domain?: string;
  readonly name?: string;
  /** Another account that was merged into this one, as the sender says. */
  readonly formerId?: string;
}

/** What a message says about who, or what, opened or clicked. Kept only until the probability that it was a person is known. */
export interface MachineHints {
  /** The vendor's own verdict that a machine did it. */
  readonly vendorSaysMachine?: boolean;
  readonly userAgent?: string;
  readonly ip?: string;
  /** The link that was clicked. */
  readonly url?: string;
}

/**
 * One thing that happened, as one message of one source tells it in our words, before it is known which person or account it is about.
 *
 * Every way in (our own API, Segment and CloudEvents clients, vendors' webhooks, files) ends in this shape.
 */
export interface ReceivedSignal {
  /** Idempotency key within the source: the vendor's event id, or a digest of what makes the event unique. */
  readonly messageId: string;
  /** A type of the taxonomy, or a custom one. */
  readonly type: string;
  /** When it happened, by the sender's clock; null where the message does not say. */
  readonly occurredAt: Instant | null;
  /** When the message left, by the same clock; absent where it does not say. Tells how far that clock is off. */
  readonly sentAt?: Instant;
  /** What was randomised, where the sender names it; absent: the account, else the person. */
  readonly unitId?: string;
  readonly person: PersonReference | null;
  readonly account: AccountReference | null;
  /** The decision that it answers, where the sender carried our id along. */
  readonly decisionId: string | null;
  readonly value: Micros | null;
  /** ISO 4217, with `value`. */
  readonly currency: string | null;
  /** Flat facts worth keeping (channel, campaign, stage, disposition, reason); no direct identifiers. */
  readonly properties: Context;
  readonly machine: MachineHints | null;
  /** Words that somebody wrote: a reply, a note. Untrusted. */
  readonly text: string | null;
  /** Its sender states it again with every change of the record: the first time stands, and a later one contradicts nothing. */
  readonly isRestated?: true;
}
