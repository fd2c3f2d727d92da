import type { Instant } from "@ratchet/engine";
import { truthOf } from "../import/cell-words.ts";
import type { TimeCell } from "../signal-import/time-cell.ts";
import type { CellReader } from "../table/lookups.ts";
import type { TableRow } from "../table/table-row.ts";
import type { DataShape, OutcomeShape } from "./data-shape.ts";

/** One unit: when it entered, and what is known of its outcome. */
export interface UnitHistory {
  readonly unit: string;
  start: Instant | null;
  /** When its outcome was settled, either way; null: not yet, or nobody says when. */
  settledAt: Instant | null;
  happenedAt: Instant | null;
  happened: boolean;
  rows: number;
  readonly firstRow: number;
}

/** Everybody in a file, and the last time that it mentions. */
export interface Population {
  readonly units: readonly UnitHistory[];
  readonly last: Instant | null;
  /** Rows tell events, many a unit, and not units. */
  readonly isEventLog: boolean;
}

/** What a row says of the outcome; null: not known yet. */
export type Label = boolean | null;

/** Units that are remembered; later ones are left out of the report. */
const UNITS_MAX = 1_000_000;
/** From so many rows a unit on, a file tells events and not units. */
const EVENT_LOG_ROWS_PER_UNIT = 1.5;

/** Reads the outcome of a row. */
export function labelReader(outcome: OutcomeShape, columns: (name: string) => CellReader): (row: TableRow) => Label {
  const cellOf = outcome.column === null ? null : columns(outcome.column);
  const at = outcome.at === null ? null : columns(outcome.at.column);
  return (row) => {
    if (cellOf === null) return at !== null && at(row) !== "";
    const cell = cellOf(row);
    if (outcome.pending.has(cell)) return null;
    return outcome.positive === null ? cell !== "" && truthOf(cell) !== false : outcome.positive.has(cell);
  };
}

/** Collects the units of a file as it is read; null where the map names none. */
export function populationCollector(
  { unit, starts, outcome }: DataShape,
  columns: (name: string) => CellReader,
): { add(row: TableRow): void; done(): Population } | null {
  if (unit === null || outcome === null) return null;
  const nameOf = columns(unit);
  const startOf = timeAt(starts ?? outcome.at, columns);
  const settledAt = timeAt(outcome.at, columns);
  const labelOf = labelReader(outcome, columns);
  const byName = new Map<string, UnitHistory>();
  let last: Instant | null = null;
  return {
    add: (row) => {
      const name = nameOf(row);
      if (name === "" || row.fault !== null) return;
      const label = labelOf(row);
      const start = startOf(row);
      const at = label === null ? null : settledAt(row);
      for (const seen of [start, settledAt(row)]) if (seen !== null && (last === null || seen > last)) last = seen;
      const before = byName.get(name);
      if (before === undefined && byName.size >= UNITS_MAX) return;
      const history = before ?? newUnit(name, row.n);
      history.rows += 1;
      history.start = earlier(history.start, start);
      history.settledAt = earlier(history.settledAt, at);
      if (label === true) {
        history.happened = true;
        history.happenedAt = earlier(history.happenedAt, at);
      }
      byName.set(name, history);
    },
    done: () => {
      const all = [...byName.values()];
      const rows = all.reduce((sum, one) => sum + one.rows, 0);
      // In an event log every row has a time, and only the outcome's own row settles anything.
      const isEventLog = rows > EVENT_LOG_ROWS_PER_UNIT * all.length;
      const units = isEventLog ? all.map((one) => ({ ...one, settledAt: one.happenedAt })) : all;
      return { units, last, isEventLog };
    },
  };
}

function newUnit(unit: string, firstRow: number): UnitHistory {
  return { unit, start: null, settledAt: null, happenedAt: null, happened: false, rows: 0, firstRow };
}

function timeAt(cell: TimeCell | null, columns: (name: string) => CellReader): (row: TableRow) => Instant | null {
  if (cell === null) return () => null;
  const read = columns(cell.column);
  return (row) => {
    const text = read(row);
    const parsed = text === "" ? null : cell.read(text);
    return parsed?.kind === "ok" ? parsed.value : null;
  };
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  return b === null || a <= b ? a : b;
}
