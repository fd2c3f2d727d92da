import type { InboxItem, InboxSegment, NumberedItems } from "@ratchet/engine";

/** A segment as its state store has it: the rows of its signals as bytes, in pieces, and everything else. */
export interface SegmentRows {
  readonly signals: readonly Buffer[];
  readonly signalCount: number;
  readonly others: readonly InboxItem[];
}

const rows = new WeakMap<NumberedItems, () => SegmentRows>();

/** Says how a segment's rows are had. The segment may be used without them, by whoever wants its items. */
export function withRows(segment: InboxSegment, read: () => SegmentRows): InboxSegment {
  rows.set(segment, read);
  return segment;
}

/** The rows of a segment of ours; null for anybody else's. */
export function rowsOf(segment: NumberedItems): SegmentRows | null {
  return rows.get(segment)?.() ?? null;
}
