import type { SignalsMappingSignal } from "@ratchet/protocol";
import { truthOf } from "../import/cell-words.ts";
import type { Blame } from "../import/row-reader.ts";
import type { TableRow } from "../table/table-row.ts";
import { fieldReader, optionalField, type Columns } from "./field-cell.ts";

type Property = NonNullable<SignalsMappingSignal["properties"]>[number];
type PropertyValue = string | number | boolean;
type PropertyReader = (row: TableRow, blame: Blame) => PropertyValue | null;

/** Reads what a row tells beside who, what and when. Empty cells are left out. */
export function propertyReader(
  signal: SignalsMappingSignal,
  columns: Columns,
): (row: TableRow, blame: Blame) => Readonly<Record<string, PropertyValue>> {
  const readers = (signal.properties ?? []).map(
    (property) => [nameOf(property), valueReader(property, columns)] as const,
  );
  return (row, blame) =>
    Object.fromEntries(
      readers.flatMap(([name, read]): (readonly [string, PropertyValue])[] => {
        const value = read(row, blame);
        return value === null ? [] : [[name, value]];
      }),
    );
}

function nameOf(property: Property): string {
  if (typeof property === "string") return property;
  return "constant" in property ? property.as : (property.as ?? property.column);
}

function valueReader(property: Property, columns: Columns): PropertyReader {
  if (typeof property === "string") return fieldReader(property, columns);
  if ("constant" in property) return () => property.constant;
  const { column, type = "string", values } = property;
  const read = fieldReader(values === undefined ? column : { column, values }, columns);
  if (type === "string") return read;
  return (row, blame) => {
    const cell = read(row);
    if (cell === null) return null;
    const value = type === "number" ? numberOf(cell) : truthOf(cell);
    if (value === null)
      blame(
        type === "number" ? "context.not_a_number" : "context.not_a_boolean",
        `${column}: "${cell}" is ${type === "number" ? "not a number" : "neither true nor false"}`,
      );
    return value;
  };
}

function numberOf(cell: string): number | null {
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

/** Stages that the unit named entered before; beyond it new ones have no previous stage. */
const UNITS_REMEMBERED_MAX = 1_000_000;

/** What a row says of a stage transition, as properties in the words that live sources use; empty where it is none. */
export function stageReader(
  { stage }: SignalsMappingSignal,
  columns: Columns,
): (row: TableRow, unit: string, at: number) => Readonly<Record<string, string>> {
  if (stage === undefined) return () => ({});
  const pipeline = optionalField(stage.pipeline, columns);
  const to = fieldReader(stage.to, columns);
  const source = optionalField(stage.source, columns);
  const previous = typeof stage.from === "object" && "previous" in stage.from;
  const from =
    typeof stage.from === "object" && "previous" in stage.from ? () => null : optionalField(stage.from, columns);
  const entered = new Map<string, { readonly to: string; readonly at: number }>();
  return (row, unit, at) => {
    const told = { pipeline: pipeline(row), from: from(row), to: to(row), stage_source: source(row) };
    const key = `${told.pipeline ?? ""}\n${unit}`;
    const before = previous ? entered.get(key) : undefined;
    if (previous && told.to !== null && (before !== undefined || entered.size < UNITS_REMEMBERED_MAX))
      entered.set(key, { to: told.to, at });
    // A row that is older than the one before it was not preceded by it.
    const left = before !== undefined && before.at <= at ? before.to : told.from;
    return Object.fromEntries(
      Object.entries({ ...told, from: left }).flatMap(([name, text]) => (text === null ? [] : [[name, text] as const])),
    );
  };
}
