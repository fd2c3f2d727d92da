import { clusteredArm, type ClusteredArm } from "../cohorts/clustered-arm.ts";
import { clusteredMean } from "../cohorts/clustered-mean.ts";
import { differenceOfMeans } from "../cohorts/arm-mean.ts";
import { linearRegression, mersenneRng, normalDraw, tQuantile } from "../index.ts";
import { countMisses, misses, type Miss, type MissCounts } from "./miss-count.ts";

/**
 * 95 % intervals for an effect of a treatment given to whole clusters (accounts), outcomes of a cluster's five units sharing half of
 * their variance: cluster-robust regression (CR1) with t of clusters − 2 degrees of freedom, the difference of clustered means (CR2, with
 * degrees of freedom of its own), and the HC2 that takes units as independent.
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
    const outcomes = labels.map((cluster) => (shared[cluster] ?? NaN) + draw());
    const fit = linearRegression(rows, outcomes);
    if (fit.kind === "refused") throw new Error(fit.message);
    const off = Math.abs(fit.coefficients[1] ?? NaN);
    return {
      "regression, CR1": !(off <= t * (fit.clusteredErrors(labels)[1] ?? NaN)),
      "difference of means, CR2": differenceMiss(armOf(0, labels, outcomes), armOf(1, labels, outcomes)),
      "regression, HC2": !(off <= t * (fit.standardErrors("HC2")[1] ?? NaN)),
    };
  });
}

function armOf(arm: number, labels: readonly number[], outcomes: readonly number[]): ClusteredArm {
  return clusteredArm(
    labels.flatMap((cluster, i) =>
      cluster % 2 === arm ? [{ cluster: String(cluster), size: 1, total: outcomes[i] ?? NaN }] : [],
    ),
  );
}

function differenceMiss(control: ClusteredArm, treatment: ClusteredArm): Miss {
  const [a, b] = [clusteredMean(control), clusteredMean(treatment)];
  if (a.kind === "refused" || b.kind === "refused") return null;
  return misses(differenceOfMeans(a, b, { confidence: 0.95 }), 0);
}
