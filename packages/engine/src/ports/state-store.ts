import type { Decision } from "../decisions/decision.ts";
import type { Execution } from "../decisions/execution.ts";
import type { Digest } from "../digest.ts";
import type { LedgerEntry, LedgerHead } from "../governance/ledger.ts";
import type { DecisionId } from "../ids.ts";
import type { Label } from "../signals/notes/label.ts";
import type { Sighting } from "../signals/sighting.ts";
import type { Signal } from "../signals/signal.ts";
import type { Source } from "../signals/source.ts";
import type { RecordVersion } from "../signals/records/record-version.ts";
import type { ClockRow } from "../signals/source-clock.ts";
import type { Instant } from "../time.ts";
import type { AccessStore } from "./access-store.ts";
import type { NotesStore } from "./notes-store.ts";
import type { PeopleStore } from "./people-store.ts";
import type { RecordStore } from "./record-store.ts";
import type { WebhookStore } from "./webhook-store.ts";

/** An item as its sender wrote it, and where it stood. */
export interface SentItem {
  readonly raw: string;
  readonly position: string;
}

/** A fact on its way to the facts store. `(source, messageId)` makes it idempotent; a decision's message id is its decision id. */
export type InboxItem =
  | {
      readonly kind: "decision";
      readonly source: string;
      readonly messageId: string;
      readonly decision: Decision;
      /** As a signal's. */
      readonly sent?: () => SentItem;
    }
  | {
      readonly kind: "execution";
      readonly source: string;
      /** {@link executionKey} of the sender's: an execution and a signal of one source may share an id. */
      readonly messageId: string;
      readonly execution: Execution;
      /** As a signal's. */
      readonly undated?: true;
      readonly sent?: () => SentItem;
    }
  | {
      readonly kind: "signal";
      readonly source: string;
      readonly messageId: string;
      readonly signal: Signal;
      /** Its sender did not say when it happened: `occurredAt` is when it was heard, and a retry of the same is heard later. */
      readonly undated?: true;
      /** Who it is about: written to the people table with the acknowledgement, and kept neither in the inbox nor in the facts. */
      readonly about?: Sighting;
      /** What somebody wrote: kept with the acknowledgement in a table of its own, and neither in the inbox nor in the facts. */
      readonly text?: string;
      /** What the row that tells it said its object is like: written with the acknowledgement, and kept in the records alone. */
      readonly records?: readonly RecordVersion[];
      /** It came out of the quarantine, where it waits: should it contradict what was acknowledged, it is there already. */
      readonly isKept?: true;
      /** Asked where it contradicts what was acknowledged: that is how it is kept then. Where absent it is kept as what is said here. */
      readonly sent?: () => SentItem;
    }
  | { readonly kind: "label"; readonly source: string; readonly messageId: string; readonly label: Label };

/**
 * What became of an item: `accepted` and now durable · `duplicate`, the same item was acknowledged before · `conflict`, another body
 * was acknowledged under this key; the first one stands and the second goes to quarantine, unless it is a decision of ours: a unit may be
 * asked about again. A decision of ours whose id another one of ours has, in whatever mode, is a conflict too: one stands under an id.
 */
export type Receipt = "accepted" | "duplicate" | "conflict";

/** Items that are loaded together. Loading them twice under their number must count once. */
export interface NumberedItems {
  /** From 1, without gaps. */
  readonly number: number;
  /** Asking may cost reading them: a facts store that is one house with the state store has what it needs without. */
  readonly items: readonly InboxItem[];
}

/** A numbered, immutable run of acknowledged items. */
export interface InboxSegment extends NumberedItems {
  /** How many items it has. */
  readonly size: number;
}

/** Input that did not fit: kept whole with its reason, so that it can be seen, mended and replayed. */
export interface QuarantinedRow {
  readonly source: string;
  /** Where it came from: a line of a file, an index in a request. */
  readonly position: string;
  /** Stable code, `area.reason`. */
  readonly code: string;
  readonly reason: string;
  readonly raw: string;
  readonly at: Instant;
  /** What beside the source says how it is read again: what a row of a CRM is of, or the digest of a file's map and layout. */
  readonly reading?: string;
}

/** A row in quarantine, as it is listed. */
export interface QuarantineEntry extends QuarantinedRow {
  /** From 1, in order of arrival. */
  readonly seq: number;
  /** When it was let in after all (replayed and accepted); null while it waits. */
  readonly releasedAt: Instant | null;
}

