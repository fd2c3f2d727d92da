import { expect, it } from "vitest";
import { offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { rankingCoverage } from "./ranking-coverage.ts";

it(
  "DeLong's intervals for an area and for a difference of areas cover 95 % with 200 converters among 800 units",
  () => {
    // 4·√(0.05·0.95/runs): 0.028 in 1,000 runs, 0.009 in 10,000.
    const counts = rankingCoverage({ seed: 71, runs: runsOf(1000), units: 800 });
    expect(offTarget(counts, ["AUC, DeLong", "AUC difference, DeLong"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);
