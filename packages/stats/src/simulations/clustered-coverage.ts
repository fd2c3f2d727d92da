import { linearRegression, mersenneRng, normalDraw, tQuantile } from "../index.ts";
import { countMisses, type MissCounts } from "./miss-count.ts";

/**
 * 95 % intervals for an effect of a treatment given to whole clusters (accounts), outcomes of a cluster's five units sharing half of
 * their variance: cluster-robust (CR1) with t of clusters − 2 degrees of freedom, and the HC2 that takes units as independent.
 *
 * @param options.clusters - in both arms together.
 */
export function clusteredCoverage({
  seed,
  runs,
  clusters,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly clusters: number;
}): MissCounts {
  const draw = normalDraw(mersenneRng(seed), { mean: 0, standardDeviation: 1 });
  const labels = Array.from({ length: 5 * clusters }, (_, i) => Math.floor(i / 5));
  const rows = labels.map((cluster) => [1, cluster % 2]);
  const t = -tQuantile(0.025, clusters - 2);
  return countMisses(runs, () => {
    const shared = Array.from({ length: clusters }, draw);
    const fit = linearRegression(
      rows,
      labels.map((cluster) => (shared[cluster] ?? NaN) + draw()),
    );
    if (fit.kind === "refused") return { clustered: null, HC2: null };
    const off = Math.abs(fit.coefficients[1] ?? NaN);
    return {
      clustered: !(off <= t * (fit.clusteredErrors(labels)[1] ?? NaN)),
      HC2: !(off <= t * (fit.standardErrors("HC2")[1] ?? NaN)),
    };
  });
}
