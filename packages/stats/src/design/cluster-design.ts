import { refuse, type Refused } from "../refused.ts";
import { isPositive, type ArmSizes, type DesignRefusal } from "./power.ts";

/** How units come in clusters. */
export interface ClusterShape {
  /** Mean units of a cluster, ≥ 1. */
  readonly meanSize: number;
  /** Intraclass correlation in [0, 1]; below 0 counts as 0, because a design must not rely on it. */
  readonly correlation: number;
  /** Standard deviation of sizes over their mean; 0 for equal clusters. */
  readonly sizeVariation?: number;
}

/**
 * Design effect: by how much clustering multiplies the variance of a mean, and so the units that a test needs.
 *
 * @returns `invalid-input` for a mean size below 1, a correlation above 1 or anything not finite.
 * @formula 1 + ((1 + cv²)·m − 1)·ρ
 * @assumes whole clusters are randomised; the mean weighs units equally
 * @see Eldridge, Ashby & Kerry (2006), "Sample size for cluster randomized trials: effect of coefficient of variation of cluster size"
 * @example
 * designEffect({ meanSize: 10, correlation: 0.05 }) // => { kind: "estimate", factor: 1.45 }
 */
export function designEffect({
  meanSize,
  correlation,
  sizeVariation = 0,
}: ClusterShape): { readonly kind: "estimate"; readonly factor: number } | Refused<"invalid-input"> {
  if (!(
    meanSize >= 1 &&
    meanSize < Infinity &&
    correlation <= 1 &&
    correlation >= -1 &&
    sizeVariation >= 0 &&
    sizeVariation < Infinity
  ))
    return refuse("invalid-input", `clusters of ${meanSize} ± ${sizeVariation}, correlation ${correlation}`);
  const factor = 1 + ((1 + sizeVariation ** 2) * meanSize - 1) * Math.max(0, correlation);
  return { kind: "estimate", factor };
}

/**
 * Clusters of each arm for a test that would need so many independent units, and the units that they hold.
 *
 * Below about 15 clusters an arm add one or two: the t distribution on so few degrees of freedom asks for them.
 *
 * @param independent - sizes from `twoProportionsSize`, `twoMeansSize` or the like, were units independent.
 * @returns whole clusters, two an arm at least; refusals as `designEffect`.
 * @formula clusters = ⌈n·designEffect/m⌉
 * @assumes whole clusters are randomised
 * @see Donner & Klar (2000), "Design and analysis of cluster randomization trials in health research", section 5.2
 * @example
 * clustersNeeded({ control: 400, treatment: 400 }, { meanSize: 10, correlation: 0.05 }) // => { clusters: { control: 58, treatment: 58 } }
 */
export function clustersNeeded(
  independent: ArmSizes,
  shape: ClusterShape,
):
  | { readonly kind: "estimate"; readonly clusters: ArmSizes; readonly units: ArmSizes; readonly factor: number }
  | Refused<DesignRefusal> {
  const effect = designEffect(shape);
  if (effect.kind === "refused") return effect;
  const { control, treatment } = independent;
  if (!isPositive(control) || !isPositive(treatment))
    return refuse("invalid-input", `sizes must be positive, got ${control} and ${treatment}`);
  const whole = (n: number): number => Math.max(2, Math.ceil((n * effect.factor) / shape.meanSize));
  const clusters = { control: whole(control), treatment: whole(treatment) };
  return {
    kind: "estimate",
    clusters,
    units: { control: clusters.control * shape.meanSize, treatment: clusters.treatment * shape.meanSize },
    factor: effect.factor,
  };
}
