import { isOwnSource } from "../decisions/decision.ts";
import { canonicalJson } from "../canonical-json.ts";
import { digest, digestOf, sha256, type Digest } from "../digest.ts";
import type { LedgerEntry, LedgerHead } from "../governance/ledger.ts";
import type { Instant } from "../time.ts";
import { StaleLedgerError, type InboxItem, type QuarantinedRow, type StoredDocument } from "./state-store.ts";

/** What is stored of an item: all but who it is about and what was written, which have tables of their own, and how it was sent. */
export function itemBody(item: InboxItem): InboxItem {
  if (item.kind === "label") return item;
  if (item.kind !== "signal") return withoutSent(item);
  if (item.about === undefined && item.text === undefined && item.isKept === undefined && item.records === undefined)
    return withoutSent(item);
  const { about: _, text: __, isKept: ___, sent: ____, records: _____, ...body } = item;
  return body;
}

function withoutSent(item: Exclude<InboxItem, { kind: "label" }>): InboxItem {
  if (item.sent === undefined) return item;
  const { sent: _, ...body } = item;
  return body;
}

/**
 * What makes two items under one key the same, as text: everything but when it was sent and heard, since a retry is later than the first try.
 *
 * @throws TypeError where the item holds something that has no JSON text.
 */
export function itemText(item: InboxItem): string {
  switch (item.kind) {
    case "signal":
      return signalItemText(item);
    case "label":
      // A labeller's first reading stands: a service that is asked again after a crash may say something else.
      return canonicalJson({ kind: item.kind, source: item.source, messageId: item.messageId });
    case "decision": {
      const { receivedAt: _, ...made } = item.decision;
      return canonicalJson({ ...itemBody(item), decision: made });
    }
    case "execution": {
      const { receivedAt: _, occurredAt, ...told } = item.execution;
      return canonicalJson({ ...itemBody(item), execution: item.undated === true ? told : { ...told, occurredAt } });
    }
  }
}

/** The digest of `itemText`. */
export function itemDigest(item: InboxItem): Digest {
  return digest(sha256(itemText(item)));
}

/** The canonical JSON of what a signal's item says, put together member by member: every acknowledged signal goes through here. */
function signalItemText({ source, messageId, signal, undated, text }: Extract<InboxItem, { kind: "signal" }>): string {
  const { decisionId, detail, occurredAt, type, unitId, value } = signal;
  const told =
    `{"decisionId":${JSON.stringify(decisionId)}` +
    (detail === undefined ? "" : `,"detail":${canonicalJson(detail)}`) +
    `,"messageId":${JSON.stringify(signal.messageId)}` +
    (undated === true ? "" : `,"occurredAt":${canonicalJson(occurredAt)}`) +
    `,"source":${JSON.stringify(signal.source)},"type":${JSON.stringify(type)},"unitId":${JSON.stringify(unitId)},"value":${canonicalJson(value)}}`;
  return (
    `{"kind":"signal","messageId":${JSON.stringify(messageId)},"signal":${told},"source":${JSON.stringify(source)}` +
    (undated === undefined ? "" : `,"undated":true`) +
    (text === undefined ? "}" : `,"written":"${sha256(text)}"}`)
  );
}

/**
 * A decision of ours under the key of an earlier one: a unit that is asked about again within its window. The first one stands, and nobody
 * contradicted anybody: there is nothing to mend, so nothing goes to quarantine.
 */
export function isAskedAgain(item: InboxItem): boolean {
  return item.kind === "decision" && isOwnSource(item.decision.source);
}

/**
 * How an item that contradicts an acknowledged one is kept: as one row, or as none where it came from there.
 *
 * @param index - its place in the call that brought it, from 0.
 */
export function conflictRows(item: InboxItem, index: number): readonly QuarantinedRow[] {
  return item.kind === "signal" && item.isKept === true ? [] : [conflictRow(item, index)];
}

function conflictRow(item: InboxItem, index: number): QuarantinedRow {
  const sent = item.kind === "label" ? undefined : item.sent?.();
  return {
    source: item.source,
    position: sent?.position ?? String(index),
    code: "inbox.conflict",
    // Without the message's id, which its sender made of anything; it is in the row itself.
    reason: `another body was acknowledged before under this message id of source "${item.source}"; the first one stands`,
    raw: sent?.raw ?? readingOf(item),
    // A store reads no clock: a signal says when it was heard, and a decision is heard when it is made.
    at: heardAt(item),
  };
}

/** What was made of it, with its text: that is nowhere else. */
function readingOf(item: InboxItem): string {
  return canonicalJson(
    item.kind === "signal" && item.text !== undefined ? { ...itemBody(item), text: item.text } : itemBody(item),
  );
}

function heardAt(item: InboxItem): Instant {
  switch (item.kind) {
    case "signal":
      return item.signal.receivedAt;
    case "execution":
      return item.execution.receivedAt;
    case "decision":
      return item.decision.receivedAt ?? item.decision.decidedAt;
    case "label":
      return item.label.labelledAt;
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
