import { expect, it } from "vitest";
import { clusteredCoverage } from "./clustered-coverage.ts";
import { notAboveTarget, offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";

it(
  "cluster-robust intervals cover 95 % with 80 clusters; errors that take units as independent do not",
  () => {
    // 4·√(0.05·0.95/runs): 0.028 in 1,000 runs, 0.009 in 10,000.
    const counts = clusteredCoverage({ seed: 51, runs: runsOf(1000), clusters: 80 });
    expect(offTarget(counts, ["regression, CR1", "difference of means, CR2"], 0.05)).toEqual([]);
    expect(notAboveTarget(counts, ["regression, HC2"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);

it(
  "with CR2 and its degrees of freedom 12 clusters do",
  () => {
    // 4·√(0.05·0.95/runs): 0.022 in 1,600 runs, 0.007 in 16,000.
    const counts = clusteredCoverage({ seed: 52, runs: runsOf(1600), clusters: 12 });
    expect(offTarget(counts, ["difference of means, CR2"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);
