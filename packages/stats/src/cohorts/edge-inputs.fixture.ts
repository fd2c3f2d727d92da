import type { TwoByTwoTable } from "./cochran-mantel-haenszel.ts";
import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";
import { armMean, differenceOfMeans, type ArmMean } from "./arm-mean.ts";
import { clusteredArm, mergeClusteredArms, type ClusterPart } from "./clustered-arm.ts";
import { clusteredMean } from "./clustered-mean.ts";
import { cochranMantelHaenszel } from "./cochran-mantel-haenszel.ts";
import { allUnitsSlope, cuped, withinArmSlope } from "./cuped.ts";
import { chiSquaredTwoByTwo, fisherExact } from "./exact-two-by-two.ts";
import { fieller } from "./fieller.ts";
import { intraclassCorrelation } from "./intraclass-correlation.ts";
import { jointMomentsOf, mergeJointMoments } from "./joint-moments.ts";
import { liftDifference, liftMoments } from "./lift.ts";
import { linAdjusted } from "./lin-adjustment.ts";
import { linearRegression } from "./linear-regression.ts";
import { logRatio } from "./log-ratio.ts";
import {
  addObservation,
  emptyMoments,
  mergeMoments,
  momentsFromConversions,
  momentsFromSums,
  momentsOf,
  sampleVariance,
  type Moments,
} from "./moments.ts";
import { equivalence, nonInferiority, rateNonInferiority } from "./non-inferiority.ts";
import { binomialTest, proportionInterval } from "./one-proportion.ts";
import { postStratified } from "./post-stratification.ts";
import { quantileEffects, quantileSummaries } from "./quantile-effect.ts";
import { quantileMoments } from "./quantile-metric.ts";
import { quantiles, type QuantileType } from "./quantile.ts";
import { randomIntercept } from "./random-intercept.ts";
import { linearisedRatios } from "./ratio-cuped.ts";
import {
  mergePairedMoments,
  pairedMoments,
  ratioDifference,
  ratioLift,
  ratioMean,
  ratioVariance,
  type PairedMoments,
} from "./ratio-metric.ts";
import { median, medianAbsoluteDeviation, trimmedMean, winsorise } from "./robust-location.ts";
import { sampleShape, weightedMoments } from "./sample-shape.ts";
import { differenceInterval, pooledZ, ratioInterval, twoProportionDifference } from "./two-proportions.ts";
import { tComparison, welchDegreesOfFreedom, welchDifference } from "./welch.ts";
import { pooledCaps, winsorisedDifference } from "./winsorised-difference.ts";

const ARMS: readonly Moments[] = [
  emptyMoments,
  { n: 1, mean: 3, m2: 0 },
  { n: 2, mean: 3, m2: 0 },
  { n: 2, mean: 0, m2: 1 },
  { n: 5, mean: 1, m2: 1 },
  { n: 1e12, mean: 0.5, m2: 2.5e11 },
  { n: 1e12, mean: 1e-9, m2: 1e3 },
  { n: 5, mean: 1e300, m2: 1 },
  { n: 5, mean: 1, m2: 1e-320 },
  { n: 5, mean: NaN, m2: 1 },
  { n: 5, mean: 1, m2: Infinity },
  { n: -1, mean: 1, m2: 1 },
  { n: 5, mean: 1, m2: -1 },
  { n: Infinity, mean: 1, m2: 1 },
];

const CONVERSIONS = [
  { n: 0, conversions: 0 },
  { n: 1, conversions: 0 },
  { n: 1, conversions: 1 },
  { n: 50, conversions: 0 },
  { n: 50, conversions: 50 },
  { n: 50, conversions: 7 },
  { n: 1e12, conversions: 0 },
  { n: 1e12, conversions: 1e12 },
  { n: 1e12, conversions: 1e9 },
  { n: 50, conversions: 51 },
  { n: 50, conversions: -1 },
  { n: NaN, conversions: 1 },
  { n: Infinity, conversions: 1 },
  { n: 50, conversions: NaN },
];

const CONFIDENCES = [0.95, 0, 1, NaN];

const SAMPLES: readonly (readonly number[])[] = [
  [],
  [3],
  [3, 3, 3, 3],
  [1, 2],
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  [1, NaN, 3],
  [1, Infinity],
  [1e300, -1e300, 1e300],
  [1e-300, 2e-300, 3e-300],
];

