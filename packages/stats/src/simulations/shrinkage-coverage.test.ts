import { expect, it } from "vitest";
import { offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { normalShrinkageCoverage, rateShrinkageCoverage } from "./shrinkage-coverage.ts";

it(
  "shrunken effects cover 95 % over the segments, with 60 of them",
  () => {
    // 4·√(0.05·0.95/runs): 0.028 in 1,000 runs, 0.009 in 10,000. The interval takes the spread between segments as known; with 60
    // segments that costs less than 0.3 points, with ten it would show.
    expect(
      offTarget(normalShrinkageCoverage({ seed: 101, runs: runsOf(1000), segments: 60 }), ["normal-normal"], 0.05),
    ).toEqual([]);
  },
  TIME_MAX,
);

it(
  "shrunken rates cover 95 % over the segments, with 20 of them",
  () => {
    // 4·√(0.05·0.95/runs): 0.159 in 30 runs, 0.044 in 400: a fit takes a tenth of a second.
    expect(
      offTarget(rateShrinkageCoverage({ seed: 102, runs: runsOf(30, 400), segments: 20 }), ["beta-binomial"], 0.05),
    ).toEqual([]);
  },
  TIME_MAX,
);
