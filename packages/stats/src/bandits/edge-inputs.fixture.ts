import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";
import { mersenneRng } from "../numerics/random.ts";
import { rangedProbabilities } from "./action-ranges.ts";
import { adaptiveContrast, adaptivelyWeightedAipw, type AdaptiveLog } from "./adaptively-weighted-aipw.ts";
import { tallyReward, untriedTallies, type ArmTally } from "./arm-tally.ts";
import { bestArm } from "./best-arm.ts";
import { chooseAction } from "./choose-action.ts";
import { conservativeProbabilities } from "./conservative-exploration.ts";
import { delayedRate } from "./delayed-conversions.ts";
import { additiveFloor, clippedFloor } from "./exploration-floor.ts";
import {
  inverseGapWeights,
  learnReward,
  linearBelief,
  linearReward,
  linUcbProbabilities,
  linUcbScore,
  untriedArm,
  type LinearBelief,
} from "./linear-bandit.ts";
import { chooseThompson, thompsonProbabilities, type ThompsonBelief } from "./thompson-sampling.ts";

const NUMBERS = [0, 1, -1, 0.05, 1e12, 1e300, 1e-300, NaN, Infinity, -Infinity];
const WEIGHTS = [[], [1], [0, 0], [0.5, 0.5], [1, 0], [1e12, 1], [1e308, 1e308], [-1, 2], [NaN, 1], [Infinity, 1]];

const half = [0.5, 0.5];
const LOG: AdaptiveLog = {
  arms: [0, 1, 0, 1],
  rewards: [1, 2, 3, 5],
  propensities: [half, half, half, half],
  predictions: [half, half, half, half],
};
/** Nothing, one round, no spread, all converted, none, huge, not finite, an arm that is not there, columns that do not match. */
const LOGS: readonly AdaptiveLog[] = [
  LOG,
  { arms: [], rewards: [], propensities: [], predictions: [] },
  { arms: [0], rewards: [1], propensities: [half], predictions: [half] },
  { ...LOG, rewards: [0.5, 0.5, 0.5, 0.5] },
  { ...LOG, rewards: [1, 1, 1, 1] },
  {
    ...LOG,
    rewards: [0, 0, 0, 0],
    predictions: [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ],
  },
  { ...LOG, rewards: [1e12, 3e12, 2e12, 1e12] },
  { ...LOG, rewards: [1e300, -1e300, 1e300, 0] },
  { ...LOG, rewards: [NaN, 2, 3, 5] },
  { ...LOG, rewards: [Infinity, 2, 3, 5] },
  { ...LOG, rewards: [1] },
  { ...LOG, arms: [0, 1, 2, 0] },
  { ...LOG, arms: [0, 0, 0, 0] },
  { ...LOG, propensities: [half, half, half, [0, 1]] },
  { ...LOG, propensities: [half, half, half, [NaN, 1]] },
  { ...LOG, propensities: [half, half, half, [1e-300, 1]] },
  { ...LOG, predictions: [half, half, half, [NaN, 1]] },
  { ...LOG, propensities: [[], [], [], []] },
];

const TALLIES: readonly (readonly ArmTally[])[] = [
  [],
  [{ n: 4, sum: 2 }],
  untriedTallies(2),
  [
    { n: 0, sum: 0 },
    { n: 5, sum: 5 },
  ],
  [
    { n: 50, sum: 0 },
    { n: 50, sum: 50 },
  ],
  [
    { n: 1e12, sum: 1e11 },
    { n: 1e12, sum: 2e11 },
  ],
  [
    { n: NaN, sum: 0 },
    { n: 5, sum: 5 },
  ],
  [
    { n: 5, sum: NaN },
    { n: 5, sum: 5 },
  ],
  [
    { n: 5, sum: 9 },
    { n: 5, sum: -1 },
  ],
  [
    { n: Infinity, sum: 1 },
    { n: 5, sum: 5 },
  ],
];

