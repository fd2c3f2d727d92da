import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";
import { mersenneRng } from "../numerics/random.ts";
import { doublyRobustSequence } from "./doubly-robust-sequence.ts";
import { inversePropensityEffect } from "./inverse-propensity.ts";
import { loggedRounds, modelledRounds, type ModelledRounds, type PolicyLog } from "./logged-rounds.ts";
import { lowerBounds } from "./lower-bounds.ts";
import {
  clopperPearsonInterval,
  cressieReadEstimate,
  cressieReadInterval,
  offPolicyConfidenceSequence,
} from "./off-policy-intervals.ts";
import {
  directMethod,
  doublyRobust,
  doublyRobustScores,
  gaussianInterval,
  ips,
  ipsScores,
  meanOfScores,
  selfNormalised,
  selfNormalisedDoublyRobust,
  snips,
} from "./off-policy.ts";
import { DEFAULT_OVERLAP_GATE, evaluatePolicy, overlapRefusal, weightDiagnostics } from "./overlap-gate.ts";
import {
  initialPolicyContrast,
  policyContrast,
  policyEstimate,
  policyValue,
  stepPolicyContrast,
} from "./policy-contrast.ts";
import type { ContrastStratum, PolicyCell } from "./policy-strata.ts";
import { clipWeight, shrinkWeight, subGaussianWeight, switchWeight, weightBias } from "./weight-maps.ts";

const rounds = (rewards: readonly number[], weights: readonly number[], predicted = rewards): ModelledRounds => ({
  rewards,
  weights,
  predicted,
  policyPredicted: predicted,
});

const drawn = (n: number): ModelledRounds => {
  const rng = mersenneRng(3);
  const column = (): readonly number[] => Array.from({ length: n }, () => rng.next());
  return { rewards: column(), weights: column(), predicted: column(), policyPredicted: column() };
};

/** Nothing, one round, no spread, no overlap, one weight, all converted, none, huge, not finite, columns that do not match. */
const ROUNDS: readonly ModelledRounds[] = [
  rounds([], []),
  rounds([1], [1]),
  rounds([0.1, 0.1, 0.1], [1, 1, 1]),
  rounds([1, 1, 1, 1], [0.5, 1.5, 0.5, 1.5], [0, 0, 0, 0]),
  rounds([0, 0, 0, 0], [0.5, 1.5, 0.5, 1.5]),
  rounds([1, 0], [0, 0]),
  rounds([1, 0, 1], [0, 2, 0], [0.5, 0.5, 0.5]),
  rounds([1e12, 2e12, 1e12], [1, 2, 0.5], [0, 0, 0]),
  rounds([1e300, -1e300, 1e300], [1, 2, 1e300], [0, 0, 0]),
  rounds([1e12, 1e12 + 1e-3], [1, 1], [0, 0]),
  rounds([NaN, 0], [1, 1]),
  rounds([1, 0], [NaN, 1]),
  rounds([Infinity, 0], [1, 1]),
  rounds([1, 0], [1, Infinity]),
  rounds([1, 0], [-1, 1]),
  rounds([1, 0, 1], [1, 1]),
  { ...rounds([1, 0, 1], [1, 1, 1]), predicted: [0] },
  { ...rounds([1, 0, 1], [1, 1, 1]), policyPredicted: [0, NaN, 0] },
  drawn(50),
];

const LOG: PolicyLog = {
  actionCount: 2,
  actions: [0, 1, 0, 1],
  rewards: [1, 0, 0, 1],
  propensities: [0.5, 0.5, 0.5, 0.5],
  target: [0.4, 0.6, 0.4, 0.6, 0.4, 0.6, 0.4, 0.6],
  predictions: [0, 1, 0, 1, 0, 1, 0, 1],
};
const LOGS: readonly PolicyLog[] = [
  LOG,
  { ...LOG, actions: [], rewards: [], propensities: [], target: [], predictions: [] },
  { ...LOG, actionCount: NaN },
  { ...LOG, actionCount: 0 },
  { ...LOG, actions: [0, 1, 0, NaN] },
  { ...LOG, rewards: [1, 0, NaN, 1] },
  { ...LOG, rewards: [1e12, 0, 1e12, 0] },
  { ...LOG, rewards: [1, 0] },
  { ...LOG, propensities: [0.5, 0.5, 0, 0.5] },
  { ...LOG, propensities: [0.5, 0.5, NaN, 0.5] },
  { ...LOG, target: [] },
  { ...LOG, target: [NaN, NaN, 0.4, 0.6, 0.4, 0.6, 0.4, 0.6] },
  { ...LOG, target: [1.5, -0.5, 0.4, 0.6, 0.4, 0.6, 0.4, 0.6] },
  { ...LOG, predictions: [Infinity, 1, 0, 1, 0, 1, 0, 1] },
  { ...LOG, logging: [1, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5] },
];
const NO_GATE = {
  effectiveSampleSizeMin: 0,
  effectiveShareMin: 0,
  maxWeightShareMax: 1,
  meanWeightDeviationMax: Infinity,
  propensityMin: 0,
};

