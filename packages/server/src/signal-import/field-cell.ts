import type { SignalsMappingField } from "@ratchet/protocol";
import type { CellReader } from "../table/lookups.ts";
import type { TableRow } from "../table/table-row.ts";

/** Finds the reader of a column. */
export type Columns = (column: string) => CellReader;

/** The text of a field in a row; null where it is empty. */
export function fieldReader(field: SignalsMappingField, columns: Columns): (row: TableRow) => string | null {
  if (typeof field === "string") {
    const read = columns(field);
    return (row) => read(row) || null;
  }
  if ("constant" in field) return () => field.constant;
  const read = columns(field.column);
  const words = new Map(Object.entries(field.values ?? {}));
  return (row) => {
    const cell = read(row);
    return (words.get(cell) ?? cell) || null;
  };
}

/** The reader of a field that a map may leave out. */
export function optionalField(
  field: SignalsMappingField | undefined,
  columns: Columns,
): (row: TableRow) => string | null {
  return field === undefined ? () => null : fieldReader(field, columns);
}