/** A key that its sender signed for one body, and the digest of the body that came with it. */
export interface KeyUse {
  readonly source: string;
  readonly key: string;
  readonly digest: string;
  readonly now: Instant;
  /** How long it must be remembered: as long as its signature would be accepted. */
  readonly until: Instant;
}

/** Which rows of the quarantine to list; oldest first. */
export interface QuarantineQuery {
  readonly source?: string;
  readonly afterSeq?: number;
  /** Only what still waits. */
  readonly waiting?: true;
  /** Only rows that are read again in one of these ways; of rows that wait found by index. */
  readonly readings?: readonly string[];
  readonly limit: number;
}

/** A content-addressed JSON document: a playbook, a policy, an evidence snapshot. */
export interface StoredDocument {
  readonly digest: Digest;
  readonly kind: string;
  readonly body: unknown;
}

/** Which ledger entries to read; in order of `seq`. */
export interface LedgerQuery {
  readonly afterSeq?: number;
  readonly changeId?: string;
  readonly limit?: number;
}

/** Another writer continued the ledger first: read its head again and retry. */
export class StaleLedgerError extends Error {
  readonly code = "ledger.stale";
  constructor(expected: number, actual: number) {
    super(`the ledger is at entry ${actual}, expected ${expected}; read it again and retry`);
  }
}

/** Two sources cannot share a key: nobody could tell who sent what. */
export class SourceKeyTakenError extends Error {
  readonly code = "source.key_taken";
  constructor() {
    super("another source has this key; make a new one");
  }
}

/**
 * Everything that must be consistent and durable: the ledger with its documents, the inbox, served decisions, quarantine, people,
 * texts with their reviews, settings.
 *
 * Every method that writes has committed to stable storage when its promise resolves. Rejections are `Error`s with a `code`.
 */
export interface StateStore extends PeopleStore, RecordStore, NotesStore, AccessStore, WebhookStore {
  head(): Promise<LedgerHead>;
  /** Entries and the documents that they name, in one transaction. @throws StaleLedgerError unless `entries` continue the current head. */
  append(entries: readonly LedgerEntry[], documents: readonly StoredDocument[]): Promise<void>;
  ledger(query: LedgerQuery): Promise<readonly LedgerEntry[]>;
  document(digest: Digest): Promise<StoredDocument | null>;

  /** All items in one transaction, receipts in order. An item repeated within the call is a duplicate of its first. */
  acknowledge(items: readonly InboxItem[]): Promise<readonly Receipt[]>;
  /** Opens the next segment, of at most `maxItems`; again the same one, with the same items, until it is closed. null: the inbox is empty. */
  openSegment(maxItems: number): Promise<InboxSegment | null>;
  /** The segment's items are in the facts store: forget their bodies (their keys stay, for deduplication). Closing twice is harmless. */
  closeSegment(number: number): Promise<void>;
  /** Acknowledged items that no closed segment holds. */
  backlog(): Promise<number>;

  /** A decision that was made here (source `engine`, `engine:shadow` or `engine:test`) by id, from its acknowledgement on, before and after projection. */
  servedDecision(id: DecisionId): Promise<Decision | null>;

  quarantine(rows: readonly QuarantinedRow[]): Promise<void>;
  quarantined(query: QuarantineQuery): Promise<readonly QuarantineEntry[]>;
  /** Rows that still wait. */
  quarantinedCount(source?: string): Promise<number>;
  /** Marks rows as let in. Those that are already, or that are not there, stay as they are. */
  releaseQuarantined(seqs: readonly number[], at: Instant): Promise<void>;

  /** In order of their ids. */
  sources(): Promise<readonly Source[]>;
  /** Adds a source, or puts another in its place. @throws SourceKeyTakenError where another source has this key. */
  putSource(source: Source): Promise<void>;

  /**
   * Keeps that a key which is good for one body was used for this one; `other`: it was used for another body before. Keys whose time is
   * over by `now` are forgotten.
   */
  useKey(use: KeyUse): Promise<"first" | "same" | "other">;

  /** How the sources' times are to be read, of all sources, in the order in which they were kept. */
  clockRows(): Promise<readonly ClockRow[]>;
  /** Keeps further rows, for ever. */
  appendClockRows(rows: readonly ClockRow[]): Promise<void>;

  /** Small named values: an import's progress, the salt. */
  setting(key: string): Promise<string | null>;
  putSetting(key: string, value: string): Promise<void>;

  close(): Promise<void>;
}
