import { expect, it } from "vitest";
import { aboveTarget, offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { ONE_RATE, proportionCoverage, RATIO_OF_RATES, TWO_RATES } from "./proportion-coverage.ts";

const NAMES = [
  ...ONE_RATE.filter((method) => method !== "clopper-pearson").map((method) => `${method}, one rate`),
  ...TWO_RATES.map((method) => `${method}, difference`),
  ...RATIO_OF_RATES.map((method) => `${method}, ratio`),
];

it(
  "every interval for rates covers 95 % with many conversions, and Clopper-Pearson at least that",
  () => {
    // 1,200 and 1,500 conversions in 4,000 units, where the steps of the counts no longer show (one is 0.03 standard errors).
    // 4·√(0.05·0.95/runs): 0.014 in 4,000 runs, 0.0044 in 40,000.
    const counts = proportionCoverage({ seed: 21, runs: runsOf(4000), units: 4000, rates: [0.3, 0.375] });
    expect(offTarget(counts, NAMES, 0.05)).toEqual([]);
    expect(aboveTarget(counts, ["clopper-pearson, one rate"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);

it.each([400, 40])(
  "with %s units at 5 % Newcombe's and Agresti and Caffo's intervals err on the safe side",
  (units) => {
    // 20 and 2 conversions an arm expected.
    const counts = proportionCoverage({ seed: 22, runs: runsOf(4000), units, rates: [0.05, 0.05] });
    expect(
      aboveTarget(
        counts,
        ["newcombe", "agresti-caffo"].map((method) => `${method}, difference`),
        0.05,
      ),
    ).toEqual([]);
  },
  TIME_MAX,
);
