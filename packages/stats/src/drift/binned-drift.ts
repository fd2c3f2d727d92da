import { refuse, type Refused } from "../refused.ts";
import { chiSquaredSf } from "../numerics/special-functions.ts";

/** How far a binned distribution has moved from its reference; divergences in nats, 0 = unmoved. */
export interface BinnedDrift {
  readonly kind: "estimate";
  /** Population stability index Σ(q − p) ln(q/p); Infinity when a bin is empty on one side only. */
  readonly stabilityIndex: number;
  /**
   * P(an index this large when nothing moved), from χ²(bins − 1)·(1/n + 1/m): alarm by this, not by 0.1 or 0.25. null where the index
   * is infinite: an empty bin may be mere chance, so read `pValue`.
   */
  readonly stabilityPValue: number | null;
  /** Kullback-Leibler divergence of the current from the reference distribution. */
  readonly divergence: number;
  /** Square root of the Jensen-Shannon divergence; at most √ln 2. */
  readonly jensenShannonDistance: number;
  /** Pearson's test that both samples have the same shares. */
  readonly chiSquared: number;
  readonly pValue: number;
}

/**
 * Drift of a score or a category between a reference and a current sample, from counts in the same bins.
 *
 * @returns `too-few` with fewer than two bins or an empty sample; `invalid-input` for unequal lengths or counts that are no counts.
 * @see Jeffreys (1946) for the index; Yurdakul & Naranjo (2020), "Statistical properties of the population stability index", for its
 * distribution; Lin (1991), "Divergence measures based on the Shannon entropy".
 */
export function binnedDrift(
  reference: readonly number[],
  current: readonly number[],
): BinnedDrift | Refused<"invalid-input" | "too-few"> {
  const counts = [...reference, ...current];
  if (reference.length !== current.length || !counts.every((n) => n >= 0 && Number.isFinite(n)))
    return refuse("invalid-input", "both samples need counts in the same bins");
  const [n, m] = [total(reference), total(current)];
  if (reference.length < 2 || n === 0 || m === 0) return refuse("too-few", "needs two bins and units in both samples");
  let [index, divergence, shannon, chiSquared] = [0, 0, 0, 0];
  reference.forEach((count, k) => {
    const [p, q] = [count / n, (current[k] ?? 0) / m];
    const middle = (p + q) / 2;
    index += p === q ? 0 : (q - p) * Math.log(q / p);
    divergence += relative(q, p);
    shannon += (relative(p, middle) + relative(q, middle)) / 2;
    const share = (count + (current[k] ?? 0)) / (n + m);
    chiSquared += share === 0 ? 0 : (n * (p - share) ** 2 + m * (q - share) ** 2) / share;
  });
  const df = reference.length - 1;
  return {
    kind: "estimate",
    stabilityIndex: index,
    stabilityPValue: index === Infinity ? null : chiSquaredSf(index / (1 / n + 1 / m), df),
    divergence,
    jensenShannonDistance: Math.sqrt(Math.max(0, shannon)),
    chiSquared,
    pValue: chiSquaredSf(chiSquared, df),
  };
}

function total(counts: readonly number[]): number {
  return counts.reduce((t, n) => t + n, 0);
}

/** p ln(p/q), 0 where p is. */
function relative(p: number, q: number): number {
  return p === 0 ? 0 : p * Math.log(p / q);
}
