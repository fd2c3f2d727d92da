import { Matrix } from "ml-matrix";
import { scaledCholesky } from "../numerics/scaled-cholesky.ts";

/** A level of each unit and of each period, ready to be taken out of any column of a panel. */
export interface TwoWayEffects {
  /** Free levels: units + periods − 1. */
  readonly parameters: number;
  /** Pull of every row on its own fit by the levels alone. */
  readonly leverages: Float64Array;
  /** What the levels leave of a column. */
  readonly residuals: (column: readonly number[]) => Float64Array;
}

/** One side of the panel: rows by number of their label. */
interface Side {
  readonly codes: Uint32Array;
  readonly size: number;
}

/** Rows of one label of the larger side: how many fall on each label of the smaller. */
type Cells = ReadonlyMap<number, number>;

/**
 * The levels are taken out as Frisch, Waugh and Lovell have it, not estimated as dummies. Those of the larger side cost a mean each;
 * what is left of the smaller side's dummies is a system of its size, the same for every column: O(rows·smaller + smaller³).
 *
 * @returns null when rows fall apart into groups that share neither a unit nor a period: their levels cannot be told apart.
 * @see Wooldridge (2010), "Econometric Analysis of Cross Section and Panel Data", section 10.5; Abowd, Kramarz & Margolis (1999),
 * "High wage workers and high wage firms", for unbalanced panels.
 */
export function twoWayEffects(units: readonly number[], periods: readonly number[]): TwoWayEffects | null {
  const [a, b] = [codedSide(units), codedSide(periods)];
  const [many, few] = a.size >= b.size ? [a, b] : [b, a];
  const cells = cellsOf(many, few);
  const totals = cells.map((counts) => [...counts.values()].reduce((t, n) => t + n, 0));
  const left = few.size === 1 ? NOTHING : scaledCholesky(withinProducts(cells, totals, few.size));
  if (left === null) return null;
  const takeOut = (column: Float64Array): Float64Array => {
    const within = lessMeans(column, many, totals);
    const sums = new Float64Array(few.size);
    few.codes.forEach((code, row) => (sums[code] = (sums[code] ?? 0) + (within[row] ?? 0)));
    const levels = left.solve(sums.subarray(1));
    few.codes.forEach((code, row) => (within[row] = (within[row] ?? 0) - (code === 0 ? 0 : (levels[code - 1] ?? 0))));
    return lessMeans(within, many, totals);
  };
  return {
    parameters: many.size + few.size - 1,
    leverages: leverages({ many, few, cells, totals }, left.inverse()),
    // The second time takes out what rounding left of the levels the first time.
    residuals: (column) => takeOut(takeOut(Float64Array.from(column))),
  };
}

/** The system of a smaller side with one label, which has nothing left to tell apart. */
const NOTHING = { solve: () => new Float64Array(0), inverse: (): readonly (readonly number[])[] => [] };

function codedSide(labels: readonly number[]): Side {
  const known = new Map<number, number>();
  const codes = Uint32Array.from(labels, (label) => {
    const code = known.get(label) ?? known.size;
    known.set(label, code);
    return code;
  });
  return { codes, size: known.size };
}

function cellsOf(many: Side, few: Side): readonly Cells[] {
  const cells = Array.from({ length: many.size }, () => new Map<number, number>());
  many.codes.forEach((label, row) => {
    const code = few.codes[row] ?? 0;
    const counts = cells[label];
    counts?.set(code, (counts.get(code) ?? 0) + 1);
  });
  return cells;
}

/** Products of the smaller side's dummies, but the first, after the larger side's means are out of them. */
function withinProducts(cells: readonly Cells[], totals: readonly number[], size: number): Matrix {
  const products = Matrix.zeros(size - 1, size - 1);
  cells.forEach((counts, label) => {
    const total = totals[label] ?? NaN;
    for (const [j, n] of counts)
      for (const [k, m] of counts)
        if (j > 0 && k > 0)
          products.set(j - 1, k - 1, products.get(j - 1, k - 1) + (j === k ? n : 0) - (n * m) / total);
  });
  return products;
}

function lessMeans(column: Float64Array, { codes, size }: Side, totals: readonly number[]): Float64Array {
  const sums = new Float64Array(size);
  codes.forEach((code, row) => (sums[code] = (sums[code] ?? 0) + (column[row] ?? 0)));
  return column.map((x, row) => {
    const code = codes[row] ?? 0;
    return x - (sums[code] ?? 0) / (totals[code] ?? NaN);
  });
}

interface Panel {
  readonly many: Side;
  readonly few: Side;
  readonly cells: readonly Cells[];
  readonly totals: readonly number[];
}

/** A row's dummy d̃ after the means are out: 1/total + d̃'G d̃, G the inverse of their products. */
function leverages({ many, few, cells, totals }: Panel, inverse: readonly (readonly number[])[]): Float64Array {
  const g = (j: number, k: number): number => inverse[j - 1]?.[k - 1] ?? 0;
  const pulls = cells.map((counts, label) => {
    const total = totals[label] ?? NaN;
    const shared = new Map<number, number>();
    let all = 0;
    for (const [j, n] of counts) {
      let sum = 0;
      for (const [k, m] of counts) sum += m * g(j, k);
      shared.set(j, sum / total);
      all += (n * sum) / total / total;
    }
    return new Map([...shared].map(([j, mean]) => [j, 1 / total + g(j, j) - 2 * mean + all]));
  });
  return Float64Array.from(few.codes, (code, row) => pulls[many.codes[row] ?? 0]?.get(code) ?? NaN);
}
