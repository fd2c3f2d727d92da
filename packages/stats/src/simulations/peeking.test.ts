import { expect, it } from "vitest";
import { everAlarmed } from "./first-alarms.ts";
import { aboveTarget, notAboveTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { PEEKING, peeking, SEQUENTIAL } from "./peeking.ts";

it(
  "no sequential test raises more than 5 % false alarms in 10,000 looks at an A/A; a z-test looked at as often does",
  () => {
    // At most 0.05 + 4·√(0.05·0.95/runs): 0.094 with 400 runs, 0.064 with 4,000.
    const counts = everAlarmed(peeking({ seed: 201, runs: runsOf(400), looks: 10_000, rate: 0.1 }));
    expect(aboveTarget(counts, SEQUENTIAL, 0.05)).toEqual([]);
    expect(notAboveTarget(counts, [PEEKING], 0.05)).toEqual([]);
  },
  TIME_MAX,
);