type Calls = readonly (() => unknown)[];

/** Every pair of inputs. */
function pairs<T>(items: readonly T[], f: (a: T, b: T) => unknown): Calls {
  return items.flatMap((a) => items.map((b) => () => f(a, b)));
}

function each<T>(items: readonly T[], f: (item: T) => unknown): Calls {
  return items.map((item) => () => f(item));
}

/** Every pair at a usual confidence, and one good and bad pair at every other. */
function compared<T>(items: readonly T[], f: (a: T, b: T, confidence: number) => unknown): Calls {
  const [first] = items;
  const good = items[4] ?? first;
  return [
    ...pairs(items, (a, b) => f(a, b, 0.95)),
    ...CONFIDENCES.flatMap((confidence) => (good === undefined ? [] : [() => f(good, good, confidence)])),
  ];
}

const PAIRED: readonly PairedMoments[] = [
  ...ARMS.map((arm) => ({ first: arm, second: arm, coMoment: arm.m2 })),
  { first: { n: 5, mean: 1, m2: 4 }, second: { n: 5, mean: 0, m2: 0 }, coMoment: 0 },
  { first: { n: 5, mean: 1, m2: 4 }, second: { n: 5, mean: 2, m2: 3 }, coMoment: NaN },
  { first: { n: 5, mean: 0, m2: 0 }, second: { n: 5, mean: 2, m2: 3 }, coMoment: 0 },
  { first: { n: 5, mean: 1, m2: 4 }, second: { n: 5, mean: 2, m2: 3 }, coMoment: 1 },
];

const MEANS: readonly ArmMean[] = [
  { kind: "mean", mean: 0, standardError: 1, degreesOfFreedom: 5 },
  { kind: "mean", mean: 1e300, standardError: 1, degreesOfFreedom: 5 },
  { kind: "mean", mean: 1, standardError: 0, degreesOfFreedom: 5 },
  { kind: "mean", mean: 1, standardError: 0.1, degreesOfFreedom: 0 },
  { kind: "mean", mean: 1, standardError: 0.1, degreesOfFreedom: Infinity },
  { kind: "mean", mean: -1, standardError: 0.1, degreesOfFreedom: 3 },
  { kind: "mean", mean: NaN, standardError: 0.1, degreesOfFreedom: 3 },
  { kind: "mean", mean: 1, standardError: Infinity, degreesOfFreedom: 3 },
];

const PARTS: readonly (readonly ClusterPart[])[] = [
  [],
  [{ cluster: "a", size: 5, total: 3 }],
  [
    { cluster: "a", size: 5, total: 3 },
    { cluster: "b", size: 0, total: 0 },
  ],
  [
    { cluster: "a", size: 2, total: 2 },
    { cluster: "b", size: 3, total: 3 },
  ],
  [
    { cluster: "a", size: 1e12, total: 2 },
    { cluster: "b", size: 3, total: 1 },
  ],
  [
    { cluster: "a", size: 2, total: NaN },
    { cluster: "b", size: 3, total: 1 },
  ],
  [
    { cluster: "a", size: -2, total: 1 },
    { cluster: "b", size: Infinity, total: 1 },
  ],
];

const JOINT = [
  jointMomentsOf([]),
  jointMomentsOf([[1, 2]]),
  ...[0, 1].map((spread) => jointMomentsOf([1, 2, 3, 4, 5].map((x) => [x * x, spread * x]))),
  jointMomentsOf([1, 2, 3, 4].map((x) => [1, x])),
  jointMomentsOf([
    [1, NaN],
    [2, 3],
  ]),
  jointMomentsOf([[1], [2], [4]]),
  { n: 1e12, means: [1, 2], products: [[1e12, 1e6], [1e6, 1e12]] }, // prettier-ignore
  { n: 5, means: [1, 2], products: [[1]] },
];

const TABLES: readonly (readonly TwoByTwoTable[])[] = [
  [],
  [{ a: 0, b: 0, c: 0, d: 0 }],
  [{ a: 5, b: 0, c: 5, d: 0 }],
  [{ a: 5, b: 0, c: 0, d: 5 }],
  [{ a: 0, b: 5, c: 5, d: 0 }],
  [{ a: 5, b: 3, c: 2, d: 7 }],
  [{ a: 5e11, b: 3e11, c: 2e11, d: 7e11 }],
  [{ a: NaN, b: 3, c: 2, d: 7 }],
  [{ a: -1, b: 3, c: 2, d: 7 }],
  [{ a: Infinity, b: 3, c: 2, d: 7 }],
];

