import { Matrix } from "ml-matrix";
import { refuse, type Refused } from "../refused.ts";
import { kolmogorovSf, logGamma } from "../numerics/special-functions.ts";

/** Largest gap between two distribution functions, and what it says. */
export interface TwoSampleDrift {
  readonly kind: "estimate";
  /** Kolmogorov-Smirnov statistic, in [0, 1]. */
  readonly statistic: number;
  /** Exact where counting the paths is cheap (n·m ≤ 10⁶), else asymptotic. */
  readonly pValue: number;
  /** By the one-sample distribution at the effective size n·m/(n + m). */
  readonly approximatePValue: number;
  /** Area between the two distribution functions (Wasserstein-1), in units of the metric: how far, not only whether. */
  readonly wasserstein: number;
}

const EXACT_PATHS_MAX = 1e6;
const EXACT_SIZE_MAX = 140;

/**
 * Has a continuous metric or score moved? Kolmogorov-Smirnov test and Wasserstein distance. O(n log n) beyond the exact range.
 *
 * Conservative with many ties. At thousands of units it flags shifts that do not matter: read the distance.
 *
 * @formula D = sup |F̂₁ − F̂₂|; distance = ∫ |F̂₁ − F̂₂| dx
 * @assumes independent units, a continuous metric
 * @returns `too-few` with an empty sample, `invalid-input` for anything not finite or further apart than numbers hold.
 * @see Smirnov (1939), "On the estimation of the discrepancy between empirical curves of distribution for two independent samples";
 * Kim & Jennrich (1970), "Tables of the exact sampling distribution of the two-sample Kolmogorov-Smirnov criterion", for the path
 * counts; Marsaglia, Tsang & Wang (2003), "Evaluating Kolmogorov's distribution"; Vallender (1974) for the distance
 * @example
 * const drift = twoSampleDrift([1, 2], [3, 4]);
 * drift.pValue // => 0.3333
 * drift.wasserstein // => 2
 */
export function twoSampleDrift(
  reference: readonly number[],
  current: readonly number[],
): TwoSampleDrift | Refused<"invalid-input" | "too-few"> {
  const [n, m] = [reference.length, current.length];
  if (n === 0 || m === 0) return refuse("too-few", "both samples need observations");
  if (!reference.every(Number.isFinite) || !current.every(Number.isFinite))
    return refuse("invalid-input", "observations must be finite");
  const [a, b] = [Float64Array.from(reference).sort(), Float64Array.from(current).sort()];
  let [i, j, statistic, wasserstein] = [0, 0, 0, 0];
  let previous = Math.min(a[0] ?? NaN, b[0] ?? NaN);
  while (i < n || j < m) {
    const x = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    const gap = Math.abs(i / n - j / m);
    wasserstein += gap * (x - previous);
    statistic = Math.max(statistic, gap);
    while (i < n && a[i] === x) i++;
    while (j < m && b[j] === x) j++;
    previous = x;
  }
  if (!Number.isFinite(wasserstein)) return refuse("invalid-input", "observations are further apart than numbers hold");
  const approximatePValue = oneSampleSf(statistic, halfToEven((n * m) / (n + m)));
  const pValue = n * m <= EXACT_PATHS_MAX ? exactSf(statistic, n, m) : approximatePValue;
  return { kind: "estimate", statistic, pValue, approximatePValue, wasserstein };
}

/** A convention only: the effective size is rarely whole. */
function halfToEven(x: number): number {
  return x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}

/** P(D ≥ d) among all equally likely orders of n + m untied observations. */
function exactSf(d: number, n: number, m: number): number {
  const limit = (Math.round(d * n * m) - 0.5) / (n * m);
  if (limit < 0) return 1;
  const inside = new Float64Array(m + 1);
  for (let j = 0; j <= m; j++) inside[j] = j / m > limit ? 0 : 1;
  for (let i = 1; i <= n; i++) {
    const weight = i / (i + m);
    inside[0] = i / n > limit ? 0 : weight * (inside[0] ?? 0);
    for (let j = 1; j <= m; j++)
      inside[j] = Math.abs(i / n - j / m) > limit ? 0 : weight * (inside[j] ?? 0) + (inside[j - 1] ?? 0);
  }
  return Math.min(1, Math.max(0, 1 - (inside[m] ?? 0)));
}

/** P(D ≥ d) of the one-sample statistic: exact by a matrix power for few observations, Kolmogorov's limit for many. */
function oneSampleSf(d: number, n: number): number {
  if (!(d > 0) || n < 1) return 1;
  if (d >= 1) return 0;
  if (n > EXACT_SIZE_MAX) return kolmogorovSf(d * Math.sqrt(n));
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  const h = k - n * d;
  const step = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      if (i - j + 1 < 0) continue;
      let entry = 1;
      if (j === 0) entry -= h ** (i + 1);
      if (i === size - 1) entry -= h ** (size - j);
      if (i === size - 1 && j === 0) entry += Math.max(0, 2 * h - 1) ** size;
      step.set(i, j, entry / Math.exp(logGamma(i - j + 2)));
    }
  let power = Matrix.eye(size);
  let square = step;
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = power.mmul(square);
    square = square.mmul(square);
  }
  const cdf = power.get(k - 1, k - 1) * Math.exp(logGamma(n + 1) - n * Math.log(n));
  return Math.min(1, Math.max(0, 1 - cdf));
}
