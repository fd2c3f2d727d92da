import { expect, it } from "vitest";
import { offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { survivalCoverage } from "./survival-coverage.ts";

it(
  "Kaplan-Meier on every scale and the restricted mean cover 95 % with 300 units",
  () => {
    // 4·√(0.05·0.95/runs): 0.036 in 600 runs, 0.011 in 6,000.
    const counts = survivalCoverage({ seed: 61, runs: runsOf(600), units: 300 });
    const methods = ["Kaplan-Meier, log-log", "Kaplan-Meier, log", "Kaplan-Meier, plain"];
    expect(offTarget(counts, [...methods, "restricted mean"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);

it(
  "the log-log interval covers 95 % with as few as 60 units",
  () => {
    expect(
      offTarget(survivalCoverage({ seed: 62, runs: runsOf(1000), units: 60 }), ["Kaplan-Meier, log-log"], 0.05),
    ).toEqual([]);
  },
  TIME_MAX,
);
