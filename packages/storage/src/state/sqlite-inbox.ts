import { type InboxItem, type InboxSegment, type QuarantinedRow, type Receipt, type StateStore } from "@ratchet/engine";
import {
  conflictRow,
  isAskedAgain,
  isOwnSource,
  itemBody,
  itemDigest,
  requireSegmentSize,
  UnknownSegmentError,
} from "@ratchet/engine/drivers";
import { inTransaction, type SqliteDatabase } from "./open-database.ts";
import { integer, integerOrNull, text } from "./row.ts";
import type { PeopleWriter } from "./sqlite-people.ts";

/** Items in one commit: bounds the time that one transaction holds the event loop (about 0.1 s). */
const ITEMS_PER_COMMIT = 5_000;

/** An item with what is stored of it. */
interface EncodedItem {
  readonly item: InboxItem;
  readonly index: number;
  readonly digest: Buffer;
  readonly body: string;
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
}

/** The inbox, and what commits the calls that still wait. */
export interface SqliteInbox extends Inbox {
  flush(): void;
}

/**
 * The inbox on SQLite. Calls made before the event loop comes round share one transaction and one sync: a commit costs about 2 ms
 * whether it holds one item or a hundred.
 */
export function sqliteInbox(sqlite: SqliteDatabase, beside: WrittenBeside): SqliteInbox {
  const acknowledgeOne = itemWriter(sqlite, beside);
  let waiting: Call[] = [];
  let scheduled = false;
  const commitSome = (): void => {
    const calls = takeCalls(waiting);
    waiting = waiting.slice(calls.length);
    try {
      const receipts = inTransaction(sqlite, () => calls.map((call) => call.items.map(acknowledgeOne)));
      calls.forEach((call, i) => call.resolve(receipts[i] ?? []));
    } catch (error) {
      beside.people.forgetWritten();
      for (const call of calls) call.reject(error);
    }
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      if (waiting.length > 0) commitSome();
      if (waiting.length > 0) schedule();
    });
  };
  return {
    ...sqliteSegments(sqlite),
    acknowledge: async (items) => {
      // Here and not in the transaction: an item that has no JSON text fails its own call only.
      const encoded = items.map(encode);
      return new Promise((resolve, reject) => {
        waiting.push({ items: encoded, resolve, reject });
        schedule();
      });
    },
    flush: () => {
      while (waiting.length > 0) commitSome();
    },
  };
}

function encode(item: InboxItem, index: number): EncodedItem {
  return { item, index, digest: Buffer.from(itemDigest(item), "hex"), body: JSON.stringify(itemBody(item)) };
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

function itemWriter(sqlite: SqliteDatabase, { quarantine, people }: WrittenBeside): (encoded: EncodedItem) => Receipt {
  const putKey = sqlite.prepare(
    "insert into inbox_keys (source, message_id, digest) values (?, ?, ?) on conflict do nothing",
  );
  const sameKey = sqlite.prepare("select 1 from inbox_keys where source = ? and message_id = ? and digest = ?");
  const putItem = sqlite.prepare("insert into inbox (body) values (?)");
  const putServed = sqlite.prepare("insert into served_decisions (id, body) values (?, ?) on conflict do nothing");
  return ({ item, index, digest, body }) => {
    if (putKey.run(item.source, item.messageId, digest).changes === 0) {
      if (sameKey.get(item.source, item.messageId, digest) !== undefined) return "duplicate";
      if (!isAskedAgain(item)) quarantine([conflictRow(item, index)]);
      return "conflict";
    }
    putItem.run(body);
    if (item.kind === "signal" && item.about !== undefined) people.sighted(item.about);
    if (item.kind === "decision" && isOwnSource(item.decision.source)) {
      putServed.run(item.decision.id, JSON.stringify(item.decision));
    }
    return "accepted";
  };
}

function sqliteSegments(sqlite: SqliteDatabase): Omit<Inbox, "acknowledge"> {
  const openRange = sqlite.prepare("select number, from_seq, to_seq from segments where closed = 0");
  // Two queries in one: SQLite finds either end of a table by itself at once, and both together by reading all of it.
  const ends = sqlite.prepare(
    "select (select min(seq) from inbox) as first_seq, (select max(seq) from inbox) as last_seq",
  );
  const lastNumber = sqlite.prepare("select coalesce(max(number), 0) as number from segments");
  const putRange = sqlite.prepare("insert into segments (number, from_seq, to_seq, closed) values (?, ?, ?, 0)");
  const bodies = sqlite.prepare("select body from inbox where seq between ? and ? order by seq");
  const rangeOf = sqlite.prepare("select from_seq, to_seq, closed from segments where number = ?");
  const forget = sqlite.prepare("delete from inbox where seq between ? and ?");
  const closeRange = sqlite.prepare("update segments set closed = 1 where number = ?");

  const segmentOf = (number: number, from: number, to: number): InboxSegment => ({
    number,
    items: bodies.all(from, to).map((row) => decodeItem(text(row, "body"))),
  });
  return {
    openSegment: async (maxItems) => {
      requireSegmentSize(maxItems);
      return inTransaction(sqlite, () => {
        const open = openRange.get();
        if (open !== undefined)
          return segmentOf(integer(open, "number"), integer(open, "from_seq"), integer(open, "to_seq"));
        const inbox = ends.get();
        const from = integerOrNull(inbox, "first_seq");
        const last = integerOrNull(inbox, "last_seq");
        if (from === null || last === null) return null;
        const number = integer(lastNumber.get(), "number") + 1;
        const to = Math.min(last, from + maxItems - 1);
        putRange.run(number, from, to);
        return segmentOf(number, from, to);
      });
    },
    closeSegment: async (number) => {
      inTransaction(sqlite, () => {
        const range = rangeOf.get(number);
        if (range === undefined) throw new UnknownSegmentError(number);
        if (integer(range, "closed") === 1) return;
        forget.run(integer(range, "from_seq"), integer(range, "to_seq"));
        closeRange.run(number);
      });
    },
    backlog: async () => {
      const inbox = ends.get();
      const first = integerOrNull(inbox, "first_seq");
      // Numbers are given by commits in order and taken away from the front, so there are no gaps to discount.
      return first === null ? 0 : integer(inbox, "last_seq") - first + 1;
    },
  };
}

/** Our own bytes, checked when they were acknowledged. */
function decodeItem(body: string): InboxItem {
  const item: InboxItem = JSON.parse(body);
  return item;
}
