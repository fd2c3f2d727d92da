/** A table of numbers in one array, row after row: `values[i·columns + k]`. Large fits take it as it is, without a copy. */
export interface DenseRows {
  readonly values: Float64Array;
  readonly columns: number;
}

/** Units by row: a list of rows, or one packed array. */
export type Rows = readonly (readonly number[])[] | DenseRows;

/**
 * Packs rows into one array; what is packed already is passed through, not copied.
 *
 * @returns null when rows differ in length, a number is not finite or the array is not a whole number of rows.
 * @part logisticRegression
 * @example
 * denseRows([[1, 2], [3, 4]]).columns // => 2
 * denseRows([[1, 2], [3]]) // => null
 */
export function denseRows(rows: Rows): DenseRows | null {
  const packed = "columns" in rows ? rows : pack(rows);
  if (packed === null || !Number.isSafeInteger(packed.columns) || packed.columns < 0) return null;
  const { values, columns } = packed;
  if (columns === 0 ? values.length > 0 : values.length % columns !== 0) return null;
  return allFinite(values) ? packed : null;
}

/** Whether no number is NaN or infinite. */
export function allFinite(values: Float64Array): boolean {
  // One pass without a branch a number: x − x is NaN exactly where x is not finite. Two sums, as each waits for its last addition.
  let [even, odd] = [0, 0];
  for (let i = 0; i < values.length; i += 2) {
    const x = values[i] ?? 0;
    const y = values[Math.min(i + 1, values.length - 1)] ?? 0;
    even += x - x;
    odd += y - y;
  }
  return even + odd === 0;
}

/** How many rows there are; packed rows without columns have none. */
export function rowCount(rows: Rows): number {
  return "columns" in rows ? (rows.columns === 0 ? 0 : rows.values.length / rows.columns) : rows.length;
}

/*
 * The three products below are where large fits spend their time. Each takes four rows at a time, so that the vector or the
 * square is read and written once for four of them. Beyond the last row the last one stands in, with a weight of 0.
 */

/** Writes x·v of each row into `product`, one place a row. */
export function rowsTimes({ values, columns }: DenseRows, vector: Float64Array, product: Float64Array): void {
  const n = product.length;
  const last = (n - 1) * columns;
  for (let i = 0; i < n; i += 4) {
    const a = i * columns;
    const b = Math.min(a + columns, last);
    const c = Math.min(b + columns, last);
    const d = Math.min(c + columns, last);
    let ta = 0;
    let tb = 0;
    let tc = 0;
    let td = 0;
    for (let k = 0; k < columns; k++) {
      const v = vector[k] ?? 0;
      ta += v * (values[a + k] ?? 0);
      tb += v * (values[b + k] ?? 0);
      tc += v * (values[c + k] ?? 0);
      td += v * (values[d + k] ?? 0);
    }
    product[i] = ta;
    if (i + 1 < n) product[i + 1] = tb;
    if (i + 2 < n) product[i + 2] = tc;
    if (i + 3 < n) product[i + 3] = td;
  }
}

/** Σ wᵢ·xᵢ over the rows. */
export function weightedSum({ values, columns }: DenseRows, weights: Float64Array): Float64Array {
  const sum = new Float64Array(columns);
  const n = weights.length;
  const last = (n - 1) * columns;
  for (let i = 0; i < n; i += 4) {
    const a = i * columns;
    const b = Math.min(a + columns, last);
    const c = Math.min(b + columns, last);
    const d = Math.min(c + columns, last);
    const wa = weights[i] ?? 0;
    const wb = i + 1 < n ? (weights[i + 1] ?? 0) : 0;
    const wc = i + 2 < n ? (weights[i + 2] ?? 0) : 0;
    const wd = i + 3 < n ? (weights[i + 3] ?? 0) : 0;
    for (let k = 0; k < columns; k++)
      sum[k] =
        (sum[k] ?? 0) +
        (wa * (values[a + k] ?? 0) + wb * (values[b + k] ?? 0) + wc * (values[c + k] ?? 0) + wd * (values[d + k] ?? 0));
  }
  return sum;
}

/**
 * Σ wᵢ·xᵢxᵢᵀ over the rows: the lower triangle, row after row in a full square. What lies above the diagonal is not to be read.
 *
 * Two rows of the square at a time, so that each number of the table is read once for both.
 */
export function weightedSquares({ values, columns }: DenseRows, weights: Float64Array): Float64Array {
  // One row more than the square has: a last row without a partner is its own, and its copy goes there.
  const squares = new Float64Array((columns + 1) * columns);
  const n = weights.length;
  const last = (n - 1) * columns;
  for (let i = 0; i < n; i += 4) {
    const a = i * columns;
    const b = Math.min(a + columns, last);
    const c = Math.min(b + columns, last);
    const d = Math.min(c + columns, last);
    const wa = weights[i] ?? 0;
    const wb = i + 1 < n ? (weights[i + 1] ?? 0) : 0;
    const wc = i + 2 < n ? (weights[i + 2] ?? 0) : 0;
    const wd = i + 3 < n ? (weights[i + 3] ?? 0) : 0;
    for (let k = 0; k < columns; k += 2) {
      const partner = Math.min(k + 1, columns - 1);
      const ka = wa * (values[a + k] ?? 0);
      const kb = wb * (values[b + k] ?? 0);
      const kc = wc * (values[c + k] ?? 0);
      const kd = wd * (values[d + k] ?? 0);
      const pa = wa * (values[a + partner] ?? 0);
      const pb = wb * (values[b + partner] ?? 0);
      const pc = wc * (values[c + partner] ?? 0);
      const pd = wd * (values[d + partner] ?? 0);
      const row = k * columns;
      const next = row + columns;
      for (let l = 0; l <= partner; l++) {
        const xa = values[a + l] ?? 0;
        const xb = values[b + l] ?? 0;
        const xc = values[c + l] ?? 0;
        const xd = values[d + l] ?? 0;
        squares[row + l] = (squares[row + l] ?? 0) + (ka * xa + kb * xb + kc * xc + kd * xd);
        squares[next + l] = (squares[next + l] ?? 0) + (pa * xa + pb * xb + pc * xc + pd * xd);
      }
    }
  }
  return squares;
}

function pack(rows: readonly (readonly number[])[]): DenseRows | null {
  const columns = rows[0]?.length ?? 0;
  const values = new Float64Array(rows.length * columns);
  let at = 0;
  for (const row of rows) {
    if (row.length !== columns) return null;
    for (let k = 0; k < columns; k++) values[at++] = row[k] ?? NaN;
  }
  return { values, columns };
}
