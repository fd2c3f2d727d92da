import { expect, it } from "vitest";
import { hazardCoverage } from "./hazard-coverage.ts";
import { offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";

it(
  "Aalen-Johansen and Cox cover 95 % with 300 units",
  () => {
    // 4·√(0.05·0.95/runs): 0.044 in 400 runs, 0.014 in 4,000.
    const counts = hazardCoverage({ seed: 63, runs: runsOf(400), units: 300 });
    expect(offTarget(counts, ["Aalen-Johansen", "Cox"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);
