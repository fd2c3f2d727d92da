import { bisect } from "../numerics/bisect.ts";
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

/** What can be counted one by one in a double; and weights that add up to less than this are no sample. */
const COUNT_MAX = 2 ** 53;
const COUNT_MIN = 1e-6;

/**
 * Drift of a score or a category between a reference and a current sample, from counts in the same bins.
 *
 * @formula PSI = Σ(q − p) ln(q/p), about χ²(bins − 1)·(1/n + 1/m) when nothing moved; JS distance = √(½KL(p‖m) + ½KL(q‖m)), m = (p + q)/2
 * @assumes bins fixed beforehand (by the reference, not by both samples), independent units; some 5 a bin for the p-values
 * @returns `too-few` with fewer than two bins or an empty sample; `invalid-input` for unequal lengths or counts that are no counts.
 * @see Jeffreys (1946), "An invariant form for the prior probability in estimation problems", for the index; Yurdakul & Naranjo
 * (2020), "Statistical properties of the population stability index", section 3; Lin (1991), "Divergence measures based on the
 * Shannon entropy"
 * @example
 * const drift = binnedDrift([50, 50], [25, 75]);
 * drift.stabilityIndex // => 0.2747
 * drift.stabilityPValue // => 0.0002
 */
export function binnedDrift(
  reference: readonly number[],
  current: readonly number[],
): BinnedDrift | Refused<"invalid-input" | "too-few"> {
  const counts = [...reference, ...current];
  if (reference.length !== current.length || !counts.every((n) => n >= 0 && n <= COUNT_MAX))
    return refuse("invalid-input", "both samples need counts in the same bins");
  const [n, m] = [total(reference), total(current)];
  if (reference.length < 2 || n < COUNT_MIN || m < COUNT_MIN)
    return refuse("too-few", "needs two bins and units in both samples");
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

/**
 * Population stability index that chance alone exceeds with probability alpha: the threshold that 0.1 and 0.25 are no substitute for.
 *
 * With 10 bins and two samples of 1,000, 0.034 is already an alarm at 5 %; with samples of 100, 0.25 is not quite one.
 *
 * @formula χ²_{1−α}(bins − 1)·(1/n + 1/m)
 * @assumes some 5 units a bin; bins fixed beforehand
 * @returns `too-few` below two bins or without units, `invalid-input` for an alpha outside (0, 1).
 * @see Yurdakul & Naranjo (2020), "Statistical properties of the population stability index", section 3
 * @example
 * stabilityThreshold({ reference: 1000, current: 1000, bins: 10, alpha: 0.05 }).threshold // => 0.0338
 */
export function stabilityThreshold({
  reference,
  current,
  bins,
  alpha,
}: {
  readonly reference: number;
  readonly current: number;
  readonly bins: number;
  readonly alpha: number;
}): { readonly kind: "estimate"; readonly threshold: number } | Refused<"invalid-input" | "too-few"> {
  if (!(alpha > 0 && alpha < 1)) return refuse("invalid-input", `alpha must be in (0, 1), got ${alpha}`);
  if (!Number.isInteger(bins) || bins > 1e6 || !Number.isFinite(reference) || !Number.isFinite(current))
    return refuse("invalid-input", `bins and units must be counts, got ${bins}, ${reference} and ${current}`);
  if (bins < 2 || reference < 1 || current < 1) return refuse("too-few", "needs two bins and units in both samples");
  const df = bins - 1;
  // Sf is below alpha at df + 40·√df + 2·ln(1/alpha) + 40: far beyond the Laurent-Massart bound of the upper quantile.
  const most = df + 40 * Math.sqrt(df) - 4 * Math.log(alpha) + 40;
  const quantile = bisect((x) => alpha - chiSquaredSf(x, df), 0, most);
  return { kind: "estimate", threshold: quantile * (1 / reference + 1 / current) };
}

function total(counts: readonly number[]): number {
  return counts.reduce((t, n) => t + n, 0);
}

/** p ln(p/q), 0 where p is (or is so small that half of it is). */
function relative(p: number, q: number): number {
  return p === 0 || (q === 0 && p < Number.EPSILON) ? 0 : p * Math.log(p / q);
}
