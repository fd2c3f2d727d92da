import type { UnitId } from "../ids.ts";
import { isOwnSource, type Decision } from "../decisions/decision.ts";
import type { Digest } from "../digest.ts";
import { GENESIS, type LedgerEntry, type LedgerHead } from "../governance/ledger.ts";
import { changeOf } from "../governance/ledger-body.ts";
import type { Sighting } from "../signals/sighting.ts";
import type { Source } from "../signals/source.ts";
import type { ClockRow } from "../signals/source-clock.ts";
import type { Instant } from "../time.ts";
import type { ApiKey } from "./access-store.ts";
import { memoryNotes } from "./memory-notes.ts";
import { memoryPeople } from "./memory-people.ts";
import { memoryRecords } from "./memory-records.ts";
import { memoryWebhooks } from "./memory-webhooks.ts";
import {
  conflictRows,
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
  const notes = memoryNotes();
  const people = memoryPeople({ quarantine, served, settings, rewriteNotes: notes.rewrite });
  const records = memoryRecords();
  return {
    ...memoryLedger(),
    ...memoryInbox({
      quarantine,
      served,
      sighted: people.sighted,
      written: (item) => {
        notes.written(item);
        if (item.kind === "signal") records.put(item.records ?? []);
      },
    }),
    ...people.store,
    ...notes.store,
    ...memoryQuarantine(quarantine),
    ...records.store,
    ...memorySources(),
    ...memoryClocks(),
    ...memoryUsedKeys(),
    ...memoryAccess(),
    ...memoryWebhooks(),
    forgetPeople: async (refs) => {
      records.forget(refs);
      return people.store.forgetPeople(refs);
    },
    decidedUnits: async () => new Set([...served.values()].map(({ unitId }) => unitId)).size,
    firstDecided: async (units) => firstDecidedIn(served.values(), units),
    setting: async (key) => settings.get(key) ?? null,
    putSetting: async (key, value) => {
      settings.set(key, value);
    },
    close: async () => {},
  };
}

function firstDecidedIn(decisions: Iterable<Decision>, units: readonly UnitId[]): ReadonlyMap<UnitId, Instant> {
  const wanted = new Set(units);
  const first = new Map<UnitId, Instant>();
  for (const { unitId, decidedAt } of decisions) {
    const known = first.get(unitId);
    if (wanted.has(unitId) && (known === undefined || decidedAt < known)) first.set(unitId, decidedAt);
  }
  return first;
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
    quarantined: async ({ source, afterSeq = 0, waiting, readings, limit }) =>
      entries(source)
        .filter(({ reading }) => readings === undefined || (reading !== undefined && readings.includes(reading)))
        .filter(({ seq, releasedAt }) => seq > afterSeq && (waiting === undefined || releasedAt === null))
        .slice(0, limit),
    quarantinedCount: async (source) => entries(source).filter(({ releasedAt }) => releasedAt === null).length,
    releaseQuarantined: async (seqs, at) => {
      for (const seq of seqs) if (seq >= 1 && seq <= rows.length && !released.has(seq)) released.set(seq, at);
    },
  };
}

function memoryUsedKeys(): Pick<StateStore, "useKey"> {
  const used = new Map<string, { readonly digest: string; readonly until: Instant }>();
  return {
    useKey: async ({ source, key, digest, now, until }) => {
      for (const [one, { until: end }] of used) if (end <= now) used.delete(one);
      const known = used.get(`${source}\0${key}`);
      if (known !== undefined) return known.digest === digest ? "same" : "other";
      used.set(`${source}\0${key}`, { digest, until });
      return "first";
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

function memoryAccess(): Pick<StateStore, "apiKeys" | "putApiKey"> {
  const keys = new Map<string, ApiKey>();
  return {
    apiKeys: async () => [...keys.values()].toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),
    putApiKey: async (key) => {
      keys.set(key.id, key);
    },
  };
}

function memoryClocks(): Pick<StateStore, "clockRows" | "appendClockRows"> {
  const rows: ClockRow[] = [];
  return {
    clockRows: async () => [...rows],
    appendClockRows: async (more) => {
      rows.push(...more);
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
  readonly written: (item: InboxItem) => void;
}): MemoryInbox {
  const { quarantine, served, sighted, written } = parts;
  // The first item of each key, by source and message. Digests are taken only where a key comes again: hashing every item would be
  // most of the cost of a replay. An item with a text is kept as its digest: the text has a place of its own.
  const firsts = new Map<string, Map<string, InboxItem | Digest>>();
  let waiting: InboxItem[] = [];
  let open: InboxSegment | null = null;
  let lastNumber = 0;
  const acknowledgeOne = (item: InboxItem, index: number): Receipt => {
    const keys = firsts.get(item.source) ?? new Map<string, InboxItem | Digest>();
    firsts.set(item.source, keys);
    const first = keys.get(item.messageId);
    if (first !== undefined) {
      const known = typeof first === "string" ? first : itemDigest(first);
      if (first === item || known === itemDigest(item)) return "duplicate";
      if (!isAskedAgain(item)) quarantine.push(...conflictRows(item, index));
      return "conflict";
    }
    const isOwn = item.kind === "decision" && isOwnSource(item.decision.source);
    if (isOwn && served.has(item.decision.id)) return "conflict";
    const body = itemBody(item);
    keys.set(item.messageId, item.kind === "signal" && item.text !== undefined ? itemDigest(item) : body);
    written(item);
    waiting.push(body);
    if (item.kind === "signal" && item.about !== undefined) sighted(item.about);
    if (isOwn) served.set(item.decision.id, item.decision);
    return "accepted";
  };
  return {
    acknowledge: async (items) => items.map(acknowledgeOne),
    openSegment: async (maxItems) => {
      requireSegmentSize(maxItems);
      if (open !== null || waiting.length === 0) return open;
      lastNumber += 1;
      const items = waiting.slice(0, maxItems);
      open = { number: lastNumber, size: items.length, items };
      waiting = waiting.slice(maxItems);
      return open;
    },
    closeSegment: async (number) => {
      if (number > lastNumber) throw new UnknownSegmentError(number);
      if (open?.number === number) open = null;
    },
    backlog: async () => waiting.length + (open?.size ?? 0),
    servedDecision: async (id) => served.get(id) ?? null,
  };
}
