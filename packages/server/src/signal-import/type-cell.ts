import type { SignalsMappingSignal } from "@ratchet/protocol";
import type { Blame } from "../import/row-reader.ts";
import type { TableRow } from "../table/table-row.ts";
import type { Columns } from "./field-cell.ts";

/** What a row says happened; null where that is nothing, or where it is unknown, which was noted. */
export function typeReader(
  { type }: SignalsMappingSignal,
  columns: Columns,
): (row: TableRow, blame: Blame) => string | null {
  if (typeof type === "string") return () => type;
  const read = columns(type.column);
  const types = new Map(Object.entries(type.values));
  const otherwise = type.otherwise ?? "quarantine";
  return (row, blame) => {
    const cell = read(row);
    const found = types.get(cell);
    if (found !== undefined) return found;
    if (otherwise === "quarantine")
      blame(
        "type.unknown",
        `${type.column}: "${cell}" is not among the map's values; add it there, or say otherwise: skip`,
      );
    return otherwise === "quarantine" || otherwise === "skip" ? null : otherwise;
  };
}

/** Whether a row gives a signal at all. */
export function conditionReader({ when }: SignalsMappingSignal, columns: Columns): (row: TableRow) => boolean {
  const conditions = [when ?? []].flat().map((condition) => {
    const read = columns(condition.column);
    const wanted = condition.in === undefined ? null : new Set(condition.in);
    const unwanted = new Set(condition.not_in ?? []);
    return (row: TableRow): boolean => {
      const cell = read(row);
      if (condition.filled !== undefined && (cell !== "") !== condition.filled) return false;
      return (wanted === null || wanted.has(cell)) && !unwanted.has(cell);
    };
  });
  return (row) => conditions.every((holds) => holds(row));
}
