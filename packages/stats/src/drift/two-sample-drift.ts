import { refuse, type Refused } from "../refused.ts";
import { oneSampleKolmogorovSf } from "./kolmogorov-distribution.ts";

/** Largest gap between two distribution functions, and what it says. */
export interface TwoSampleDrift {
  readonly kind: "estimate";
  /** Kolmogorov-Smirnov statistic, in [0, 1]. */
  readonly statistic: number;
  /** Exact where counting the paths is cheap (n·m ≤ 4·10⁶), else asymptotic. */
  readonly pValue: number;
  /** By the one-sample distribution at the effective size n·m/(n + m). */
  readonly approximatePValue: number;
  /** Area between the two distribution functions (Wasserstein-1), in units of the metric: how far, not only whether. */
  readonly wasserstein: number;
}

/** Beyond, the scaled counts of the rarest paths leave what a double holds. */
const EXACT_PATHS_MAX = 4e6;

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
  const approximatePValue = oneSampleKolmogorovSf(statistic, halfToEven((n * m) / (n + m)));
  const pValue = n * m <= EXACT_PATHS_MAX ? exactSf(statistic, Math.min(n, m), Math.max(n, m)) : approximatePValue;
  return { kind: "estimate", statistic, pValue, approximatePValue, wasserstein };
}

/** A convention only: the effective size is rarely whole. */
function halfToEven(x: number): number {
  return x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}

/** P(D ≥ d) among all equally likely orders of n + m untied observations, n ≤ m (which keeps the scaled counts largest). */
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
