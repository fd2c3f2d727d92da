import { expect, it } from "vitest";
import { meanCoverage } from "./mean-coverage.ts";
import { expectMissShare, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { missShare } from "./miss-count.ts";

it.each(["welch", "lift, delta method", "90 % quantile"])(
  "%s covers 95 % at 1,000 units of skewed outcomes",
  (method) => {
    // Error 5 % by promise; 4·√(0.05·0.95/runs): 0.022 in 1,600 runs, 0.007 in 16,000.
    expectMissShare(counts(), method, 0.05);
  },
  TIME_MAX,
);

it("the lift misses more than 5 % at 15 units, which is why it is shown and not decided by", () => {
  const small = meanCoverage({ seed: 12, runs: 4000, units: 15 })["lift, delta method"];
  expect(small === undefined ? NaN : missShare(small)).toBeGreaterThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 4000));
});

let cached: ReturnType<typeof meanCoverage> | undefined;
function counts(): ReturnType<typeof meanCoverage> {
  return (cached ??= meanCoverage({ seed: 11, runs: runsOf(1600), units: 1000 }));
}
