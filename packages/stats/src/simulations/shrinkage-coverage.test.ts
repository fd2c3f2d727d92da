import { expect, it } from "vitest";
import { aboveTarget, LONG, offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { normalShrinkageCoverage, rateShrinkageCoverage } from "./shrinkage-coverage.ts";

it(
  "shrunken effects cover 95 % over the segments once there are hundreds of them",
  () => {
    // 4·√(0.05·0.95/runs): 0.050 in 300 runs, 0.016 in 3,000. The interval takes the spread between segments as known: with 60 segments
    // it misses some 7 % and with ten 14 % (docs/explanation/statistics), so few segments need more caution than it shows.
    const counts = normalShrinkageCoverage({ seed: 101, runs: runsOf(300), segments: 400 });
    expect(offTarget(counts, ["normal-normal"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);

it(
  "shrunken effects cover 95 % with few segments, where the doubt about their spread is averaged over",
  () => {
    // 4·√(0.05·0.95/runs): 0.028 in 1,000 runs, 0.009 in 10,000. Where the true effects hardly differ the interval is wider than it would
    // have to be: it may miss less often than promised, never more.
    for (const segments of [2, 4, 10]) {
      for (const spread of [0.02, 0.3, 3]) {
        const counts = normalShrinkageCoverage({ seed: 103, runs: runsOf(1_000), segments, spread });
        expect(aboveTarget(counts, ["normal-normal, averaged over the spread"], 0.05)).toEqual([]);
      }
    }
  },
  TIME_MAX,
);

// A fit to a hundred segments takes half a second, and with fewer the spread between segments is not known well enough.
it.runIf(LONG)(
  "shrunken rates cover 95 % over a hundred segments",
  () => {
    // 4·√(0.05·0.95/runs): 0.087 in 100 runs.
    const counts = rateShrinkageCoverage({ seed: 102, runs: 100, segments: 100 });
    expect(offTarget(counts, ["beta-binomial"], 0.05)).toEqual([]);
  },
  TIME_MAX,
);
