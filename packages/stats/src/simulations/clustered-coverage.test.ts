import { expect, it } from "vitest";
import { clusteredCoverage } from "./clustered-coverage.ts";
import { expectMissShare, fourStandardErrors, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { missShare } from "./miss-count.ts";

it(
  "cluster-robust intervals cover 95 % with 80 clusters; errors that take units as independent do not",
  () => {
    // 4·√(0.05·0.95/runs): 0.028 in 1,000 runs, 0.009 in 10,000.
    const runs = runsOf(1000);
    const counts = clusteredCoverage({ seed: 51, runs, clusters: 80 });
    expectMissShare(counts, "clustered", 0.05);
    const naive = counts["HC2"];
    expect(naive === undefined ? NaN : missShare(naive)).toBeGreaterThan(0.05 + fourStandardErrors(0.05, runs));
  },
  TIME_MAX,
);
