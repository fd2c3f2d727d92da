import { expect, it } from "vitest";
import { fourStandardErrors, offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { normalCalibration, rateCalibration, type Calibration } from "./posterior-calibration.ts";

/** Wins minus stated chances have mean 0 and, run by run, a variance of c(1 − c) ≤ ¼ given the data. */
function expectChancesComeTrue({ chances }: Calibration, runs: number): void {
  expect(chances.runs).toBe(runs);
  expect(Math.abs(chances.happened - chances.stated) / runs).toBeLessThan(fourStandardErrors(0.5, runs));
}

it(
  "a normal posterior's 95 % interval holds the truth 95 % of the time, and its chance to win comes true, when the prior is true",
  () => {
    // 4·√(0.05·0.95/runs): 0.0062 in 20,000 runs, 0.0019 in 200,000.
    const runs = runsOf(20_000);
    const calibration = normalCalibration({ seed: 111, runs });
    expect(offTarget(calibration.intervals, ["normal effect"], 0.05)).toEqual([]);
    expectChancesComeTrue(calibration, runs);
  },
  TIME_MAX,
);

it(
  "so do a rate's",
  () => {
    // 4·√(0.05·0.95/runs): 0.071 in 150 runs, 0.023 in 1,500: the quadrature of a comparison takes some ms.
    const runs = runsOf(150);
    const calibration = rateCalibration({ seed: 112, runs });
    expect(offTarget(calibration.intervals, ["beta-binomial rate"], 0.05)).toEqual([]);
    expectChancesComeTrue(calibration, runs);
  },
  TIME_MAX,
);
