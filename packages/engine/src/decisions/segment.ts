import { segmentId, type SegmentId } from "../ids.ts";
import type { Context } from "../context.ts";

/** One level of a segment tree: a context field, cut at breaks where it is a number. */
export interface SegmentLevel {
  readonly field: string;
  /** Ascending cut points; a value v falls in the bin of the last break ≤ v. Absent: the value itself names the segment. */
  readonly breaks?: readonly number[];
}

/** The root: every unit belongs to it. */
export const ALL: SegmentId = segmentId("all");

// oxlint-disable-next-line no-control-regex -- control characters, and halves of surrogate pairs, are what an id may not hold
const UNSAFE = /[\u0000-\u001f\u007f\p{Cs}]/gu;
/** Longest part of a segment's name that is kept from a context value, in characters. */
const VALUE_LENGTH_MAX = 40;

/** The leaf segment of a unit: one part a level, `(none)` where the context does not say. */
export function segmentOf(levels: readonly SegmentLevel[], context: Context): SegmentId {
  return segmentId(
    ["all", ...levels.map((level) => `${level.field}=${valueName(level, context[level.field])}`)].join("/"),
  );
}

/** A segment and its ancestors, nearest first, ending with `all`. */
export function lineageOf(segment: SegmentId): readonly SegmentId[] {
  const parts = segment.split("/");
  return parts.map((_, i) => segmentId(parts.slice(0, parts.length - i).join("/")));
}

/** Whether `segment` lies in `ancestor`; every segment lies in itself. */
export function isWithin(segment: SegmentId, ancestor: SegmentId): boolean {
  return segment === ancestor || segment.startsWith(`${ancestor}/`);
}

function valueName(level: SegmentLevel, value: Context[string] | undefined): string {
  if (value === undefined || value === null || value === "") return "(none)";
  if (level.breaks !== undefined && typeof value === "number") return binName(level.breaks, value);
  const text = String(value).replaceAll("/", "∕").replaceAll(UNSAFE, "�");
  return Array.from(text).slice(0, VALUE_LENGTH_MAX).join("");
}

function binName(breaks: readonly number[], value: number): string {
  const above = breaks.filter((b) => value >= b).length;
  const from = breaks[above - 1];
  const to = breaks[above];
  if (from === undefined) return to === undefined ? "any" : `<${to}`;
  return to === undefined ? `≥${from}` : `${from}–<${to}`;
}
