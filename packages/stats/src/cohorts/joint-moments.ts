/**
 * Sufficient statistics of an outcome and covariates measured on the same units: means, and sums of products of deviations from them.
 * Index 0 is the outcome. Kept centred, as `Moments` are.
 */
export interface JointMoments {
  readonly n: number;
  readonly means: readonly number[];
  /** Σ (x_i − x̄_i)(x_j − x̄_j), symmetric. */
  readonly products: readonly (readonly number[])[];
}

/**
 * Joint moments of rows of equal length, the outcome first.
 *
 * @part linAdjusted
 * @example
 * jointMomentsOf([[1, 0], [3, 4]]) // => { n: 2, means: [2, 2], products: [[2, 4], [4, 8]] }
 */
export function jointMomentsOf(rows: Iterable<readonly number[]>): JointMoments {
  let n = 0;
  let means: number[] = [];
  let products: number[][] = [];
  for (const row of rows) {
    if (n === 0) {
      means = row.map(() => 0);
      products = row.map(() => row.map(() => 0));
    }
    n++;
    const before = means.map((mean, i) => (row[i] ?? NaN) - mean);
    means = means.map((mean, i) => mean + (before[i] ?? NaN) / n);
    // One factor from before and one from after the mean moved: Welford's update for products.
    products = products.map((line, i) =>
      line.map((sum, j) => sum + (((before[i] ?? NaN) * (before[j] ?? NaN)) / n) * (n - 1)),
    );
  }
  return { n, means, products };
}

/**
 * Two disjoint groups of units as one. Associative and commutative up to rounding.
 *
 * @see Chan, Golub & LeVeque (1983), "Algorithms for computing the sample variance", eq. 2.1
 * @part linAdjusted
 * @example
 * mergeJointMoments(jointMomentsOf([[1, 0]]), jointMomentsOf([[3, 4]])) // => { n: 2, means: [2, 2] }
 */
export function mergeJointMoments(a: JointMoments, b: JointMoments): JointMoments {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const gaps = a.means.map((mean, i) => (b.means[i] ?? NaN) - mean);
  const shift = (a.n / n) * b.n;
  return {
    n,
    means: a.means.map((mean, i) => mean + ((gaps[i] ?? NaN) * b.n) / n),
    products: a.products.map((line, i) =>
      line.map((sum, j) => sum + (b.products[i]?.[j] ?? NaN) + shift * (gaps[i] ?? NaN) * (gaps[j] ?? NaN)),
    ),
  };
}

/** True when all numbers are finite and the shapes agree. */
export function areJointMomentsValid({ n, means, products }: JointMoments): boolean {
  return (
    Number.isFinite(n) &&
    n >= 0 &&
    means.every(Number.isFinite) &&
    products.length === means.length &&
    products.every((line) => line.length === means.length && line.every(Number.isFinite))
  );
}
