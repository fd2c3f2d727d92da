import type { InboxSegment, StateStore } from "@ratchet/engine";
import { requireSegmentSize, UnknownSegmentError } from "@ratchet/engine/drivers";
import { inTransaction, TIDYING, type SqliteDatabase } from "./open-database.ts";
import { encodeSignals } from "../facts/fact-rows.ts";
import { withRows, type SegmentRows } from "../segment-rows.ts";
import { blockOf, itemsOf, linesOf, partOf, type BlockPart, type WaitingItem } from "./inbox-block.ts";
import { bytesOrNull, integer, text } from "./row.ts";

/** The items that wait for the facts store, in blocks: the items of one commit are one row. */
export interface InboxBlocks extends Pick<StateStore, "openSegment" | "closeSegment" | "backlog"> {
  /** Adds a block in the transaction that is open. Call the answer once it is committed. */
  readonly put: (items: readonly WaitingItem[]) => () => void;
}

/** Numbers of items, each from 1 on: `closed` ≤ `taken` < `next`. */
interface Numbers {
  /** The last of a closed segment. */
  closed: number;
  /** The last of any segment. */
  taken: number;
  /** The one that the next item gets. */
  next: number;
  /** Of the last segment. */
  segment: number;
}

export function inboxBlocks(sqlite: SqliteDatabase): InboxBlocks {
  const numbers = numbersIn(sqlite);
  const putBlock = sqlite.prepare("insert into inbox_blocks (first_seq, items, bodies, rows) values (?, ?, ?, ?)");
  const blocks = sqlite.prepare(
    "select first_seq, items, bodies, rows from inbox_blocks where first_seq <= ? and first_seq + items > ? order by first_seq",
  );
  const forget = sqlite.prepare("delete from inbox_blocks where first_seq <= ? and first_seq + items <= ?");
  const openRange = sqlite.prepare("select number, from_seq, to_seq from segments where closed = 0");
  const putRange = sqlite.prepare("insert into segments (number, from_seq, to_seq, closed) values (?, ?, ?, 0)");
  const closeRange = sqlite.prepare("update segments set closed = 1 where number = ?");
  const forgetRanges = sqlite.prepare("delete from segments where number < ?");

  const segmentOf = (number: number, from: number, to: number): InboxSegment =>
    segmentIn(
      { number, size: to - from + 1 },
      blocks.all(to, from).map((row) => partOfRow(row, from, to)),
    );
  return {
    put: (items) => {
      const { bodies, rows } = blockOf(items);
      putBlock.run(numbers.next, items.length, bodies, rows);
      return () => {
        numbers.next += items.length;
      };
    },
    openSegment: async (maxItems) => {
      requireSegmentSize(maxItems);
      const open = openRange.get();
      if (open !== undefined)
        return segmentOf(integer(open, "number"), integer(open, "from_seq"), integer(open, "to_seq"));
      const from = numbers.taken + 1;
      const to = Math.min(numbers.next - 1, numbers.taken + maxItems);
      if (to < from) return null;
      const number = numbers.segment + 1;
      // Durable, and with it the items: facts of which the inbox knows nothing would be taken again after a loss of power.
      inTransaction(sqlite, () => putRange.run(number, from, to));
      numbers.segment = number;
      numbers.taken = to;
      return segmentOf(number, from, to);
    },
    closeSegment: async (number) => {
      if (number > numbers.segment) throw new UnknownSegmentError(number);
      const open = openRange.get();
      if (open === undefined || integer(open, "number") !== number) return;
      const to = integer(open, "to_seq");
      const work = (): void => {
        forget.run(to, to + 1);
        closeRange.run(number);
        // The last one is kept for its numbers.
        forgetRanges.run(number);
      };
      // Should it be lost, the segment is loaded again under its number, which adds nothing.
      inTransaction(sqlite, work, TIDYING);
      numbers.closed = to;
    },
    backlog: async () => numbers.next - 1 - numbers.closed,
  };
}

function numbersIn(sqlite: SqliteDatabase): Numbers {
  const segments = sqlite
    .prepare(
      `select coalesce(max(number), 0) as number, coalesce(max(to_seq), 0) as taken,
         coalesce(max(case when closed = 1 then to_seq end), 0) as closed from segments`,
    )
    .get();
  // Not the greatest of all ends: that would read every block of a long backlog.
  const waiting = sqlite
    .prepare(
      "select coalesce((select first_seq + items - 1 from inbox_blocks order by first_seq desc limit 1), 0) as last",
    )
    .get();
  const taken = integer(segments, "taken");
  return {
    closed: integer(segments, "closed"),
    taken,
    next: Math.max(taken, integer(waiting, "last")) + 1,
    segment: integer(segments, "number"),
  };
}

function segmentIn(named: Pick<InboxSegment, "number" | "size">, parts: readonly BlockPart[]): InboxSegment {
  const segment = {
    ...named,
    get items() {
      return parts.flatMap(itemsOf);
    },
  };
  return withRows(segment, () => rowsIn(parts));
}

/** The items of a block that lie between two numbers. */
function partOfRow(row: unknown, from: number, to: number): BlockPart {
  const first = integer(row, "first_seq");
  const count = integer(row, "items");
  const block = { count, bodies: text(row, "bodies"), rows: bytesOrNull(row, "rows") };
  return partOf(block, Math.max(0, from - first), Math.min(count - 1, to - first));
}

/** What loading needs: the rows of signals as they lie, other items read. */
function rowsIn(parts: readonly BlockPart[]): SegmentRows {
  const others = parts.flatMap(({ lines }) => linesOf(lines));
  const said = others.flatMap((item) => (item.kind === "signal" ? item.signal : []));
  const rows = parts.reduce((sum, { marks }) => sum + marks.filter((mark) => mark !== 0).length, 0);
  return {
    signals: [...parts.map((part) => part.rows), ...(said.length === 0 ? [] : [encodeSignals(said)])],
    signalCount: rows + said.length,
    others,
  };
}
