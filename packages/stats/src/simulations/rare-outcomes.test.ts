import { expect, it } from "vitest";
import { aboveTarget, notAboveTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { DECIDING, rareOutcomes } from "./rare-outcomes.ts";

it.each([0.002, 0.01, 0.05, 0.3])(
  "at a base rate of %s what Ratchet decides by raises at most 5 % false alarms in 200 looks",
  (rate) => {
    // At most 0.05 + 4·√(0.05·0.95/runs): 0.089 with 500 runs, 0.069 with 2,000.
    const counts = rareOutcomes({ seed: 251, runs: runsOf(500, 2000), rate });
    expect(aboveTarget(counts, DECIDING, 0.05)).toEqual([]);
  },
  TIME_MAX,
);

it.each([0.002, 0.01])("at %s the relative scale without a floor and the peeking z-test raise more", (rate) => {
  const counts = rareOutcomes({ seed: 252, runs: runsOf(500, 2000), rate });
  expect(notAboveTarget(counts, ["relative, delta method", "peeking z-test"], 0.05)).toEqual([]);
});
