import { isOwnSource } from "../decisions/decision.ts";
import { canonicalJson } from "../canonical-json.ts";
import { digestOf, type Digest } from "../digest.ts";
import type { LedgerEntry, LedgerHead } from "../governance/ledger.ts";
import type { Instant } from "../time.ts";
import { StaleLedgerError, type InboxItem, type QuarantinedRow, type StoredDocument } from "./state-store.ts";

/** What is stored of an item: all but who it is about, which has a table of its own. */
export function itemBody(item: InboxItem): InboxItem {
  if (item.kind !== "signal" || item.about === undefined) return item;
  const { about: _, ...body } = item;
  return body;
}

/**
 * What makes two items under one key the same: everything but when it was heard, since a retry is heard later than the first try.
 *
 * @throws TypeError where the item holds something that has no JSON text.
 */
export function itemDigest(item: InboxItem): Digest {
  if (item.kind === "decision") return digestOf(item);
  if (item.kind === "execution") {
    const { receivedAt: _, occurredAt, ...told } = item.execution;
    return digestOf({ ...item, execution: item.undated === true ? told : { ...told, occurredAt } });
  }
  const { receivedAt: _, occurredAt, ...told } = item.signal;
  return digestOf({ ...itemBody(item), signal: item.undated === true ? told : { ...told, occurredAt } });
}

/**
 * A decision of ours under the key of an earlier one: a unit that is asked about again within its window. The first one stands, and nobody
 * contradicted anybody: there is nothing to mend, so nothing goes to quarantine.
 */
export function isAskedAgain(item: InboxItem): boolean {
  return item.kind === "decision" && isOwnSource(item.decision.source);
}

/**
 * How an item that contradicts an acknowledged one is kept.
 *
 * @param index - its place in the call that brought it, from 0.
 */
export function conflictRow(item: InboxItem, index: number): QuarantinedRow {
  return {
    source: item.source,
    position: String(index),
    code: "inbox.conflict",
    reason: `another body was acknowledged before under source "${item.source}", message "${item.messageId}"; the first one stands`,
    raw: canonicalJson(itemBody(item)),
    at: heardAt(item),
  };
}

/** A store reads no clock: a signal says when it was heard, and a decision is heard when it is made. */
function heardAt(item: InboxItem): Instant {
  switch (item.kind) {
    case "signal":
      return item.signal.receivedAt;
    case "execution":
      return item.execution.receivedAt;
    case "decision":
      return item.decision.decidedAt;
  }
}

/** @throws StaleLedgerError unless `entries` follow from `head` link by link. */
export function requireContinuation(head: LedgerHead, entries: readonly LedgerEntry[]): void {
  let last = head;
  for (const entry of entries) {
    if (entry.seq !== last.seq + 1 || entry.previous !== last.hash) throw new StaleLedgerError(entry.seq - 1, last.seq);
    last = entry;
  }
}

/** The text that is stored for a document. @throws DocumentDigestError where its address is not its content's. */
export function documentText(document: StoredDocument): string {
  const actual = digestOf(document.body);
  if (actual !== document.digest) throw new DocumentDigestError(document.digest, actual);
  return canonicalJson(document.body);
}

/** @throws RangeError unless a segment of at most this many items can hold one. */
export function requireSegmentSize(maxItems: number): void {
  if (!Number.isInteger(maxItems) || maxItems < 1) {
    throw new RangeError(`a segment holds at least one item, got a limit of ${maxItems}`);
  }
}

/** A segment was to be closed that was never opened: somebody else's number, so nothing may be forgotten. */
export class UnknownSegmentError extends Error {
  readonly code = "inbox.unknown_segment";
  constructor(number: number) {
    super(`segment ${number} was never opened here; close only what openSegment returned`);
  }
}

/** A document was stored under an address that is not its own. */
export class DocumentDigestError extends Error {
  readonly code = "document.digest_mismatch";
  constructor(claimed: Digest, actual: Digest) {
    super(`a document was given the address ${claimed} but its content has ${actual}; take digestOf(body)`);
  }
}