const RANGE = { weightMin: 0, weightMax: 4, rewardMin: 0, rewardMax: 1 };
const RANGES = [
  RANGE,
  { ...RANGE, weightMax: 1 },
  { ...RANGE, weightMax: Infinity },
  { ...RANGE, weightMin: NaN },
  { ...RANGE, rewardMax: 0 },
  { ...RANGE, rewardMax: NaN },
  { ...RANGE, rewardMax: Infinity },
  { ...RANGE, rewardMax: 1e12 },
];
const LEVELS = [0.95, 0, 1, NaN, -1, Infinity];

const cell = (action: string, change: Partial<PolicyCell> = {}): PolicyCell => ({
  action,
  propensity: 0.5,
  n: 10,
  sum: 4,
  sumSquares: 4,
  ...change,
});
const stratum = (first: Partial<PolicyCell>, change: Partial<ContrastStratum> = {}): ContrastStratum => ({
  period: 1,
  cells: [cell("a", first), cell("b")],
  target: { a: 1 },
  reference: { b: 1 },
  ...change,
});
const STRATA: readonly ContrastStratum[] = [
  stratum({}),
  stratum({ n: 0, sum: 0, sumSquares: 0 }),
  stratum({ n: 1, sum: 1, sumSquares: 1 }),
  stratum({ sum: 10, sumSquares: 10 }),
  stratum({ sum: 0, sumSquares: 0 }),
  stratum({ n: 1e12, sum: 4e11, sumSquares: 4e11 }),
  stratum({ n: NaN }),
  stratum({ sum: Infinity }),
  stratum({ propensity: 0 }),
  stratum({ propensity: NaN }),
  stratum({}, { target: { c: 1 } }),
  stratum({}, { target: { b: 1 } }),
  stratum({}, { target: { a: NaN } }),
  stratum({}, { period: NaN }),
  stratum({}, { emphasis: 0 }),
  stratum({}, { cells: [] }),
];

const OUTCOMES: readonly (readonly number[])[] = [
  [3, 5, 1, 2],
  [],
  [1],
  [1, 1, 1, 1],
  [1e12, 2e12, 1e12, 3e12],
  [1e200, -1e200, 1e200, 0],
  [NaN, 1, 2, 3],
  [Infinity, 1, 2, 3],
];
const ASSIGNMENTS = [
  { treated: [1, 1, 0, 0], propensities: [0.5, 0.5, 0.4, 0.6] },
  { treated: [1, 1, 1, 1], propensities: [0.5, 0.5, 0.5, 0.5] },
  { treated: [1, 1, 0, 0], propensities: [1, 0.5, 0.5, 0] },
  { treated: [1, 1, 0, 0], propensities: [NaN, 0.5, 0.5, 0.5] },
  { treated: [1, 1, 0], propensities: [0.5, 0.5] },
  { treated: [], propensities: [] },
];

