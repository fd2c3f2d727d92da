import { refuse, type Refused } from "../refused.ts";
import { pairedMoments, type PairedMoments } from "./ratio-metric.ts";
import { addObservation, emptyMoments } from "./moments.ts";

/** What one cluster (an account) adds to an arm: units and the sum of their outcomes; for a ratio metric, denominators and numerators. */
export interface ClusterTotals {
  readonly size: number;
  readonly total: number;
}

/** Sufficient statistics of an arm whose units come in clusters: totals by cluster. Grows with clusters, not with units. */
export type ClusteredArm = ReadonlyMap<string, ClusterTotals>;

/** Totals of a cluster, or of part of it: several parts of one cluster are added up. */
export interface ClusterPart extends ClusterTotals {
  readonly cluster: string;
}

/**
 * An arm from units, or from parts of clusters, in any order.
 *
 * @param parts - one a unit (size 1, total its outcome) or one a group of units of the same cluster.
 * @part clusteredMean
 * @example
 * clusteredArm([{ cluster: "a", size: 1, total: 3 }, { cluster: "a", size: 1, total: 4 }]).get("a") // => { size: 2, total: 7 }
 */
export function clusteredArm(parts: Iterable<ClusterPart>): ClusteredArm {
  const arm = new Map<string, ClusterTotals>();
  for (const { cluster, size, total } of parts) add(arm, cluster, { size, total });
  return arm;
}

/**
 * Two batches of one arm as one; a cluster may have units in both. Associative and commutative up to rounding.
 *
 * @part clusteredMean
 * @example
 * const day = clusteredArm([{ cluster: "a", size: 1, total: 3 }]);
 * mergeClusteredArms(day, day).get("a") // => { size: 2, total: 6 }
 */
export function mergeClusteredArms(a: ClusteredArm, b: ClusteredArm): ClusteredArm {
  const arm = new Map(a);
  for (const [cluster, totals] of b) add(arm, cluster, totals);
  return arm;
}

/** Moments over clusters: first = total, second = size. */
export function clusterMoments(arm: ClusteredArm): PairedMoments {
  let [first, second] = [emptyMoments, emptyMoments];
  let products = 0;
  for (const { size, total } of arm.values()) {
    [first, second] = [addObservation(first, total), addObservation(second, size)];
    products += size * total;
  }
  return pairedMoments(first, second, products);
}

/** What is wrong with an arm's totals; null when nothing is. */
export function clusterFault(arm: ClusteredArm): Refused<"invalid-input"> | null {
  for (const [cluster, { size, total }] of arm)
    if (!(size >= 0 && size < Infinity && Number.isFinite(total)))
      return refuse("invalid-input", `cluster ${cluster} has size ${size} and total ${total}`);
  return null;
}

function add(arm: Map<string, ClusterTotals>, cluster: string, { size, total }: ClusterTotals): void {
  const so = arm.get(cluster);
  arm.set(cluster, so === undefined ? { size, total } : { size: so.size + size, total: so.total + total });
}
