import type { CellReader } from "../table/lookups.ts";
import type { TableRow } from "../table/table-row.ts";
import type { Label } from "./population.ts";

/** Rows that are compared with their outcome. */
const ROWS_MAX = 60_000;

/** Cells beside their outcome: every k-th row of a file, k growing with it. */
export interface LeakSample {
  readonly labels: readonly boolean[];
  /** By column, in the order of `labels`. */
  readonly cells: ReadonlyMap<string, readonly string[]>;
}

/** Collects the sample as the file is read. */
export function leakSampler(
  columns: readonly (readonly [name: string, cellOf: CellReader])[],
  labelOf: (row: TableRow) => Label,
): { add(row: TableRow): void; done(): LeakSample } {
  let stride = 1;
  let seen = 0;
  let kept: { readonly label: boolean; readonly cells: readonly string[] }[] = [];
  return {
    add: (row) => {
      const label = labelOf(row);
      if (label === null) return;
      seen += 1;
      if (seen % stride !== 0) return;
      kept.push({ label, cells: columns.map(([, cellOf]) => cellOf(row)) });
      if (kept.length <= ROWS_MAX) return;
      kept = kept.filter((_, i) => i % 2 === 1);
      stride *= 2;
    },
    done: () => ({
      labels: kept.map(({ label }) => label),
      cells: new Map(columns.map(([name], i) => [name, kept.map(({ cells }) => cells[i] ?? "")])),
    }),
  };
}
