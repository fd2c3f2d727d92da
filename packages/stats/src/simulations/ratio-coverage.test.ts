import { expect, it } from "vitest";
import { offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { ratioCoverage } from "./ratio-coverage.ts";

it(
  "a ratio metric's interval covers 95 % at 500 accounts an arm",
  () => {
    // 4·√(0.05·0.95/runs): 0.019 in 2,000 runs, 0.006 in 20,000.
    expect(
      offTarget(ratioCoverage({ seed: 31, runs: runsOf(2000), units: 500 }), ["ratio, delta method"], 0.05),
    ).toEqual([]);
  },
  TIME_MAX,
);