const belief = (theta: readonly number[], variance: number): LinearBelief => ({
  kind: "estimate",
  theta,
  covariance: [[variance]],
});
const BELIEFS: readonly ThompsonBelief[] = [
  { kind: "beta", arms: [] },
  { kind: "beta", arms: [{ alpha: 1, beta: 1 }] },
  {
    kind: "beta",
    arms: [
      { alpha: 0, beta: 1 },
      { alpha: 1, beta: 1 },
    ],
  },
  {
    kind: "beta",
    arms: [
      { alpha: 1e12, beta: 1e12 },
      { alpha: 1, beta: 1 },
    ],
  },
  { kind: "normal", arms: [] },
  {
    kind: "normal",
    arms: [
      { mean: 0, standardDeviation: 0 },
      { mean: 1, standardDeviation: NaN },
    ],
  },
  {
    kind: "normal",
    arms: [
      { mean: 1e12, standardDeviation: 1 },
      { mean: 0, standardDeviation: 1 },
    ],
  },
  ...NUMBERS.flatMap((x): readonly ThompsonBelief[] => [
    { kind: "linear", arms: [belief([1], 1), belief([2], 1)], context: [x], noiseDeviation: 1 },
    { kind: "linear", arms: [belief([1], 1), belief([2], 1)], context: [1], noiseDeviation: x },
    { kind: "linear", arms: [belief([x], 1), belief([2], x)], context: [1], noiseDeviation: 1 },
  ]),
  { kind: "linear", arms: [belief([1], 1)], context: [], noiseDeviation: 1 },
];

const UNITS = [
  { ages: [], converted: [] },
  { ages: [1], converted: [0] },
  { ages: [9], converted: [1] },
  { ages: [9, 9, 9], converted: [1, 1, 1] },
  { ages: [9, 9, 9], converted: [0, 0, 0] },
  { ages: [1e12, Infinity], converted: [1, 0] },
  { ages: [NaN, 9], converted: [1, 0] },
  { ages: [-1, 9], converted: [1, 0] },
  { ages: [9, 9], converted: [NaN, 0] },
  { ages: [9, 9], converted: [2, 0] },
  { ages: [9, 9], converted: [1] },
];

