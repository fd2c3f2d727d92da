import { adaptiveCoverage } from "./adaptive-coverage.ts";
import { adjustedCoverage } from "./adjusted-coverage.ts";
import { clusteredCoverage } from "./clustered-coverage.ts";
import { hazardCoverage } from "./hazard-coverage.ts";
import { lowerBoundsHold } from "./lower-bounds-hold.ts";
import { meanCoverage } from "./mean-coverage.ts";
import type { BySize, Measured } from "./measured.ts";
import { missShare, type MissCounts } from "./miss-count.ts";
import { confoundedCoverage, panelCoverage } from "./observational-coverage.ts";
import { offPolicyCoverage } from "./off-policy-coverage.ts";
import { normalCalibration, rateCalibration } from "./posterior-calibration.ts";
import { proportionCoverage } from "./proportion-coverage.ts";
import { rankingCoverage } from "./ranking-coverage.ts";
import { ratioCoverage } from "./ratio-coverage.ts";
import { normalShrinkageCoverage, rateShrinkageCoverage } from "./shrinkage-coverage.ts";
import { survivalCoverage } from "./survival-coverage.ts";

type Row = Omit<Measured, "counts" | "promised"> & {
  readonly promised?: number;
  readonly run: (seed: number) => MissCounts;
};

const ROWS: readonly Row[] = [
  {
    simulation: "proportion-coverage",
    seed: 21,
    setting: "rates 30 % and 37.5 %, 4,000 units an arm",
    run: (seed) => proportionCoverage({ seed, runs: 10_000, units: 4000, rates: [0.3, 0.375] }),
  },
  {
    simulation: "mean-coverage",
    seed: 11,
    setting: "exponential outcomes, 1,000 and 1,500 units",
    run: (seed) => meanCoverage({ seed, runs: 5000, units: 1000 }),
  },
  {
    simulation: "ratio-coverage",
    seed: 31,
    setting: "500 accounts an arm",
    run: (seed) => ratioCoverage({ seed, runs: 5000, units: 500 }),
  },
  {
    simulation: "adjusted-coverage",
    seed: 41,
    setting: "600 units, effects that differ",
    run: (seed) => adjustedCoverage({ seed, runs: 2500, units: 600 }),
  },
  {
    simulation: "clustered-coverage",
    seed: 51,
    setting: "80 clusters of 5",
    run: (seed) => clusteredCoverage({ seed, runs: 2500, clusters: 80 }),
  },
  {
    simulation: "clustered-coverage",
    seed: 52,
    setting: "12 clusters of 5",
    run: (seed) => clusteredCoverage({ seed, runs: 2500, clusters: 12 }),
  },
  {
    simulation: "survival-coverage",
    seed: 61,
    setting: "300 units",
    run: (seed) => survivalCoverage({ seed, runs: 2000, units: 300 }),
  },
  {
    simulation: "survival-coverage",
    seed: 62,
    setting: "60 units",
    run: (seed) => survivalCoverage({ seed, runs: 5000, units: 60 }),
  },
  {
    simulation: "hazard-coverage",
    seed: 63,
    setting: "300 units",
    run: (seed) => hazardCoverage({ seed, runs: 1000, units: 300 }),
  },
  {
    simulation: "ranking-coverage",
    seed: 71,
    setting: "200 converters of 800 units",
    run: (seed) => rankingCoverage({ seed, runs: 2500, units: 800 }),
  },
  {
    simulation: "off-policy-coverage",
    seed: 81,
    setting: "2,000 rounds, weights up to 4",
    run: (seed) => offPolicyCoverage({ seed, runs: 5000, rounds: 2000 }),
  },
  {
    simulation: "lower-bounds-hold",
    seed: 91,
    setting: "30 rounds",
    promised: 0.1,
    run: (seed) => lowerBoundsHold({ seed, runs: 10_000, rounds: 30, delta: 0.1 }),
  },
  {
    simulation: "lower-bounds-hold",
    seed: 91,
    setting: "500 rounds",
    promised: 0.1,
    run: (seed) => lowerBoundsHold({ seed, runs: 10_000, rounds: 500, delta: 0.1 }),
  },
  {
    simulation: "shrinkage-coverage",
    seed: 101,
    setting: "400 segments",
    run: (seed) => normalShrinkageCoverage({ seed, runs: 1000, segments: 400 }),
  },
  {
    simulation: "shrinkage-coverage",
    seed: 101,
    setting: "60 segments",
    run: (seed) => normalShrinkageCoverage({ seed, runs: 2500, segments: 60 }),
  },
  {
    simulation: "shrinkage-coverage",
    seed: 101,
    setting: "10 segments",
    run: (seed) => normalShrinkageCoverage({ seed, runs: 2500, segments: 10 }),
  },
  {
    simulation: "shrinkage-coverage",
    seed: 101,
    setting: "3 segments",
    run: (seed) => normalShrinkageCoverage({ seed, runs: 2500, segments: 3 }),
  },
  {
    simulation: "shrinkage-coverage",
    seed: 102,
    setting: "20 segments",
    run: (seed) => rateShrinkageCoverage({ seed, runs: 100, segments: 20 }),
  },
  {
    simulation: "posterior-calibration",
    seed: 111,
    setting: "truth from the prior",
    run: (seed) => normalCalibration({ seed, runs: 100_000 }).intervals,
  },
  {
    simulation: "posterior-calibration",
    seed: 112,
    setting: "truth from the prior",
    run: (seed) => rateCalibration({ seed, runs: 1000 }).intervals,
  },
  {
    simulation: "adaptive-coverage",
    seed: 121,
    setting: "2,000 rounds, floor 5 %",
    run: (seed) => adaptiveCoverage({ seed, runs: 2000, rounds: 2000, floor: 0.05, decay: 0 }),
  },
  {
    simulation: "adaptive-coverage",
    seed: 122,
    setting: "1,000 rounds, floor t^−½/6",
    run: (seed) => adaptiveCoverage({ seed, runs: 2000, rounds: 1000, floor: 1 / 6, decay: 0.5 }),
  },
  {
    simulation: "adaptive-coverage",
    seed: 123,
    setting: "10,000 rounds, floor t^−½/6",
    run: (seed) => adaptiveCoverage({ seed, runs: 500, rounds: 10_000, floor: 1 / 6, decay: 0.5 }),
  },
  {
    simulation: "observational-coverage",
    seed: 131,
    setting: "500 units, two confounders",
    run: (seed) => confoundedCoverage({ seed, runs: 500, units: 500 }),
  },
  {
    simulation: "observational-coverage",
    seed: 132,
    setting: "100 units, six periods",
    run: (seed) => panelCoverage({ seed, runs: 1000, units: 100 }),
  },
];

