import { expect, it } from "vitest";
import { offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { confoundedCoverage, panelCoverage } from "./observational-coverage.ts";

it(
  "cross-fitted AIPW and weighting by known propensities cover 95 % with 500 units",
  () => {
    // 4·√(0.05·0.95/runs): 0.062 in 200 runs, 0.019 in 2,000.
    const counts = confoundedCoverage({ seed: 131, runs: runsOf(200), units: 500 });
    expect(offTarget(counts, ["cross-fitted AIPW", "inverse propensity, Hájek"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);

it(
  "a difference in differences covers 95 % with 100 units",
  () => {
    // 4·√(0.05·0.95/runs): 0.039 in 500 runs, 0.012 in 5,000.
    expect(
      offTarget(panelCoverage({ seed: 132, runs: runsOf(500), units: 100 }), ["difference in differences"], 0.05),
    ).toEqual([]);
  },
  TIME_MAX,
);