/** Calls at the edge of every exported function of this family. */
export const offPolicyEdges: EdgeTable = {
  modelledRounds: LOGS.map((log) => () => modelledRounds(log)),
  loggedRounds: LOGS.map((log) => () => loggedRounds(log)),
  evaluatePolicy: LOGS.flatMap((log) => [
    ...LEVELS.map((confidence) => () => evaluatePolicy(log, { confidence, gate: NO_GATE })),
    () => evaluatePolicy(log, { confidence: 0.95 }),
    () => evaluatePolicy(log, { confidence: 0.95, gate: NO_GATE, estimator: snips }),
  ]),
  weightDiagnostics: ROUNDS.map((log) => () => weightDiagnostics(log.weights)),
  overlapRefusal: [NaN, 0, 1, 1e12, Infinity].flatMap((x) => [
    () =>
      overlapRefusal({ n: x, meanWeight: x, meanWeightStandardError: x, effectiveSampleSize: x, maxWeightShare: x }),
    () =>
      overlapRefusal(
        { n: 900, meanWeight: 1, meanWeightStandardError: 0.1, effectiveSampleSize: 500, maxWeightShare: 0.01 },
        { ...DEFAULT_OVERLAP_GATE, effectiveSampleSizeMin: x, maxWeightShareMax: x },
      ),
  ]),
  ipsScores: ROUNDS.map((log) => () => ipsScores(log)),
  doublyRobustScores: ROUNDS.map((log) => () => doublyRobustScores(log)),
  meanOfScores: [...ROUNDS.map((log) => () => meanOfScores(log.rewards)), () => meanOfScores(ipsScores(drawn(9)))],
  ips: ROUNDS.flatMap((log) => [() => ips(log), () => ips(log, clipWeight(1)), () => ips(log, clipWeight(NaN))]),
  snips: ROUNDS.map((log) => () => snips(log)),
  selfNormalised: ROUNDS.map((log) => () => selfNormalised(log.rewards, log.weights)),
  directMethod: ROUNDS.map((log) => () => directMethod(log)),
  doublyRobust: ROUNDS.flatMap((log) => [
    () => doublyRobust(log),
    () => doublyRobust(log, switchWeight(1)),
    () => doublyRobust(log, shrinkWeight(-1)),
    () => doublyRobust(log, () => Infinity),
  ]),
  selfNormalisedDoublyRobust: ROUNDS.map((log) => () => selfNormalisedDoublyRobust(log)),
  gaussianInterval: [0, 1, 1e12, NaN, Infinity].flatMap((x) => [
    ...LEVELS.map(
      (level) => () => gaussianInterval({ kind: "estimate", n: 9, estimate: x, standardError: 1e-9 }, level),
    ),
    () => gaussianInterval({ kind: "estimate", n: 9, estimate: 1, standardError: x }, 0.95),
    () => gaussianInterval({ kind: "estimate", n: 9, estimate: 1, standardError: -x }, 0.95),
  ]),
  lowerBounds: [
    ...ROUNDS.map((log) => () => lowerBounds(log.rewards, { max: 1, delta: 0.05 })),
    ...LEVELS.flatMap((x) => [
      () => lowerBounds([0, 1, 1], { max: 1, delta: x }),
      () => lowerBounds([0, 1, 1], { max: x, delta: 0.05 }),
    ]),
    () => lowerBounds([0, 1e12, 1e12], { max: 1e12, delta: 0.05 }),
  ],
  weightBias: ROUNDS.flatMap((log) => [
    () => weightBias(log, { mapped: log.weights, delta: 0.05 }),
    () => weightBias(log, { mapped: [1], delta: 0.05 }),
    () => weightBias(log, { mapped: log.weights, predicted: log.predicted, delta: NaN }),
  ]),
  clipWeight: [1, NaN, 1e12].flatMap((w) => [0, 5, NaN, Infinity].map((x) => () => clipWeight(x)(w))),
  switchWeight: [1, NaN, 1e12].flatMap((w) => [0, 5, NaN, Infinity].map((x) => () => switchWeight(x)(w))),
  shrinkWeight: [1, NaN, 1e12].flatMap((w) => [0, 5, -1, NaN, Infinity].map((x) => () => shrinkWeight(x)(w))),
  subGaussianWeight: [0, 1, NaN, 1e12].flatMap((w) => [0, 0.5, 1, 2, NaN].map((x) => () => subGaussianWeight(x)(w))),
  cressieReadEstimate: ROUNDS.flatMap((log) => RANGES.map((range) => () => cressieReadEstimate(log, range))),
  cressieReadInterval: ROUNDS.flatMap((log) => [
    ...RANGES.map((range) => () => cressieReadInterval(log, { ...range, confidence: 0.95 })),
    ...LEVELS.map((confidence) => () => cressieReadInterval(log, { ...RANGE, confidence })),
  ]),
  clopperPearsonInterval: ROUNDS.flatMap((log) => [
    ...RANGES.map((range) => () => clopperPearsonInterval(log, { ...range, confidence: 0.95 })),
    ...LEVELS.map((confidence) => () => clopperPearsonInterval(log, { ...RANGE, confidence })),
  ]),
  offPolicyConfidenceSequence: ROUNDS.flatMap((log) => [
    ...RANGES.map((range) => () => offPolicyConfidenceSequence(log, { ...range, alpha: 0.05 })),
    ...LEVELS.map((alpha) => () => offPolicyConfidenceSequence(log, { ...RANGE, alpha })),
  ]),
  doublyRobustSequence: ROUNDS.flatMap((log) => [
    ...RANGES.map((range) => () => doublyRobustSequence(log, { ...range, alpha: 0.05 })),
    ...LEVELS.map((alpha) => () => doublyRobustSequence(log, { ...RANGE, alpha })),
  ]),
  inversePropensityEffect: OUTCOMES.flatMap((outcomes) =>
    ASSIGNMENTS.flatMap((assignment) =>
      (["horvitz-thompson", "hajek", "overlap"] as const).flatMap((weighting) => [
        () => inversePropensityEffect(outcomes, assignment, { weighting }),
        () => inversePropensityEffect(outcomes, assignment, { weighting, limits: "accept" }),
      ]),
    ),
  ),
  policyContrast: [() => policyContrast([]), ...STRATA.map((s) => () => policyContrast([s]))],
  policyValue: [() => policyValue([]), ...STRATA.map((s) => () => policyValue([s]))],
  policyEstimate: [() => policyEstimate(initialPolicyContrast)],
  stepPolicyContrast: STRATA.map((s) => () => {
    const state = stepPolicyContrast(initialPolicyContrast, [s]);
    return "kind" in state ? state : policyEstimate(state);
  }),
};

/** Functions of this family that are arithmetic on numbers, each with the reason. */
export const offPolicyArithmetic: Arithmetic = {
  selfNormalised: "a ratio of two sums; snips is the estimator that refuses",
  clipWeight: "a map of one weight; the estimators refuse the NaN that it gives",
  switchWeight: "a map of one weight",
  shrinkWeight: "a map of one weight",
  subGaussianWeight: "a map of one weight",
};
