import { expect, it } from "vitest";
import { aboveTarget, offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { offPolicyCoverage } from "./off-policy-coverage.ts";

it(
  "IPS, SNIPS, DR and SNDR cover 95 % with 2,000 rounds and weights of at most 4, empirical likelihood at least that",
  () => {
    // 4·√(0.05·0.95/runs): 0.022 in 1,600 runs, 0.007 in 16,000.
    const counts = offPolicyCoverage({ seed: 81, runs: runsOf(1600), rounds: 2000 });
    expect(offTarget(counts, ["IPS", "SNIPS", "DR", "self-normalised DR"], 0.05)).toEqual([]);
    // Its imagined extreme round makes it a little too wide.
    expect(aboveTarget(counts, ["Cressie-Read"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);
