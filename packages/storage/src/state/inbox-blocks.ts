import type { InboxItem, InboxSegment, StateStore } from "@ratchet/engine";
import { requireSegmentSize, UnknownSegmentError } from "@ratchet/engine/drivers";
import { inTransaction, TIDYING, type SqliteDatabase } from "./open-database.ts";
import { integer, text } from "./row.ts";

/** The items that wait for the facts store, in blocks: the items of one commit are one row, a line each. */
export interface InboxBlocks extends Pick<StateStore, "openSegment" | "closeSegment" | "backlog"> {
  /** Adds a block in the transaction that is open: items and, in the same order, their texts. Call the answer once it is committed. */
  readonly put: (items: readonly InboxItem[], bodies: readonly string[]) => () => void;
}

/** A committed block as it was put. */
interface KeptBlock {
  readonly first: number;
  readonly items: readonly InboxItem[];
}

/** Items kept in memory on their way to the facts: while the projector keeps up nothing is read back. */
const KEPT_MAX = 20_000;

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
  const putBlock = sqlite.prepare("insert into inbox_blocks (first_seq, items, bodies) values (?, ?, ?)");
  const blocks = sqlite.prepare(
    "select first_seq, bodies from inbox_blocks where first_seq <= ? and first_seq + items > ? order by first_seq",
  );
  const forget = sqlite.prepare("delete from inbox_blocks where first_seq <= ? and first_seq + items <= ?");
  const openRange = sqlite.prepare("select number, from_seq, to_seq from segments where closed = 0");
  const putRange = sqlite.prepare("insert into segments (number, from_seq, to_seq, closed) values (?, ?, ?, 0)");
  const closeRange = sqlite.prepare("update segments set closed = 1 where number = ?");
  const forgetRanges = sqlite.prepare("delete from segments where number < ?");

  const kept = keptBlocks();
  const segmentOf = (number: number, from: number, to: number): InboxSegment => ({
    number,
    items: kept.between(from, to) ?? blocks.all(to, from).flatMap((row) => itemsOf(row, from, to)),
  });
  return {
    put: (items, bodies) => {
      putBlock.run(numbers.next, bodies.length, bodies.join("\n"));
      return () => {
        kept.add({ first: numbers.next, items });
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
      kept.forgetUpTo(to);
    },
    backlog: async () => numbers.next - 1 - numbers.closed,
  };
}

/** The latest blocks, without a gap. */
function keptBlocks(): {
  readonly add: (block: KeptBlock) => void;
  readonly forgetUpTo: (last: number) => void;
  /** The items with these numbers; null unless all are here. */
  readonly between: (from: number, to: number) => readonly InboxItem[] | null;
} {
  let blocks: readonly KeptBlock[] = [];
  let size = 0;
  const forgetUpTo = (last: number): void => {
    blocks = blocks.filter(({ first, items }) => first + items.length - 1 > last);
    size = blocks.reduce((sum, { items }) => sum + items.length, 0);
  };
  return {
    forgetUpTo,
    add: (block) => {
      blocks = [...blocks, block];
      size += block.items.length;
      const [oldest] = blocks;
      if (size > KEPT_MAX && oldest !== undefined) forgetUpTo(oldest.first + oldest.items.length - 1);
    },
    between: (from, to) => {
      const [oldest] = blocks;
      if (oldest === undefined || oldest.first > from) return null;
      return blocks.flatMap(({ first, items }) => items.slice(Math.max(0, from - first), Math.max(0, to - first + 1)));
    },
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

/** The items of a block that lie between two numbers. */
function itemsOf(row: unknown, from: number, to: number): readonly InboxItem[] {
  const first = integer(row, "first_seq");
  const bodies = text(row, "bodies").split("\n");
  const wanted = bodies.slice(Math.max(0, from - first), to - first + 1);
  // One document is read faster than a thousand.
  return decodeItems(`[${wanted.join(",")}]`);
}

/** Our own bytes, checked when they were acknowledged. */
function decodeItems(bodies: string): readonly InboxItem[] {
  const items: readonly InboxItem[] = JSON.parse(bodies);
  return items;
}