/** Calls at the edge of every exported function of this family. */
export const banditEdges: EdgeTable = {
  chooseAction: WEIGHTS.map((weights) => () => chooseAction(weights, mersenneRng(1))),
  thompsonProbabilities: BELIEFS.map((given) => () => thompsonProbabilities(given)),
  chooseThompson: BELIEFS.flatMap((given) =>
    [0, 0.1, 2, NaN, -1].map((floor) => () => chooseThompson(given, { rng: mersenneRng(1), floor })),
  ),
  additiveFloor: WEIGHTS.flatMap((weights) => NUMBERS.map((floor) => () => additiveFloor(weights, floor))),
  clippedFloor: WEIGHTS.flatMap((weights) => NUMBERS.map((floor) => () => clippedFloor(weights, floor))),
  rangedProbabilities: WEIGHTS.flatMap((weights) => [
    () => rangedProbabilities(weights, []),
    ...NUMBERS.flatMap((x) => [
      () =>
        rangedProbabilities(
          weights,
          weights.map(() => ({ min: 0, max: x })),
        ),
      () =>
        rangedProbabilities(
          weights,
          weights.map(() => ({ min: x, max: 1 })),
        ),
    ]),
  ]),
  inverseGapWeights: [[], [1], [0, 0], [0, 1e12], [1e308, -1e308], [NaN, 1], [Infinity, 1]].flatMap((predictions) =>
    NUMBERS.map((greed) => () => inverseGapWeights(predictions, greed)),
  ),
  untriedArm: [() => untriedArm(1), () => untriedArm(0)],
  learnReward: [() => learnReward(untriedArm(1), [1e12], 1e12)],
  linearBelief: [
    () => linearBelief(untriedArm(2)),
    () => linearBelief(untriedArm(0)),
    () => linearBelief(learnReward(untriedArm(1), [1e12], 1e12)),
    () => linearBelief(learnReward(untriedArm(2), [1e12, 1e12], 1)),
    ...NUMBERS.flatMap((x) => [
      () => linearBelief({ precision: [[x]], response: [1] }),
      () => linearBelief({ precision: [[1]], response: [x] }),
    ]),
    () => linearBelief({ precision: [[1, 0]], response: [1] }),
    () => linearBelief({ precision: [[1]], response: [1, 2] }),
    () =>
      linearBelief({
        precision: [
          [1, 2],
          [0, 1],
        ],
        response: [1, 2],
      }),
  ],
  linearReward: [() => linearReward(belief([1], 1), [0]), () => linearReward(belief([1], 1), [1e12])],
  linUcbScore: NUMBERS.flatMap((x) => [
    () => linUcbScore(belief([1], 1), [x], 1),
    () => linUcbScore(belief([1], 1), [1], x),
    () => linUcbScore(belief([1], 1), [1, x], 1),
  ]),
  linUcbProbabilities: NUMBERS.flatMap((x) => [
    () => linUcbProbabilities([], [1], { width: 1, floor: x }),
    () => linUcbProbabilities([belief([1], 1)], [x], { width: 1, floor: 0 }),
    () => linUcbProbabilities([belief([1], 1), belief([x], 1)], [1], { width: 1, floor: 0.1 }),
    () => linUcbProbabilities([belief([1], 1), belief([2], 1)], [1], { width: x, floor: x }),
  ]),
  adaptivelyWeightedAipw: LOGS.flatMap((log) => [
    ...[0, 0.5, 1, NaN, -1].map((decay) => () => adaptivelyWeightedAipw(log, { decay })),
    () => adaptivelyWeightedAipw(log, { decay: "uniform" }),
  ]),
  adaptiveContrast: LOGS.flatMap((log) =>
    [0, 1, 2, NaN].flatMap((second) => [
      () => adaptiveContrast(log, { first: 0, second, decay: 0.5 }),
      () => adaptiveContrast(log, { first: second, second: 0, decay: "uniform" }),
    ]),
  ),
  untriedTallies: [0, 2, -1, NaN, 1.5].map((n) => () => untriedTallies(n)),
  tallyReward: [() => tallyReward(untriedTallies(2), 0, 1e12)],
  bestArm: TALLIES.flatMap((tallies) =>
    NUMBERS.flatMap((x) => [
      () => bestArm(tallies, { alpha: x, rewardMax: 1 }),
      () => bestArm(tallies, { alpha: 0.05, rewardMax: x }),
      () => bestArm(tallies, { alpha: 0.05, rewardMax: 1, tolerance: x }),
    ]),
  ),
  conservativeProbabilities: TALLIES.flatMap((tallies) => [
    ...WEIGHTS.map(
      (weights) => () =>
        conservativeProbabilities(tallies, weights, { incumbent: 0, lossShareMax: 0.1, rewardMax: 1, delta: 0.05 }),
    ),
    ...NUMBERS.flatMap((x) => {
      const options = { incumbent: 0, lossShareMax: 0.1, rewardMax: 1, delta: 0.05 };
      return [
        () => conservativeProbabilities(tallies, half, { ...options, incumbent: x }),
        () => conservativeProbabilities(tallies, half, { ...options, lossShareMax: x }),
        () => conservativeProbabilities(tallies, half, { ...options, rewardMax: x }),
        () => conservativeProbabilities(tallies, half, { ...options, delta: x }),
        () => conservativeProbabilities(tallies, half, { ...options, incumbentMean: x }),
      ];
    }),
  ]),
  delayedRate: UNITS.flatMap((units) =>
    NUMBERS.flatMap((x) => [
      () => delayedRate(units, { kind: "matured-only", windowDays: x }),
      () => delayedRate(units, { kind: "inflated", shareByAge: () => x }),
    ]),
  ),
};

/** Functions of this family that are arithmetic on numbers, each with the reason. */
export const banditArithmetic: Arithmetic = {
  linUcbScore: "a score of one action at one context; linUcbProbabilities refuses the NaN that it gives",
};
