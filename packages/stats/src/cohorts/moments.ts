/**
 * Sufficient statistics of a sample for its mean and variance: count, mean and sum of squared deviations from it.
 *
 * Kept centred, because sums of squares lose all digits when the mean is large against the spread.
 */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly m2: number;
}

/** Nothing seen yet. */
export const emptyMoments: Moments = { n: 0, mean: 0, m2: 0 };

/**
 * One more observation.
 *
 * @see Welford (1962), "Note on a method for calculating corrected sums of squares and products".
 * @part momentsOf
 * @example
 * addObservation({ n: 1, mean: 2, m2: 0 }, 4) // => { n: 2, mean: 3, m2: 2 }
 */
export function addObservation(m: Moments, x: number): Moments {
  const n = m.n + 1;
  const delta = x - m.mean;
  const mean = m.mean + delta / n;
  return { n, mean, m2: m.m2 + delta * (x - mean) };
}

/**
 * Two disjoint samples as one. Associative and commutative up to rounding; `emptyMoments` is neutral.
 *
 * @see Chan, Golub & LeVeque (1983), "Algorithms for computing the sample variance", eq. 2.1.
 * @part momentsOf
 * @example
 * mergeMoments(momentsOf([1, 2]), momentsOf([3])) // => { n: 3, mean: 2, m2: 2 }
 */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const delta = b.mean - a.mean;
  return { n, mean: a.mean + (delta * b.n) / n, m2: a.m2 + b.m2 + (delta * delta * a.n * b.n) / n };
}

/**
 * From the sums a database gives. Where the deviations are within the rounding of the sums they are reported as 0,
 * so that a constant sample is seen as constant and never as one of a tiny (or negative) variance.
 *
 * @part momentsOf
 * @example
 * momentsFromSums({ n: 3, sum: 6, sumSquares: 14 }) // => { n: 3, mean: 2, m2: 2 }
 */
export function momentsFromSums({
  n,
  sum,
  sumSquares,
}: {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}): Moments {
  if (n === 0) return emptyMoments;
  const mean = sum / n;
  const m2 = sumSquares - sum * mean;
  const rounding = sumSquares * Number.EPSILON * Math.min(1e6, Math.max(8, n));
  return { n, mean, m2: m2 <= rounding ? 0 : m2 };
}

/**
 * Moments of n units of which `conversions` had outcome 1 and the others 0.
 *
 * @part momentsOf
 * @example
 * momentsFromConversions({ n: 10, conversions: 4 }) // => { n: 10, mean: 0.4, m2: 2.4 }
 */
export function momentsFromConversions({
  n,
  conversions,
}: {
  readonly n: number;
  readonly conversions: number;
}): Moments {
  if (n === 0) return emptyMoments;
  const mean = conversions / n;
  return { n, mean, m2: conversions * (1 - mean) };
}

/**
 * Moments of raw observations.
 *
 * @formula n, x̄ = Σx/n, m₂ = Σ (x − x̄)²
 * @assumes none
 * @see Welford (1962), "Note on a method for calculating corrected sums of squares and products"
 * @example
 * momentsOf([1, 2, 3]) // => { n: 3, mean: 2, m2: 2 }
 */
export function momentsOf(xs: Iterable<number>): Moments {
  let m = emptyMoments;
  for (const x of xs) m = addObservation(m, x);
  return m;
}

/**
 * Unbiased variance m2 / (n - 1); null when fewer than two observations make it undefined.
 *
 * @part momentsOf
 * @example
 * sampleVariance(momentsOf([1, 2, 4])) // => 2.3333
 */
export function sampleVariance(m: Moments): number | null {
  return m.n >= 2 ? m.m2 / (m.n - 1) : null;
}

/** True when the three numbers can describe a sample: n a count, mean finite, m2 finite and not negative. */
export function areMomentsValid(m: Moments): boolean {
  return Number.isFinite(m.n) && m.n >= 0 && Number.isFinite(m.mean) && Number.isFinite(m.m2) && m.m2 >= 0;
}
