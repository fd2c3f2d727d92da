import {
  receiveSignal,
  type Arrival,
  type InboxItem,
  type Instant,
  type QuarantinedRow,
  type Receipt,
  type ReceivedSignal,
  type RecordVersion,
  type SentItem,
  type Source,
  type StateStore,
  type Surrogates,
} from "@ratchet/engine";
import type { Result } from "@ratchet/stats";
import { namelessText } from "../http/nameless-text.ts";
import type { Projector } from "../jobs/projector.ts";
import type { SaidTie } from "../vendors/vendor.ts";

/** One item of a message, read: a signal in our words, or why it is none. `raw` is the item as it was sent. */
export type ReadItem =
  | {
      readonly kind: "signal";
      readonly signal: ReceivedSignal;
      /** Where finding it costs something, only when it is asked for: items are asked in their order. */
      readonly raw: string | (() => string);
      /** Who says so, where the request came without a key and the item names its source itself. */
      readonly source?: string;
      readonly calledAs?: string;
      /** What the row that tells it said its object is like: written in one with it. */
      readonly records?: readonly RecordVersion[];
    }
  | {
      readonly kind: "unread";
      readonly code: string;
      readonly message: string;
      readonly raw: string;
      /** What the route or a header said that the item is, where it does not say so itself: kept with it, for reading it again. */
      readonly calledAs?: string;
      /** What it waits for, as the quarantine finds it. */
      readonly reading?: string;
    };

/** What a reader makes of an item: for the ingest, or what it says of whose an opportunity is. */
export type ToldItem = ReadItem | { readonly kind: "tie"; readonly tie: SaidTie; readonly raw: string };

/** What became of the items of one request, `accepted + duplicates + quarantined = sent`. */
export interface IngestTally {
  readonly sent: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
  /** Of the quarantined those that contradict what was acknowledged under their message ids. */
  readonly conflicts: number;
  /** Everything that is in quarantine and why, by index. */
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly message: string }[];
}

/** Items of one request. */
interface IngestRequest {
  readonly source: Pick<Source, "id" | "carriesOutcomes">;
  readonly items: readonly ReadItem[];
  /** Names the request in the quarantine. */
  readonly requestId: string;
  readonly now: Instant;
}

/** Why an item does not fit. */
export interface ItemFault {
  readonly code: string;
  readonly message: string;
}

/** Where everything that is sent ends, whatever way it came in. */
export interface Ingest {
  /** Resolves when everything is durable, what was accepted and what was not. */
  readonly take: (request: IngestRequest) => Promise<IngestTally>;
  /** Takes an item out of quarantine; why it still does not fit, or null where it is in now. A second time changes nothing. */
  readonly takeAgain: (source: string, item: ReadItem, now: Instant) => Promise<ItemFault | null>;
}

export function openIngest(parts: {
  readonly state: StateStore;
  readonly projector: Projector;
  readonly surrogates: Surrogates;
}): Ingest {
  const { state, projector, surrogates } = parts;
  const acknowledge = async (items: readonly InboxItem[]): Promise<readonly Receipt[]> => {
    const receipts = items.length === 0 ? [] : await state.acknowledge(items);
    projector.notice(items.length);
    return receipts;
  };
  return {
    take: async ({ source, items, requestId, now }) => {
      const placeOf = (index: number): string =>
        positionOf(`request ${requestId}, item ${index}`, items[index]?.calledAs);
      const good: SignalItem[] = [];
      const places: number[] = [];
      const rejected: (ItemFault & { readonly index: number })[] = [];
      for (const [index, item] of items.entries()) {
        const sent = (): SentItem => ({ raw: rawOf(item), position: placeOf(index) });
        const read = inboxItem(item, { source: source.id, receivedAt: now, surrogates }, sent);
        if (read.kind === "err") rejected.push({ index, ...read.error });
        else {
          good.push(read.value);
          places.push(index);
        }
      }
      if (rejected.length > 0) {
        const rows = rejected.map(({ index, code, message }): QuarantinedRow => {
          const item = items[index];
          const position = placeOf(index);
          const reading = item?.kind === "unread" && item.reading !== undefined ? { reading: item.reading } : {};
          return { source: source.id, position, code, reason: message, raw: rawOf(item), at: now, ...reading };
        });
        await state.quarantine(rows);
      }
      const receipts = await acknowledge(good);
      const conflicts = places.filter((_, i) => receipts[i] === "conflict").map((index) => ({ index, ...CONFLICT }));
      const count = (wanted: Receipt): number => receipts.filter((receipt) => receipt === wanted).length;
      return {
        sent: items.length,
        accepted: count("accepted"),
        duplicates: count("duplicate"),
        quarantined: rejected.length + conflicts.length,
        conflicts: conflicts.length,
        rejected: [...rejected, ...conflicts].toSorted((a, b) => a.index - b.index),
      };
    },
    takeAgain: async (source, item, now) => {
      const read = inboxItem(item, { source, receivedAt: now, surrogates });
      if (read.kind === "err") return read.error;
      const [receipt] = await acknowledge([{ ...read.value, isKept: true }]);
      return receipt === "conflict" ? CONFLICT : null;
    },
  };
}

const CONFLICT: ItemFault = {
  code: "inbox.conflict",
  message: "another body was acknowledged under its message id; that one stands",
};

/** A fault as it may be kept and answered: what it quotes may be somebody. */
function shown({ code, message }: ItemFault): ItemFault {
  return { code, message: namelessText(message) };
}

/** Where an item came from, and as what. */
function positionOf(place: string, calledAs: string | undefined): string {
  return calledAs === undefined ? place : `${place}, as ${calledAs}`;
}

/** What a row in quarantine was called; null where its item says so itself. */
export function calledAsIn(position: string): string | null {
  return /, as ([\w.-]+)$/u.exec(position)?.[1] ?? null;
}

function rawOf(item: ReadItem | undefined): string {
  const raw = item?.raw ?? "";
  return typeof raw === "string" ? raw : raw();
}

type SignalItem = Extract<InboxItem, { readonly kind: "signal" }>;

/** Longest text that is kept, in UTF-16 units: what lies beyond no reader looks at. */
const TEXT_KEPT_MAX = 20_000;

function inboxItem(item: ReadItem, arrival: Arrival, sent?: () => SentItem): Result<SignalItem, ItemFault> {
  if (item.kind === "unread") return { kind: "err", error: shown(item) };
  const received = receiveSignal(
    item.signal,
    item.source === undefined ? arrival : { ...arrival, source: item.source },
  );
  if (received.kind === "err") return { kind: "err", error: shown(received.error) };
  const { signal, undated, about } = received.value;
  const { source, messageId } = signal;
  const text = item.signal.text?.slice(0, TEXT_KEPT_MAX) ?? "";
  const beside = {
    ...(undated ? { undated } : {}),
    ...(about === null ? {} : { about }),
    ...(text.trim() === "" ? {} : { text }),
    ...(item.records === undefined ? {} : { records: item.records }),
    ...(sent === undefined ? {} : { sent }),
  };
  return { kind: "ok", value: { kind: "signal", source, messageId, signal, ...beside } };
}
