import type { OutcomeCell } from "./cell.ts";

/** Sufficient statistics of a group of cells. */
export interface CellTotals {
  readonly n: number;
  readonly nonZero: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** Adds cells up, whatever distinguishes them. */
export function sumCells(cells: readonly OutcomeCell[]): CellTotals {
  let n = 0;
  let nonZero = 0;
  let sum = 0;
  let sumSquares = 0;
  for (const cell of cells) {
    n += cell.n;
    nonZero += cell.nonZero;
    sum += cell.sum;
    sumSquares += cell.sumSquares;
  }
  return { n, nonZero, sum, sumSquares };
}

/** Cells by a key, in order of first appearance. */
export function groupCells(
  cells: readonly OutcomeCell[],
  keyOf: (cell: OutcomeCell) => string | number,
): readonly (readonly OutcomeCell[])[] {
  const groups = new Map<string | number, OutcomeCell[]>();
  for (const cell of cells) {
    const key = keyOf(cell);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return [...groups.values()];
}
