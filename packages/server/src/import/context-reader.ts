import type { Context } from "@ratchet/engine";
import { truthOf } from "./cell-words.ts";
import type { ColumnIndex } from "./columns.ts";
import type { ImportMapping } from "./import-mapping.ts";
import type { Blame } from "./row-reader.ts";

interface Field {
  readonly name: string;
  readonly index: number;
  readonly column: string;
  readonly type: "string" | "number" | "boolean";
}

/** Reads the columns known at decision time. An empty cell is null: not known, never "" or 0. */
export function contextReader(
  { document }: ImportMapping,
  columns: ColumnIndex,
): (fields: readonly string[], blame: Blame) => Context {
  const wanted = (document.context ?? []).map((field): Field => {
    const { column, as, type } = typeof field === "string" ? { column: field, as: undefined, type: undefined } : field;
    return { name: as ?? column, index: columns(column), column, type: type ?? "string" };
  });
  return (fields, blame) =>
    Object.fromEntries(wanted.map((field) => [field.name, valueOf(field, (fields[field.index] ?? "").trim(), blame)]));
}

function valueOf(field: Field, cell: string, blame: Blame): string | number | boolean | null {
  if (cell === "") return null;
  if (field.type === "string") return cell;
  if (field.type === "number") {
    const value = Number(cell);
    if (Number.isFinite(value)) return value;
    blame("context.not_a_number", `${field.column}: "${cell}" is not a number`);
    return null;
  }
  const truth = truthOf(cell);
  if (truth === null) blame("context.not_a_boolean", `${field.column}: "${cell}" is neither true nor false`);
  return truth;
}
