import type { CellReader } from "../table/lookups.ts";
import type { TableRow } from "../table/table-row.ts";

/** What a whole column holds. */
export interface ColumnTally {
  readonly name: string;
  readonly rows: number;
  /** Rows whose cell says something. */
  readonly filled: number;
  /** How often each cell occurs; null where there are more than 1,000 different ones: ids, amounts, times. */
  readonly values: ReadonlyMap<string, number> | null;
  /** The first rows that are blank. */
  readonly blankRows: readonly number[];
}

const VALUES_MAX = 1000;
const BLANK_ROWS_SHOWN = 5;

/** Counts one column as its file is read. */
export function columnTally(name: string, cellOf: CellReader): { add(row: TableRow): void; done(): ColumnTally } {
  let rows = 0;
  let filled = 0;
  let values: Map<string, number> | null = new Map();
  const blankRows: number[] = [];
  return {
    add: (row) => {
      rows += 1;
      const cell = cellOf(row);
      if (cell === "") {
        if (blankRows.length < BLANK_ROWS_SHOWN) blankRows.push(row.n);
        return;
      }
      filled += 1;
      if (values === null) return;
      values.set(cell, (values.get(cell) ?? 0) + 1);
      if (values.size > VALUES_MAX) values = null;
    },
    done: () => ({ name, rows, filled, values, blankRows }),
  };
}
