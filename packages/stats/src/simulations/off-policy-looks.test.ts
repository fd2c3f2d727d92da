import { expect, it } from "vitest";
import { everAlarmed } from "./first-alarms.ts";
import { aboveTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { OFF_POLICY_METHODS, offPolicyLooks } from "./off-policy-looks.ts";

it(
  "the off-policy sequence holds the policy's value at every one of 10,000 looks",
  () => {
    // At most 0.05 + 4·√(0.05·0.95/runs): 0.130 with 120 runs, 0.075 with 1,200.
    const counts = everAlarmed(offPolicyLooks({ seed: 241, runs: runsOf(120), looks: 10_000 }));
    expect(aboveTarget(counts, OFF_POLICY_METHODS, 0.05)).toEqual([]);
  },
  TIME_MAX,
);
