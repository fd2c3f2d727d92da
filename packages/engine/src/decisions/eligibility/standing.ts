import type { AccountRef, PersonRef } from "../../ids.ts";
import type { ConsentRecord } from "../../signals/consent.ts";
import type { Instant } from "../../time.ts";

/** Whom a decision reaches, where that is not the unit itself. */
export interface Recipient {
  /** The surrogate that contacts are counted by. null: the unit stands for the person. */
  readonly person: PersonRef | null;
  /** null: the unit stands for the account. */
  readonly account: AccountRef | null;
  /** Every reference under which something may have been recorded of the person, that of the unit among them. */
  readonly refs: readonly PersonRef[];
}

/**
 * What is known of the world beside the question, all of it in memory. `null` answers: it cannot be told now; whoever asks then takes the
 * strictest view.
 */
export interface Standing {
  /** Every word on whether these may be contacted, under any of their references. */
  readonly consents: (refs: readonly PersonRef[]) => readonly ConsentRecord[] | null;
  /** Contacts, decided on or made, after `since`; on one channel, or on all of them together. */
  readonly contacts: (asked: {
    readonly subject: string;
    readonly channel: string | null;
    readonly since: Instant;
  }) => number | null;
  /** Work given to a queue after `since`: all of it, or what nobody has worked yet. */
  readonly assignments: (asked: {
    readonly queue: string;
    readonly counts: "assigned" | "open";
    readonly since: Instant;
  }) => number | null;
}

/** Nothing can be told: only what depends on nothing recorded is eligible. */
export const NOTHING_KNOWN: Standing = { consents: () => null, contacts: () => null, assignments: () => null };

/** Nothing was ever recorded: a workspace on its first day. */
export const FIRST_DAY: Standing = { consents: () => [], contacts: () => 0, assignments: () => 0 };
