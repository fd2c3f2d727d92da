import { refuse, type Refused } from "../refused.ts";
import type { ArmMean } from "./arm-mean.ts";
import { clusterFault, type ClusteredArm } from "./clustered-arm.ts";
import type { ComparisonRefusal } from "./welch.ts";

/** Mean of an arm of clusters. */
export interface ClusteredMean extends ArmMean {
  readonly clusters: number;
  /** Sum of sizes: units, or the denominators of a ratio metric. */
  readonly size: number;
}

/**
 * How the squared deviations of clusters are made up for their pull on the mean. `CR2` is unbiased when units are alike and has its own
 * degrees of freedom: the default, and the one for few or unequal clusters. `CR1` multiplies by G/(G − 1).
 */
export type ClusterCorrection = "CR1" | "CR2";

/**
 * Mean of an arm (or ratio metric) whose units share something within clusters, with an error that counts clusters and not units.
 *
 * Compare two arms with `differenceOfMeans`, `logRatio` or `fieller`; clusters must not be split over arms.
 *
 * @returns `too-few` below two clusters of positive size, `zero-variance` when all clusters have the same mean, `invalid-input` for
 * anything not finite or a negative size.
 * @formula m = Σ S_g/Σ N_g; CR2: Σ (S_g − m N_g)²/(1 − N_g/N) / N²; ν = N² / (Σ N_g² + ((Σ w_g)² − Σ w_g²)/N²), w_g = N_g²/(1 − N_g/N)
 * @assumes clusters are independent; anything may be shared within one
 * @see Bell & McCaffrey (2002), "Bias reduction in standard errors for linear regression with multi-stage samples", sections 2-3;
 * Pustejovsky & Tipton (2018), "Small-sample methods for cluster-robust variance estimation"
 * @example
 * const account = (cluster, size, total) => ({ cluster, size, total });
 * clusteredMean(clusteredArm([account("a", 2, 1), account("b", 2, 2), account("c", 2, 0)])) // => { mean: 0.5, standardError: 0.288675, degreesOfFreedom: 2 }
 */
export function clusteredMean(
  arm: ClusteredArm,
  { correction = "CR2" }: { readonly correction?: ClusterCorrection } = {},
): ClusteredMean | Refused<ComparisonRefusal> {
  const fault = clusterFault(arm);
  if (fault !== null) return fault;
  const clusters = [...arm.values()].filter(({ size, total }) => size > 0 || total !== 0);
  const size = clusters.reduce((t, c) => t + c.size, 0);
  if (clusters.length < 2 || !(size > 0))
    return refuse("too-few", `an arm needs at least 2 clusters, got ${clusters.length}`);
  const mean = clusters.reduce((t, c) => t + c.total, 0) / size;
  const flat = correction === "CR1" ? clusters.length / (clusters.length - 1) : 1;
  let [squares, rounding] = [0, 0];
  let [sizes, weights, squaredWeights] = [0, 0, 0];
  for (const cluster of clusters) {
    const kept = 1 - cluster.size / size;
    if (!(kept > 0)) return refuse("too-few", "all units are in one cluster");
    squares += (cluster.total - mean * cluster.size) ** 2 * (correction === "CR1" ? flat : 1 / kept);
    rounding += (cluster.total * Number.EPSILON) ** 2 + (mean * cluster.size * Number.EPSILON) ** 2;
    const weight = cluster.size ** 2 / kept;
    sizes += cluster.size ** 2;
    weights += weight;
    squaredWeights += weight ** 2;
  }
  if (squares <= 64 * rounding) return refuse("zero-variance", "every cluster has the same mean");
  return {
    kind: "mean",
    mean,
    standardError: Math.sqrt(squares) / size,
    degreesOfFreedom:
      correction === "CR1" ? clusters.length - 1 : size ** 2 / (sizes + (weights ** 2 - squaredWeights) / size ** 2),
    clusters: clusters.length,
    size,
  };
}
