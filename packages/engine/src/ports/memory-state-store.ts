import { isOwnSource, type Decision } from "../decisions/decision.ts";
import { GENESIS, type LedgerEntry, type LedgerHead } from "../governance/ledger.ts";
import { changeOf } from "../governance/ledger-body.ts";
import type { Sighting } from "../signals/sighting.ts";
import type { Source } from "../signals/source.ts";
import type { Instant } from "../time.ts";
import { memoryPeople } from "./memory-people.ts";
import {
  conflictRow,
  documentText,
  itemBody,
  isAskedAgain,
  itemDigest,
  requireContinuation,
  requireSegmentSize,
  UnknownSegmentError,
} from "./state-rules.ts";
import {
  SourceKeyTakenError,
  type InboxItem,
  type InboxSegment,
  type QuarantinedRow,
  type QuarantineEntry,
  type Receipt,
  type StateStore,
} from "./state-store.ts";

/** The reference of the state port: nothing survives the process. For tests, replays and for saying what a driver must do. */
export function memoryStateStore(): StateStore {
  const quarantine: QuarantinedRow[] = [];
  const settings = new Map<string, string>();
  const served = new Map<string, Decision>();
  const people = memoryPeople({ quarantine, served, settings });
  return {
    ...memoryLedger(),
    ...memoryInbox({ quarantine, served, sighted: people.sighted }),
    ...people.store,
    ...memoryQuarantine(quarantine),
    ...memorySources(),
    setting: async (key) => settings.get(key) ?? null,
    putSetting: async (key, value) => {
      settings.set(key, value);
    },
    close: async () => {},
  };
}

type MemoryQuarantine = Pick<StateStore, "quarantine" | "quarantined" | "quarantinedCount" | "releaseQuarantined">;

function memoryQuarantine(rows: QuarantinedRow[]): MemoryQuarantine {
  const released = new Map<number, Instant>();
  const entries = (source: string | undefined): readonly QuarantineEntry[] =>
    rows
      .map((row, index) => ({ ...row, seq: index + 1, releasedAt: released.get(index + 1) ?? null }))
      .filter((entry) => source === undefined || entry.source === source);
  return {
    quarantine: async (more) => {
      for (const row of more) rows.push(row);
    },
    quarantined: async ({ source, afterSeq = 0, waiting, limit }) =>
      entries(source)
        .filter(({ seq, releasedAt }) => seq > afterSeq && (waiting === undefined || releasedAt === null))
        .slice(0, limit),
    quarantinedCount: async (source) => entries(source).filter(({ releasedAt }) => releasedAt === null).length,
    releaseQuarantined: async (seqs, at) => {
      for (const seq of seqs) if (seq >= 1 && seq <= rows.length && !released.has(seq)) released.set(seq, at);
    },
  };
}

function memorySources(): Pick<StateStore, "sources" | "putSource"> {
  const sources = new Map<string, Source>();
  return {
    sources: async () => [...sources.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    putSource: async (source) => {
      const taken = [...sources.values()].some(
        ({ id, keyDigest }) => id !== source.id && keyDigest === source.keyDigest,
      );
      if (taken) throw new SourceKeyTakenError();
      sources.set(source.id, source);
    },
  };
}

function memoryLedger(): Pick<StateStore, "head" | "append" | "ledger" | "document"> {
  const entries: LedgerEntry[] = [];
  const documents = new Map<string, { readonly kind: string; readonly text: string }>();
  const head = (): LedgerHead => entries.at(-1) ?? GENESIS;
  return {
    head: async () => ({ seq: head().seq, hash: head().hash }),
    append: async (appended, stored) => {
      requireContinuation(head(), appended);
      const texts = stored.map((document) => ({ ...document, text: documentText(document) }));
      entries.push(...appended);
      for (const { digest, kind, text } of texts) if (!documents.has(digest)) documents.set(digest, { kind, text });
    },
    ledger: async ({ afterSeq = 0, changeId, limit = Infinity }) =>
      entries
        .slice(afterSeq)
        .filter((entry) => changeId === undefined || changeOf(entry.body) === changeId)
        .slice(0, limit),
    document: async (digest) => {
      const found = documents.get(digest);
      return found === undefined ? null : { digest, kind: found.kind, body: JSON.parse(found.text) };
    },
  };
}

type MemoryInbox = Pick<StateStore, "acknowledge" | "openSegment" | "closeSegment" | "backlog" | "servedDecision">;

function memoryInbox(parts: {
  readonly quarantine: QuarantinedRow[];
  readonly served: Map<string, Decision>;
  readonly sighted: (sighting: Sighting) => void;
}): MemoryInbox {
  const { quarantine, served, sighted } = parts;
  // The first item of each key, by source and message. Digests are taken only where a key comes again: hashing every item would be
  // most of the cost of a replay.
  const firsts = new Map<string, Map<string, InboxItem>>();
  let waiting: InboxItem[] = [];
  let open: InboxSegment | null = null;
  let lastNumber = 0;
  const acknowledgeOne = (item: InboxItem, index: number): Receipt => {
    const keys = firsts.get(item.source) ?? new Map<string, InboxItem>();
    firsts.set(item.source, keys);
    const first = keys.get(item.messageId);
    if (first !== undefined) {
      if (first === item || itemDigest(first) === itemDigest(item)) return "duplicate";
      if (!isAskedAgain(item)) quarantine.push(conflictRow(item, index));
      return "conflict";
    }
    const body = itemBody(item);
    keys.set(item.messageId, body);
    waiting.push(body);
    if (item.kind === "signal" && item.about !== undefined) sighted(item.about);
    if (item.kind === "decision" && isOwnSource(item.decision.source)) served.set(item.decision.id, item.decision);
    return "accepted";
  };
  return {
    acknowledge: async (items) => items.map(acknowledgeOne),
    openSegment: async (maxItems) => {
      requireSegmentSize(maxItems);
      if (open !== null || waiting.length === 0) return open;
      lastNumber += 1;
      open = { number: lastNumber, items: waiting.slice(0, maxItems) };
      waiting = waiting.slice(maxItems);
      return open;
    },
    closeSegment: async (number) => {
      if (number > lastNumber) throw new UnknownSegmentError(number);
      if (open?.number === number) open = null;
    },
    backlog: async () => waiting.length + (open?.items.length ?? 0),
    servedDecision: async (id) => served.get(id) ?? null,
  };
}
