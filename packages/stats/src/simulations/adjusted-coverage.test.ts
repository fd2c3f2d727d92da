import { expect, it } from "vitest";
import { adjustedCoverage } from "./adjusted-coverage.ts";
import { offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";

it(
  "CUPED, Lin's regression and post-stratification cover 95 % with effects that differ between units",
  () => {
    // 4·√(0.05·0.95/runs): 0.031 in 800 runs, 0.010 in 8,000.
    const counts = adjustedCoverage({ seed: 41, runs: runsOf(800), units: 600 });
    expect(offTarget(counts, ["cuped", "Lin, HC2", "Lin, from moments", "post-stratified"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);
