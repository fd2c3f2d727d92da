import { refuse, type Refused } from "../refused.ts";
import { areMomentsValid, mergeMoments, emptyMoments, type Moments } from "./moments.ts";

/** How alike the units of a cluster are: 0 = no more than any two units, 1 = all the same. */
export interface IntraclassCorrelation {
  readonly kind: "estimate";
  /** May come out below 0 by chance; a design then uses 0. */
  readonly correlation: number;
  /** Size that equal clusters would have to carry as much: below the mean size when sizes vary. */
  readonly effectiveSize: number;
  readonly clusters: number;
}

/**
 * Intraclass correlation from the moments of each cluster, by analysis of variance: what a design effect needs.
 *
 * @returns `too-few` unless there are two clusters and more units than clusters, `zero-variance` when no unit differs from another.
 * @formula (MSB − MSW) / (MSB + (n₀ − 1) MSW), n₀ = (N − Σ n_g²/N)/(G − 1)
 * @assumes clusters are a sample of like clusters, spread equally within
 * @see Donner (1986), "A review of inference procedures for the intraclass correlation coefficient in the one-way random effects model"
 * @example
 * intraclassCorrelation([momentsOf([1, 2]), momentsOf([5, 6])]) // => { correlation: 0.9394, effectiveSize: 2, clusters: 2 }
 */
export function intraclassCorrelation(
  clusters: readonly Moments[],
): IntraclassCorrelation | Refused<"invalid-input" | "too-few" | "zero-variance"> {
  if (!clusters.every(areMomentsValid)) return refuse("invalid-input", "moments must be finite, with n ≥ 0 and m2 ≥ 0");
  const seen = clusters.filter(({ n }) => n > 0);
  const all = seen.reduce(mergeMoments, emptyMoments);
  if (seen.length < 2 || all.n <= seen.length)
    return refuse("too-few", `${all.n} units in ${seen.length} clusters cannot tell clusters from units`);
  const within = seen.reduce((t, { m2 }) => t + m2, 0);
  const between = seen.reduce((t, { n, mean }) => t + n * (mean - all.mean) ** 2, 0);
  const effectiveSize = (all.n - seen.reduce((t, { n }) => t + n * n, 0) / all.n) / (seen.length - 1);
  const [msb, msw] = [between / (seen.length - 1), within / (all.n - seen.length)];
  if (!(msb + (effectiveSize - 1) * msw > 0)) return refuse("zero-variance", "every unit has the same value");
  const correlation = (msb - msw) / (msb + (effectiveSize - 1) * msw);
  if (!Number.isFinite(correlation)) return refuse("invalid-input", "the spread is too large for doubles");
  return {
    kind: "estimate",
    correlation,
    effectiveSize,
    clusters: seen.length,
  };
}
