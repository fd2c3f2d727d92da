import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";
import { clustersNeeded, designEffect } from "./cluster-design.ts";
import { daysToDetect, unitsAfter } from "./days-to-detect.ts";
import { holdoutShare, mostPreciseShare } from "./holdout-share.ts";
import { midExperimentPower, unitsStillNeeded, type RunningExperiment } from "./mid-experiment-power.ts";
import { minimumDetectableEffect, minimumDetectableMean, minimumDetectableRate } from "./minimum-detectable-effect.ts";
import {
  cohenH,
  standardisedPower,
  standardisedSize,
  twoMeansPower,
  twoMeansSize,
  twoProportionsPower,
  twoProportionsSize,
} from "./power.ts";
import { deviationPerUnit, sequentialDetectableEffect, sequentialUnits } from "./sequential-design.ts";

const SIZES = [0, -1, 1, 2, 100, 1e12, NaN, Infinity];
const SHARES = [0, 0.05, 0.8, 1, -1, NaN];
const EFFECTS = [0, 0.1, -0.1, 1e-9, 1e300, NaN, Infinity];

function over<A, B>(as: readonly A[], bs: readonly B[], f: (a: A, b: B) => unknown): readonly (() => unknown)[] {
  return as.flatMap((a) => bs.map((b) => () => f(a, b)));
}

const SETTINGS = SHARES.flatMap((alpha) => SHARES.map((power) => ({ alpha, power })));
const READINGS: readonly RunningExperiment["reading"][] = [
  { kind: "fixed" },
  { kind: "sequential", tunedFor: 5000 },
  { kind: "sequential", tunedFor: 0 },
  { kind: "bayesian", prior: { mean: 0, variance: 0.01 } },
  { kind: "bayesian", prior: { mean: NaN, variance: 0 } },
];

const EXPERIMENTS: readonly RunningExperiment[] = READINGS.flatMap((reading) =>
  [
    { standardError: 0, n: 100, effect: 0.1, alpha: 0.05 },
    { standardError: 0.1, n: 0, effect: 0.1, alpha: 0.05 },
    { standardError: 0.1, n: 1e12, effect: 0.1, alpha: 0.05 },
    { standardError: 0.1, n: 100, effect: 0, alpha: 0.05 },
    { standardError: NaN, n: 100, effect: 0.1, alpha: 0.05 },
    { standardError: 0.1, n: 100, effect: Infinity, alpha: 0.05 },
    { standardError: 0.1, n: 100, effect: 0.1, alpha: 1 },
  ].map((state) => ({ ...state, reading })),
);

const setting = { alpha: 0.05, power: 0.8 };

/** Calls at the edge of every exported function of this family. */
export const designEdges: EdgeTable = {
  clustersNeeded: over(SIZES, [0, 1, 8, NaN, Infinity], (n, meanSize) =>
    clustersNeeded({ control: n, treatment: 50 }, { meanSize, correlation: 0.1 }),
  ),
  designEffect: over([0, 1, 8, NaN, Infinity], [-2, -0.1, 0, 1, 2, NaN], (meanSize, correlation) =>
    designEffect({ meanSize, correlation }),
  ),
  daysToDetect: over(SIZES, SIZES, (n, unitsPerDay) =>
    daysToDetect({ control: n, treatment: 10 }, { unitsPerDay, shares: { control: 0.5, treatment: 0.5 } }),
  ),
  unitsAfter: over(SIZES, SHARES, (days, share) =>
    unitsAfter(days, { unitsPerDay: 10, shares: { control: share, treatment: 0.1 }, maturityDays: 3 }),
  ),
  holdoutShare: [
    ...over(SIZES, EFFECTS, (units, effect) =>
      holdoutShare({ control: 1, treatment: 1 }, { units, effect, ...setting }),
    ),
    ...over([0, 1, NaN, 1e12], SETTINGS, (control, at) =>
      holdoutShare({ control, treatment: 1 }, { units: 1e6, effect: 0.1, ...at }),
    ),
  ],
  mostPreciseShare: over(SIZES, SIZES, (control, treatment) => mostPreciseShare({ control, treatment })),
  midExperimentPower: over(EXPERIMENTS, [0, 1, 1e9, NaN, Infinity], midExperimentPower),
  unitsStillNeeded: over(EXPERIMENTS, SHARES, (experiment, power) => unitsStillNeeded(experiment, { power })),
  minimumDetectableEffect: over(EFFECTS, SETTINGS, minimumDetectableEffect),
  minimumDetectableMean: over(EFFECTS, SIZES, (deviation, n) =>
    minimumDetectableMean(deviation, { sizes: { control: n, treatment: 10 }, ...setting }),
  ),
  minimumDetectableRate: over(SHARES, SIZES, (baseline, n) =>
    minimumDetectableRate(baseline, { sizes: { control: n, treatment: 100 }, ...setting }),
  ),
  cohenH: over(SHARES, SHARES, cohenH),
  standardisedPower: over(EFFECTS, SIZES, (effect, control) =>
    standardisedPower(effect, { control, treatment: 50, alpha: 0.05 }),
  ),
  standardisedSize: over(EFFECTS, SETTINGS, (effect, at) => standardisedSize(effect, at)),
  twoMeansPower: over(EFFECTS, SIZES, (delta, n) => twoMeansPower({ delta, standardDeviation: 1, alpha: 0.05 }, n)),
  twoMeansSize: over(EFFECTS, SETTINGS, (delta, { alpha, power }) =>
    twoMeansSize({ delta, standardDeviation: 1, alpha }, { power }),
  ),
  twoProportionsPower: over(SHARES, SIZES, (treatment, n) =>
    twoProportionsPower({ control: 0.1, treatment, alpha: 0.05 }, n),
  ),
  twoProportionsSize: over(SHARES, SETTINGS, (treatment, { alpha, power }) =>
    twoProportionsSize({ control: 0.1, treatment, alpha }, { power }),
  ),
  deviationPerUnit: over(SIZES, SHARES, (control, treatmentShare) =>
    deviationPerUnit({ control, treatment: 1, treatmentShare }),
  ),
  sequentialDetectableEffect: over(SIZES, SIZES, (n, tunedFor) =>
    sequentialDetectableEffect(n, { deviationPerUnit: 1, tunedFor, ...setting }),
  ),
  sequentialUnits: over(EFFECTS, SIZES, (effect, tunedFor) =>
    sequentialUnits(effect, { deviationPerUnit: 1, tunedFor, ...setting }),
  ),
};

const FORMULA = "a formula of design numbers: NaN outside its domain";

/** Functions of this family that are arithmetic on numbers, each with the reason. */
export const designArithmetic: Arithmetic = {
  cohenH: FORMULA,
  deviationPerUnit: FORMULA,
  midExperimentPower: FORMULA,
  standardisedPower: FORMULA,
  twoMeansPower: FORMULA,
  twoProportionsPower: FORMULA,
};
