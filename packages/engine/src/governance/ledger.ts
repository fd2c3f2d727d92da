import type { ActorId } from "../ids.ts";
import { digestOf, type Digest } from "../digest.ts";
import type { Instant } from "../time.ts";
import type { LedgerBody } from "./ledger-body.ts";

/** Something to be written down, before its place in the chain is known. */
export interface LedgerDraft {
  readonly at: Instant;
  readonly actor: ActorId;
  readonly body: LedgerBody;
}

/**
 * One link of the tamper-evident record of everything that governs. Written before the effect, exactly one per transition, so that
 * folding the ledger gives the current state of every change.
 */
export interface LedgerEntry extends LedgerDraft {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly previous: Digest;
  /** Digest of everything above. */
  readonly hash: Digest;
}

/** Where the chain ends: what an append must name, so that two writers cannot both continue it. */
export interface LedgerHead {
  readonly seq: number;
  readonly hash: Digest;
}

/** The head of an empty ledger. */
export const GENESIS: LedgerHead = { seq: 0, hash: digestOf("ratchet ledger") };

/** Drafts as the next links after `head`. */
export function chain(head: LedgerHead, drafts: readonly LedgerDraft[]): readonly LedgerEntry[] {
  let last = head;
  return drafts.map((draft) => {
    const unhashed = { ...draft, seq: last.seq + 1, previous: last.hash };
    const entry = { ...unhashed, hash: digestOf(unhashed) };
    last = entry;
    return entry;
  });
}

/** The first thing wrong with a ledger, or that it is whole. */
export type LedgerVerdict =
  | { readonly kind: "whole"; readonly head: LedgerHead }
  | { readonly kind: "broken"; readonly seq: number; readonly message: string };

/** Recomputes every link from the genesis on. */
export function verifyLedger(entries: readonly LedgerEntry[]): LedgerVerdict {
  let head = GENESIS;
  for (const entry of entries) {
    const { hash, ...unhashed } = entry;
    if (entry.seq !== head.seq + 1) {
      return { kind: "broken", seq: entry.seq, message: `expected entry ${head.seq + 1}, found entry ${entry.seq}` };
    }
    if (entry.previous !== head.hash) {
      return { kind: "broken", seq: entry.seq, message: `entry ${entry.seq} does not follow from entry ${head.seq}` };
    }
    if (digestOf(unhashed) !== hash) {
      return { kind: "broken", seq: entry.seq, message: `entry ${entry.seq} was altered after it was written` };
    }
    head = entry;
  }
  return { kind: "whole", head: { seq: head.seq, hash: head.hash } };
}
