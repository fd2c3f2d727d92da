import { expect, it } from "vitest";
import { BOUNDARY_METHODS, boundaryLooks } from "./boundary-looks.ts";
import { everAlarmed } from "./first-alarms.ts";
import { aboveTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";

it(
  "boundaries for all times are crossed in at most 5 % of runs, at any of 10,000 looks",
  () => {
    // At most 0.05 + 4·√(0.05·0.95/runs): 0.078 with 1,000 runs, 0.059 with 10,000.
    const counts = everAlarmed(boundaryLooks({ seed: 211, runs: runsOf(1000), looks: 10_000 }));
    expect(aboveTarget(counts, BOUNDARY_METHODS, 0.05)).toEqual([]);
  },
  TIME_MAX,
);
