import { it } from "vitest";
import { expectMissShare, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { rankingCoverage } from "./ranking-coverage.ts";

it.each(["AUC, DeLong", "AUC difference, DeLong"])(
  "%s covers 95 % with 200 converters among 800 units",
  (method) => {
    // 4·√(0.05·0.95/runs): 0.028 in 1,000 runs, 0.009 in 10,000.
    expectMissShare(rankingCoverage({ seed: 71, runs: runsOf(1000), units: 800 }), method, 0.05);
  },
  TIME_MAX,
);