const TYPES: readonly QuantileType[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Calls at the edge of every exported function of this family. */
export const cohortEdges: EdgeTable = {
  armMean: each(ARMS, armMean),
  differenceOfMeans: compared(MEANS, (a, b, confidence) => differenceOfMeans(a, b, { confidence })),
  logRatio: compared(MEANS, (a, b, confidence) => logRatio(a, b, { confidence })),
  fieller: compared(MEANS, (a, b, confidence) => fieller(a, b, { confidence })),
  clusteredArm: each(PARTS, (parts) => clusteredMean(clusteredArm(parts))),
  mergeClusteredArms: pairs(PARTS, (a, b) => clusteredMean(mergeClusteredArms(clusteredArm(a), clusteredArm(b)))),
  clusteredMean: PARTS.flatMap((parts) => [
    () => clusteredMean(clusteredArm(parts)),
    () => clusteredMean(clusteredArm(parts), { correction: "CR1" }),
  ]),
  cochranMantelHaenszel: TABLES.flatMap((strata) =>
    CONFIDENCES.map((confidence) => () => cochranMantelHaenszel(strata, { confidence, correct: true })),
  ),
  cuped: PAIRED.flatMap((a) =>
    PAIRED.flatMap((b) => [
      () => cuped(a, b, { scale: "absolute" }),
      () => cuped(a, b, { scale: "relative" }),
      () => cuped(a, b, { scale: "relative", liftGradient: "adjusted" }),
    ]),
  ),
  allUnitsSlope: pairs(PAIRED, allUnitsSlope),
  withinArmSlope: pairs(PAIRED, withinArmSlope),
  fisherExact: compared(CONVERSIONS, (a, b, confidence) => fisherExact(a, b, { confidence })),
  chiSquaredTwoByTwo: compared(CONVERSIONS, (a, b, confidence) =>
    chiSquaredTwoByTwo(a, b, { confidence, correct: true }),
  ),
  intraclassCorrelation: [() => intraclassCorrelation([]), ...pairs(ARMS, (a, b) => intraclassCorrelation([a, b]))],
  jointMomentsOf: each(JOINT, (arm) => linAdjusted(arm, arm)),
  mergeJointMoments: pairs(JOINT.slice(0, 5), (a, b) => linAdjusted(mergeJointMoments(a, b), a)),
  linAdjusted: pairs(JOINT, (a, b) => linAdjusted(a, b, { target: "population" })),
  liftMoments: pairs(ARMS, liftMoments),
  liftDifference: compared(ARMS, (a, b, confidence) => liftDifference(a, b, { confidence })),
  linearRegression: [
    () => linearRegression([], []),
    () => linearRegression([[1]], [2]),
    () => linearRegression([[1], [1]], [2]),
    () => linearRegression([[1], [1]], [2, NaN]),
    () => linearRegression([[1], [1, 2]], [2, 3]),
    () =>
      linearRegression(
        [
          [1, 2],
          [1, 2],
          [1, 2],
        ],
        [1, 2, 3],
      ),
    () => linearRegression([[1], [1], [1]], [2, 2, 2]),
  ],
  addObservation: each([1, -1e300, 1e-300], (x) => addObservation(emptyMoments, x)),
  mergeMoments: pairs(ARMS.slice(0, 7), mergeMoments),
  momentsFromSums: [
    () => momentsFromSums({ n: 0, sum: 0, sumSquares: 0 }),
    () => momentsFromSums({ n: 1, sum: 3, sumSquares: 9 }),
    () => momentsFromSums({ n: 1e12, sum: 1e12, sumSquares: 1e12 }),
    () => armMean(momentsFromSums({ n: 5, sum: NaN, sumSquares: 2 })),
    () => armMean(momentsFromSums({ n: 5, sum: 5, sumSquares: Infinity })),
    () => armMean(momentsFromSums({ n: -5, sum: 5, sumSquares: 9 })),
  ],
  momentsFromConversions: each(CONVERSIONS, (counts) => armMean(momentsFromConversions(counts))),
  momentsOf: each(SAMPLES, (xs) => armMean(momentsOf(xs))),
  sampleVariance: each(ARMS.slice(0, 8), sampleVariance),
  equivalence: MEANS.flatMap((effect) => [
    () => equivalence({ ...effect, estimate: effect.mean }, { lower: -1, upper: 1 }),
    () => equivalence({ ...effect, estimate: effect.mean }, { lower: 1, upper: 1 }),
    () => equivalence({ ...effect, estimate: effect.mean }, { lower: NaN, upper: 1 }),
  ]),
  nonInferiority: MEANS.flatMap((effect) =>
    CONFIDENCES.flatMap((confidence) =>
      [0, 0.1, -1, NaN, Infinity].map(
        (margin) => () =>
          nonInferiority({ ...effect, estimate: effect.mean }, { margin, desired: "increase", confidence }),
      ),
    ),
  ),
  rateNonInferiority: [0, 0.01, 1, -2, NaN].flatMap((margin) =>
    pairs(CONVERSIONS, (a, b) => [
      rateNonInferiority(a, b, { margin }),
      rateNonInferiority(a, b, { margin, method: "wald" }),
      rateNonInferiority(a, b, { margin, method: "agresti-caffo" }),
    ]),
  ),
  binomialTest: CONVERSIONS.flatMap((counts) => [0, 0.1, 1, NaN, 2].map((rate) => () => binomialTest(counts, rate))),
  proportionInterval: CONVERSIONS.flatMap((counts) =>
    CONFIDENCES.flatMap((confidence) =>
      (["wilson", "clopper-pearson", "agresti-coull", "jeffreys", "wald"] as const).map(
        (method) => () => proportionInterval(counts, { confidence, method }),
      ),
    ),
  ),
  postStratified: [
    () => postStratified([], { scale: "absolute" }),
    ...pairs(ARMS, (control, treatment) => postStratified([{ control, treatment }], { scale: "absolute" })),
    ...pairs(ARMS, (control, treatment) => postStratified([{ control, treatment }], { scale: "relative" })),
  ],
  quantileEffects: pairs(SAMPLES, (a, b) => quantileEffects(a, b, { levels: [0.5, 0.99], confidence: 0.95 })),
  quantileSummaries: [0.5, 0, 1, NaN].flatMap((level) =>
    each(SAMPLES, (xs) => {
      const found = quantileSummaries(xs, [level]);
      return found.kind === "refused" ? found : found.summaries.map(quantileMoments);
    }),
  ),
  quantileMoments: [
    { n: 0, level: 0.5, estimate: 1, lower: 0, upper: 2 },
    { n: 1, level: 0.5, estimate: 1, lower: 0, upper: 2 },
    { n: 1e12, level: 0.5, estimate: 1, lower: 0.999, upper: 1.001 },
    { n: 100, level: 0.5, estimate: 1, lower: 1, upper: 1 },
    { n: 100, level: 1, estimate: 1, lower: 0, upper: 2 },
    { n: 100, level: 0.5, estimate: NaN, lower: 0, upper: 2 },
    { n: Infinity, level: 0.5, estimate: 1, lower: 0, upper: 2 },
  ].map((summary) => () => quantileMoments(summary)),
  quantiles: SAMPLES.flatMap((xs) =>
    TYPES.flatMap((type) => [() => quantiles(xs, [0, 0.5, 1], type), () => quantiles(xs, [NaN, 2], type)]),
  ),
  randomIntercept: [
    () => randomIntercept([], []),
    () => randomIntercept([1], [1]),
    () => randomIntercept([1, 2, 3], [1, 1]),
    () => randomIntercept([1, 2, 3], [1, 1, 1]),
    () => randomIntercept([1, 1, 3, 3], [1, 1, 2, 2]),
    () => randomIntercept([1, NaN, 3], [1, 1, 2]),
    () => randomIntercept([1, 1e300, -1e300], [1, 1, 2]),
  ],
  linearisedRatios: [
    { n: 0, sums: [0, 0, 0, 0] as const },
    { n: 5, sums: [1, 0, 1, 1] as const },
    { n: 5, sums: [1, 2, NaN, 1] as const },
    { n: 1e12, sums: [1, 2, 3, 4] as const },
  ].flatMap((arm) =>
    [Array.from({ length: 4 }, () => [1, 1, 1, 1]), []].map((products) => () => {
      const arms = linearisedRatios({ ...arm, products }, { ...arm, products });
      return arms.kind === "refused" ? arms : cuped(arms.control, arms.treatment, { scale: "absolute" });
    }),
  ),
  pairedMoments: pairs(ARMS, (a, b) => ratioMean(pairedMoments(a, b, 1))),
  mergePairedMoments: pairs(PAIRED, (a, b) => ratioMean(mergePairedMoments(a, b))),
  ratioMean: each(PAIRED, ratioMean),
  ratioVariance: [0, 1, 1e12, NaN, Infinity].map(
    (x) => () =>
      ratioVariance({
        meanNumerator: x,
        varianceNumerator: 1,
        meanDenominator: x,
        varianceDenominator: 1,
        covariance: 0,
      }),
  ),
  ratioDifference: compared(PAIRED, (a, b, confidence) => ratioDifference(a, b, { confidence })),
  ratioLift: pairs(PAIRED, ratioLift),
  median: each(SAMPLES.slice(0, 5), median),
  medianAbsoluteDeviation: each(SAMPLES, medianAbsoluteDeviation),
  trimmedMean: SAMPLES.flatMap((xs) =>
    [0, 0.1, 0.49, 0.5, -1, NaN].map((share) => () => trimmedMean(xs, { lower: share, upper: share })),
  ),
  winsorise: SAMPLES.flatMap((xs) =>
    [0, 0.1, 0.49, 0.5, -1, NaN].map((share) => () => winsorise(xs, { lower: share, upper: share })),
  ),
  sampleShape: each(SAMPLES, sampleShape),
  weightedMoments: [
    ...SAMPLES.map((xs) => () => weightedMoments(xs, xs)),
    () => weightedMoments([1, 2], [0, 0]),
    () => weightedMoments([1, 2], [1]),
    () => weightedMoments([1, 2], [1, -1]),
    () => weightedMoments([1, 2], [1e300, 1e300]),
  ],
  pooledZ: pairs(CONVERSIONS, pooledZ),
  differenceInterval: [0.05, 0, 1, NaN].flatMap((alpha) =>
    (["newcombe", "wald", "agresti-caffo", "miettinen-nurminen"] as const).flatMap((method) =>
      pairs(CONVERSIONS, (a, b) => differenceInterval(a, b, { alpha, method })),
    ),
  ),
  ratioInterval: [0.05, 0, 1, NaN].flatMap((alpha) =>
    (["log", "log-adjusted", "score"] as const).flatMap((method) =>
      pairs(CONVERSIONS, (a, b) => ratioInterval(a, b, { alpha, method })),
    ),
  ),
  twoProportionDifference: compared(CONVERSIONS, (a, b, confidence) => twoProportionDifference(a, b, { confidence })),
  tComparison: MEANS.flatMap((mean) =>
    CONFIDENCES.flatMap((confidence) =>
      (["two-sided", "greater", "less"] as const).map(
        (alternative) => () => tComparison({ ...mean, estimate: mean.mean }, { confidence, alternative }),
      ),
    ),
  ),
  welchDegreesOfFreedom: pairs([0, 1, 1e-300, NaN, Infinity], (variance, n) =>
    welchDegreesOfFreedom({ variance, n }, { variance: 1, n: 5 }),
  ),
  welchDifference: compared(ARMS, (a, b, confidence) => welchDifference(a, b, { confidence })),
  pooledCaps: SAMPLES.flatMap((xs) =>
    [0, 0.1, 0.5, NaN].map((share) => () => pooledCaps([xs, xs], { lower: share, upper: 0.01 })),
  ),
  winsorisedDifference: [
    ...pairs(SAMPLES, (a, b) => winsorisedDifference(a, b, { caps: { lower: 0, upper: 5 }, confidence: 0.95 })),
    () => winsorisedDifference([1, 2], [3, 4], { caps: { lower: NaN, upper: 5 }, confidence: 0.95 }),
  ],
};

/** Functions of this family that are arithmetic on numbers, each with the reason. */
export const cohortArithmetic: Arithmetic = {
  allUnitsSlope: "a slope of moments that cuped has checked before it asks",
  withinArmSlope: "a slope of moments that cuped has checked before it asks",
  ratioVariance: "a formula of five numbers, checked by ratioMean",
  median: "a number of numbers: NaN of none",
  binomialTest: "a p-value of three numbers: NaN out of their range",
  welchDegreesOfFreedom: "a formula of two variances, checked by tComparison",
};