/** Every interval at a size where its theory should hold, and some where it should not. */
export function measureIntervals(): readonly Measured[] {
  return ROWS.map(({ run, promised = 0.05, ...row }) => ({ ...row, promised, counts: run(row.seed) }));
}

const RUNS_BY_SIZE = 10_000;

/** Coverage as samples grow: two rates, skewed means, clusters. */
export function measureBySize(): readonly BySize[] {
  const rates = bySize([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120], (units) =>
    proportionCoverage({ seed: 24, runs: RUNS_BY_SIZE, units, rates: [0.05, 0.08] }),
  );
  const means = bySize([5, 10, 20, 40, 80, 160, 320, 640], (units) =>
    meanCoverage({ seed: 13, runs: RUNS_BY_SIZE / 2, units }),
  );
  const clusters = bySize([6, 8, 12, 16, 24, 32, 48, 64, 96], (size) =>
    clusteredCoverage({ seed: 53, runs: RUNS_BY_SIZE / 4, clusters: size }),
  );
  const differences = rates.methods.filter(({ method }) => method.endsWith(", difference"));
  return [
    {
      title: "Difference of two rates, 5 % and 8 %",
      sizeName: "units an arm",
      sizes: rates.sizes,
      methods: differences.map(({ method, covered }) => ({ method: method.replace(", difference", ""), covered })),
      runs: RUNS_BY_SIZE,
      seed: 24,
    },
    { title: "Effects on a skewed mean", sizeName: "units of the control", ...means, runs: RUNS_BY_SIZE / 2, seed: 13 },
    {
      title: "Whole accounts treated",
      sizeName: "clusters of five units",
      ...clusters,
      runs: RUNS_BY_SIZE / 4,
      seed: 53,
    },
  ];
}

function bySize(sizes: readonly number[], run: (size: number) => MissCounts): Pick<BySize, "sizes" | "methods"> {
  const found = sizes.map(run);
  const names = [...new Set(found.flatMap((counts) => Object.keys(counts)))];
  return {
    sizes,
    methods: names.map((method) => ({
      method,
      covered: found.map((counts) => {
        const count = counts[method];
        // A method that refuses some samples is judged only where it answered most of them.
        return count === undefined || count.refused > count.runs / 9 ? null : 1 - missShare(count);
      }),
    })),
  };
}
