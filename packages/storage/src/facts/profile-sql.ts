import { instant, type Instant } from "@ratchet/engine";
import type { ColumnReader } from "./result-columns.ts";

/** The signals that a data profile is about, by when they were received. */
export const RECEIVED = `workspace = {workspace:String} AND toUnixTimestamp64Milli(received_at) >= {from:Int64}
  AND toUnixTimestamp64Milli(received_at) < {to:Int64}`;

/** The beginning of the UTC day or hour that a column's time lies in. */
export function beginningSql(column: string, lengthMs: number): string {
  return `intDiv(toUnixTimestamp64Milli(${column}), ${lengthMs}) * ${lengthMs}`;
}

export function timeOf(column: ColumnReader): Instant {
  return instant(column.number());
}

export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
