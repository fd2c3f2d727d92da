import type { InboxItem, QuarantinedRow, Receipt, RecordVersion, StateStore } from "@ratchet/engine";
import { conflictRows, isAskedAgain, isOwnSource, itemText } from "@ratchet/engine/drivers";
import { openAcknowledgedKeys, type AcknowledgedKeys } from "./acknowledged-keys.ts";
import { commitRhythm } from "./commit-rhythm.ts";
import { waitingItem, type WaitingItem } from "./inbox-block.ts";
import { inboxBlocks } from "./inbox-blocks.ts";
import { keyOf, shortDigest } from "./key-entry.ts";
import { inTransaction, SYNCED_LATER, type OpenDatabase, type SqliteDatabase } from "./open-database.ts";
import type { PeopleWriter } from "./people-writer.ts";

/** Items in one commit: bounds the time that one transaction holds the event loop (some 20 ms). */
const ITEMS_PER_COMMIT = 2_000;

/** An item with what is stored of it. */
interface EncodedItem {
  readonly item: InboxItem;
  readonly index: number;
  readonly key: string;
  readonly digest: string;
  readonly waiting: WaitingItem;
  /** The decision's own text, where it is one of ours: it is served by its id from then on. */
  readonly served: string | null;
}

/** One call of `acknowledge`, waiting for the commit that it shares. */
interface Call {
  readonly items: readonly EncodedItem[];
  readonly resolve: (receipts: readonly Receipt[]) => void;
  readonly reject: (error: unknown) => void;
}

type Inbox = Pick<StateStore, "acknowledge" | "openSegment" | "closeSegment" | "backlog">;

/** What else one transaction of the inbox writes. */
interface WrittenBeside {
  readonly quarantine: (rows: readonly QuarantinedRow[]) => void;
  readonly people: PeopleWriter;
  readonly texts: (item: InboxItem) => void;
  readonly records: (versions: readonly RecordVersion[]) => void;
}

/** The inbox, and what commits the calls that still wait. */
export interface SqliteInbox extends Inbox {
  readonly flush: () => Promise<void>;
  /** Ends the upkeep in the background. */
  readonly rest: () => void;
}

/**
 * The inbox on SQLite. Calls made before the event loop comes round, or shortly after the last commit, share one transaction and one sync:
 * a commit costs about as much whether it holds one item or a hundred. What it writes is appended: a block of items and a piece of the log of keys.
 *
 * A call resolves when the log is on the disk; other calls are read and committed while the disk is at it.
 */
export function sqliteInbox({ sqlite, syncLog }: OpenDatabase, beside: WrittenBeside): SqliteInbox {
  const keys = openAcknowledgedKeys(sqlite);
  const { put, ...segments } = inboxBlocks(sqlite);
  const acknowledgeOne = itemWriter(sqlite, { ...beside, keys });
  let waiting: Call[] = [];
  let itemsWaiting = 0;
  const commitSome = async (): Promise<void> => {
    const calls = takeCalls(waiting);
    waiting = waiting.slice(calls.length);
    itemsWaiting -= calls.reduce((items, call) => items + weightOf(call), 0);
    try {
      const receipts = written(calls);
      await syncLog();
      calls.forEach((call, i) => call.resolve(receipts[i] ?? []));
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  };
  const written = (calls: readonly Call[]): readonly (readonly Receipt[])[] => {
    try {
      const work = () => {
        const taken: WaitingItem[] = [];
        const receipts = calls.map((call) => call.items.map((item) => acknowledgeOne(item, taken)));
        beside.people.write();
        return { receipts, committed: taken.length === 0 ? [] : [put(taken), keys.write()] };
      };
      const { receipts, committed } = inTransaction(sqlite, work, SYNCED_LATER);
      for (const settle of committed) settle();
      return receipts;
    } catch (error) {
      keys.forgetAdded();
      beside.people.forgetWritten();
      throw error;
    }
  };
  const rhythm = commitRhythm({ commit: commitSome, waiting: () => itemsWaiting });
  return {
    ...segments,
    acknowledge: async (items) => {
      // Here and not in the transaction: an item that has no JSON text fails its own call only.
      const encoded = items.map(encode);
      return new Promise((resolve, reject) => {
        const call = { items: encoded, resolve, reject };
        waiting.push(call);
        itemsWaiting += weightOf(call);
        rhythm.schedule();
      });
    },
    flush: async () => {
      while (waiting.length > 0) await commitSome();
      await rhythm.settled();
    },
    rest: () => keys.close(),
  };
}

function encode(item: InboxItem, index: number): EncodedItem {
  const key = keyOf(item.source, item.messageId);
  if (item.kind === "decision" && isOwnSource(item.decision.source)) {
    // Written once for its three uses. Its digest is of the text as it is: whether one of ours that comes again is the same or another, the
    // first one stands and nothing is quarantined, so the same fields in another order need not look the same.
    const served = JSON.stringify(item.decision);
    const { decision: _, ...rest } = item;
    const line = `${JSON.stringify(rest).slice(0, -1)},"decision":${served}}`;
    return { item, index, key, digest: shortDigest(served), waiting: { kind: "line", line }, served };
  }
  const waiting = waitingItem(item);
  return { item, index, key, digest: shortDigest(itemText(item)), waiting, served: null };
}

/** A call without items waits for its answer all the same. */
function weightOf({ items }: Call): number {
  return Math.max(1, items.length);
}

/** The first calls that fit one commit together; one call is never split. */
function takeCalls(calls: readonly Call[]): readonly Call[] {
  let items = 0;
  const end = calls.findIndex((call, i) => {
    items += call.items.length;
    return i > 0 && items > ITEMS_PER_COMMIT;
  });
  return end === -1 ? calls : calls.slice(0, end);
}

/** Writes an item into the open transaction, all but what waits: it joins what was `taken`. */
function itemWriter(
  sqlite: SqliteDatabase,
  { quarantine, people, texts, records, keys }: WrittenBeside & { readonly keys: AcknowledgedKeys },
): (encoded: EncodedItem, taken: WaitingItem[]) => Receipt {
  const putServed = sqlite.prepare("insert into served_decisions (id, body) values (?, ?) on conflict do nothing");
  return ({ item, index, key, digest, waiting, served }, taken) => {
    const known = keys.find(key);
    if (known !== null) {
      if (known === digest) return "duplicate";
      if (!isAskedAgain(item)) quarantine(conflictRows(item, index));
      return "conflict";
    }
    if (item.kind === "decision" && served !== null) {
      const { changes } = putServed.run(item.decision.id, served);
      // Acknowledged in another mode: the lever began or ceased to be in shadow, and what stands still stands.
      if (changes === 0) return "conflict";
    }
    keys.add(key, digest);
    taken.push(waiting);
    texts(item);
    if (item.kind === "signal" && item.about !== undefined) people.sighted(item.about);
    if (item.kind === "signal" && item.records !== undefined) records(item.records);
    return "accepted";
  };
}
