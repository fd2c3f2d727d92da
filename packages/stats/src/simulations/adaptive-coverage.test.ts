import { expect, it } from "vitest";
import { adaptiveCoverage } from "./adaptive-coverage.ts";
import { offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";

it(
  "after greedy sampling of equal arms above a floor of 5 % adaptively weighted AIPW covers 95 %",
  () => {
    // 4·√(0.05·0.95/runs): 0.044 in 400 runs, 0.014 in 4,000. A floor of 5 % leaves each arm at least 100 rounds; where it falls to
    // a few dozen rounds the estimate is not yet normal (docs/explanation/statistics shows by how much).
    const counts = adaptiveCoverage({ seed: 121, runs: runsOf(400), rounds: 2000, floor: 0.05, decay: 0 });
    expect(offTarget(counts, ["adaptively weighted AIPW"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);
