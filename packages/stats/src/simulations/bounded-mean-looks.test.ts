import { expect, it } from "vitest";
import { BOUNDED_METHODS, boundedMeanLooks, RATE_METHOD, rateLooks } from "./bounded-mean-looks.ts";
import { everAlarmed } from "./first-alarms.ts";
import { aboveTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";

it(
  "sequences for a bounded mean hold it at every one of 10,000 looks in at least 95 % of runs",
  () => {
    // At most 0.05 + 4·√(0.05·0.95/runs): 0.100 with 300 runs, 0.066 with 3,000.
    const counts = everAlarmed(boundedMeanLooks({ seed: 221, runs: runsOf(300), looks: 10_000 }));
    expect(aboveTarget(counts, BOUNDED_METHODS, 0.05)).toEqual([]);
  },
  TIME_MAX,
);

it.each([0.01, 0.3])(
  "the sequence for a conversion rate holds %s at every one of 10,000 looks",
  (rate) => {
    const counts = everAlarmed(rateLooks({ seed: 222, runs: runsOf(200), looks: 10_000, rate }));
    expect(aboveTarget(counts, [RATE_METHOD], 0.05)).toEqual([]);
  },
  TIME_MAX,
);
