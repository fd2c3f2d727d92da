/** One unit's columns that are not 0, each column at most once, with their values: equally many. */
export interface SparseRow {
  readonly columns: Uint32Array;
  readonly values: Float64Array;
}

/** Units by row with most columns 0, in three arrays: row i is from `starts[i]` to `starts[i + 1]` of `columns` and `values`. */
export interface SparseRows {
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float64Array;
  /** Columns there are: every entry of `columns` is below it. */
  readonly width: number;
}

/**
 * Packs rows into three arrays.
 *
 * @returns null for a column not below `width`, a value that is not finite, or a row with more columns than values or the reverse.
 * @part sparseMultinomial
 * @example
 * const rows = [{ columns: Uint32Array.of(1), values: Float64Array.of(2) }];
 * sparseRows(rows, 2).starts // => [0, 1]
 * sparseRows(rows, 1) // => null
 */
export function sparseRows(rows: readonly SparseRow[], width: number): SparseRows | null {
  if (!Number.isSafeInteger(width) || width < 0) return null;
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach(({ columns }, i) => (starts[i + 1] = (starts[i] ?? 0) + columns.length));
  const packed = {
    starts,
    columns: new Uint32Array(starts[rows.length] ?? 0),
    values: new Float64Array(starts[rows.length] ?? 0),
    width,
  };
  for (const [i, { columns, values }] of rows.entries()) {
    if (columns.length !== values.length) return null;
    packed.columns.set(columns, starts[i]);
    packed.values.set(values, starts[i]);
  }
  return isSound(packed) ? packed : null;
}

/** The rows of the units chosen, in that order. */
export function chosenRows({ starts, columns, values, width }: SparseRows, chosen: readonly number[]): SparseRows {
  const bounds = chosen.map((i) => [starts[i] ?? 0, starts[i + 1] ?? 0] as const);
  const packed = new Uint32Array(chosen.length + 1);
  bounds.forEach(([from, to], k) => (packed[k + 1] = (packed[k] ?? 0) + to - from));
  const total = packed[chosen.length] ?? 0;
  const picked = { starts: packed, columns: new Uint32Array(total), values: new Float64Array(total), width };
  bounds.forEach(([from, to], k) => {
    picked.columns.set(columns.subarray(from, to), packed[k]);
    picked.values.set(values.subarray(from, to), packed[k]);
  });
  return picked;
}

/** Row i, in the same memory. */
export function rowAt({ starts, columns, values }: SparseRows, i: number): SparseRow {
  const [from, to] = [starts[i] ?? 0, starts[i + 1] ?? 0];
  return { columns: columns.subarray(from, to), values: values.subarray(from, to) };
}

function isSound({ columns, values, width }: SparseRows): boolean {
  return columns.every((column) => column < width) && values.every(Number.isFinite);
}
