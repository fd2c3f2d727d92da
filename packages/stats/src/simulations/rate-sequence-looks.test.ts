import { expect, it } from "vitest";
import { everAlarmed } from "./first-alarms.ts";
import { aboveTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { EXACT_METHOD, exactDifferenceLooks, RATE_SEQUENCE_METHODS, rateSequenceLooks } from "./rate-sequence-looks.ts";

it(
  "sequences for the difference and the log-ratio of two rates hold the true effect at every one of 10,000 looks",
  () => {
    // At most 0.05 + 4·√(0.05·0.95/runs): 0.112 with 200 runs, 0.070 with 2,000.
    const counts = everAlarmed(rateSequenceLooks({ seed: 281, runs: runsOf(200), looks: 10_000 }));
    expect(aboveTarget(counts, RATE_SEQUENCE_METHODS, 0.05)).toEqual([]);
  },
  TIME_MAX,
);

it(
  "the exact sequence for the difference holds it at every one of 200 batches",
  () => {
    // At most 0.05 + 4·√(0.05·0.95/runs): 0.245 with 20 runs, 0.112 with 200.
    const counts = everAlarmed(exactDifferenceLooks({ seed: 282, runs: runsOf(20), looks: 200 }));
    expect(aboveTarget(counts, [EXACT_METHOD], 0.05)).toEqual([]);
  },
  TIME_MAX,
);
