import type { InboxItem } from "@ratchet/engine";
import { itemBody } from "@ratchet/engine/drivers";
import { RowBinaryReader, RowBinaryWriter } from "../facts/row-binary.ts";
import { readSignalRow, writeSignalRow } from "../facts/signal-row.ts";

/** An item as it waits: a signal as the row that it becomes, anything else, and a signal that has more to say, as a line of JSON. */
export type WaitingItem =
  | { readonly kind: "row"; readonly row: Buffer; readonly undated: boolean }
  | { readonly kind: "line"; readonly line: string };

/** The items of one commit as they are kept. */
export interface Block {
  /** The lines, in their order. */
  readonly bodies: string;
  /** A number for each item: 0 where it is the next line, else the length of the next row, and whether it is undated. Then the rows. */
  readonly rows: Buffer;
}

/** Some items of a block that follow one another. */
export interface BlockPart {
  readonly marks: readonly number[];
  readonly rows: Buffer;
  readonly lines: readonly string[];
}

const MARK_BYTES = 4;
/** The mark of a row has this bit where its message did not say when it happened. */
const UNDATED = 2 ** 31;

const writer = new RowBinaryWriter();

/** What is kept of an item. @throws RangeError, TypeError where it holds what neither a row nor a JSON text can. */
export function waitingItem(item: InboxItem): WaitingItem {
  if (item.kind !== "signal" || !isRow(item)) return { kind: "line", line: JSON.stringify(itemBody(item)) };
  writer.clear();
  writeSignalRow(writer, item.signal);
  return { kind: "row", row: Buffer.from(writer.bytes), undated: item.undated === true };
}

function isRow({ source, messageId, signal }: Extract<InboxItem, { kind: "signal" }>): boolean {
  return source === signal.source && messageId === signal.messageId && signal.occurredAtRaw === undefined;
}

export function blockOf(items: readonly WaitingItem[]): Block {
  const marks = Buffer.allocUnsafe(items.length * MARK_BYTES);
  const pieces: Buffer[] = [marks];
  const lines: string[] = [];
  items.forEach((item, i) => {
    if (item.kind === "row") pieces.push(item.row);
    else lines.push(item.line);
    marks.writeUInt32LE(item.kind === "line" ? 0 : item.row.length + (item.undated ? UNDATED : 0), i * MARK_BYTES);
  });
  return { bodies: lines.join("\n"), rows: Buffer.concat(pieces) };
}

/**
 * The items of a block from one place to another, both included.
 *
 * @param count - how many items the block has.
 * @param rows - null for a block from before there were any: all lines.
 */
export function partOf(
  { count, bodies, rows }: { readonly count: number; readonly bodies: string; readonly rows: Buffer | null },
  from: number,
  to: number,
): BlockPart {
  const lines = bodies === "" ? [] : bodies.split("\n");
  if (rows === null) {
    const wanted = lines.slice(from, to + 1);
    return { marks: wanted.map(() => 0), rows: Buffer.alloc(0), lines: wanted };
  }
  const marks = Array.from({ length: count }, (_, i) => rows.readUInt32LE(i * MARK_BYTES));
  const before = sizesOf(marks.slice(0, from));
  const wanted = marks.slice(from, to + 1);
  const within = sizesOf(wanted);
  const start = count * MARK_BYTES + before.bytes;
  return {
    marks: wanted,
    rows: rows.subarray(start, start + within.bytes),
    lines: lines.slice(before.lines, before.lines + within.lines),
  };
}

function sizesOf(marks: readonly number[]): { readonly bytes: number; readonly lines: number } {
  let bytes = 0;
  let lines = 0;
  for (const mark of marks) {
    bytes += mark % UNDATED;
    if (mark === 0) lines += 1;
  }
  return { bytes, lines };
}

/** The items of a part, in their order. */
export function itemsOf({ marks, rows, lines }: BlockPart): readonly InboxItem[] {
  const reader = new RowBinaryReader(rows);
  const others = linesOf(lines);
  let next = 0;
  return marks.flatMap((mark): readonly InboxItem[] => {
    if (mark === 0) return others.slice(next, ++next);
    const signal = readSignalRow(reader);
    const item = { kind: "signal", source: signal.source, messageId: signal.messageId, signal } as const;
    return [mark >= UNDATED ? { ...item, undated: true } : item];
  });
}

/** Our own bytes, checked when they were acknowledged. One document is read faster than a thousand. */
export function linesOf(lines: readonly string[]): readonly InboxItem[] {
  const items: readonly InboxItem[] = JSON.parse(`[${lines.join(",")}]`);
  return items;
}
