import {
  instant,
  later,
  parseUnitId,
  unitId,
  type Instant,
  type LoggedOutcome,
  type LoggedRow,
  type UnitId,
} from "@ratchet/engine";
import { durationMs } from "@ratchet/protocol";
import { actionReader, type ActionReader } from "./action-reader.ts";
import type { ColumnIndex } from "./columns.ts";
import { contextReader } from "./context-reader.ts";
import type { ImportMapping } from "./import-mapping.ts";
import { LogFileError } from "./log-file-error.ts";
import { outcomeReader } from "./outcome-reader.ts";
import { timeReader, type CellFault, type TimeReader } from "./time-format.ts";

/** What a row says under a map: a decision with its outcomes, one whose outcome is not known yet, or what is wrong with it. */
type RowReading =
  | { readonly kind: "row"; readonly row: LoggedRow }
  | { readonly kind: "pending"; readonly outcome: string }
  | { readonly kind: "rejected"; readonly faults: readonly CellFault[] };

/** Reads the fields of data row `n`, from 1. */
export type RowReader = (fields: readonly string[], n: number) => RowReading;

/** Takes note of what is wrong with a row; reading goes on, so that all faults are found. */
export type Blame = (code: string, message: string) => void;

interface ReaderParts {
  readonly width: number;
  readonly columns: ColumnIndex;
  /** Probability of each action by id, where the map or a first pass over the file says it; null: by column, or not at all. */
  readonly propensities: ReadonlyMap<string, number> | null;
}

/**
 * The reader of a file's rows.
 *
 * @throws LogFileError where the map's time format makes no sense.
 */
export function rowReader(mapping: ImportMapping, { width, columns, propensities }: ReaderParts): RowReader {
  const readUnit = unitReader(mapping, columns);
  const readTime = decidedAtReader(mapping, columns);
  const readAction: ActionReader = actionReader(mapping, columns, propensities);
  const readContext = contextReader(mapping, columns);
  const readOutcomes = mapping.document.outcomes.map((outcome) =>
    outcomeReader(outcome, columns, timeFormatOf(mapping)),
  );
  return (fields, n) => {
    const faults: CellFault[] = [];
    const blame: Blame = (code, message) => void faults.push({ code, message });
    if (fields.length !== width) {
      blame("row.field_count", `the row has ${fields.length} fields, the header ${width}`);
      return { kind: "rejected", faults };
    }
    const unit = readUnit(fields, n, blame);
    const at = readTime(fields, n, blame);
    const taken = readAction(fields, blame);
    const context = readContext(fields, blame);
    const outcomes: LoggedOutcome[] = [];
    let pending: string | null = null;
    for (const read of readOutcomes) {
      const outcome = read(fields, at, blame);
      if (outcome === "pending") pending ??= read.id;
      else if (outcome !== null) outcomes.push(outcome);
    }
    // Of a row that is not finished nothing is used, so it is no fault that it lacks what only a finished one has.
    if (pending !== null) return { kind: "pending", outcome: pending };
    if (faults.length > 0 || unit === null || at === null || taken === null) return { kind: "rejected", faults };
    return { kind: "row", row: { row: n, unitId: unit, at, ...taken, context, outcomes } };
  };
}

function unitReader(
  { document: { unit } }: ImportMapping,
  columns: ColumnIndex,
): (fields: readonly string[], n: number, blame: Blame) => UnitId | null {
  if ("row" in unit) return (_, n) => unitId(`row-${n}`);
  const index = columns(unit.column);
  return (fields, _, blame) => {
    const cell = (fields[index] ?? "").trim();
    const parsed = parseUnitId(cell);
    if (parsed.kind === "err")
      blame(cell === "" ? "unit.empty" : parsed.error.code, `${unit.column}: ${parsed.error.message}`);
    else if (cell.includes("\ufffd"))
      blame("unit.not_utf8", `${unit.column}: "${cell}" is not UTF-8; save the file as UTF-8`);
    else return parsed.value;
    return null;
  };
}

/** The format that times in this map have. */
function timeFormatOf({ document: { time } }: ImportMapping): TimeReader {
  const reader = timeReader("column" in time ? (time.format ?? "iso") : "iso");
  if (reader.kind === "err") throw new LogFileError("import.time_format", [reader.error]);
  return reader.value;
}

function decidedAtReader(
  mapping: ImportMapping,
  columns: ColumnIndex,
): (fields: readonly string[], n: number, blame: Blame) => Instant | null {
  const { time } = mapping.document;
  if ("row_order" in time) {
    const start = instant(Date.parse(time.row_order.start));
    const every = durationMs(time.row_order.every);
    return (_, n) => later(start, (n - 1) * every);
  }
  const index = columns(time.column);
  const read = timeFormatOf(mapping);
  return (fields, _, blame) => {
    const cell = fields[index] ?? "";
    const parsed = read(cell);
    if (parsed.kind === "ok") return parsed.value;
    if (cell.trim() === "") blame("time.empty", `${time.column}: there is no time`);
    else blame(parsed.error.code, `${time.column}: ${parsed.error.message}`);
    return null;
  };
}
