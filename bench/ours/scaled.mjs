// Estimators that take units one by one, as functions of n units: to see that none takes time of order n².
import * as stats from "@ratchet/stats";
import { unitsOf } from "../data/units.mjs";

const HALF = [0.5, 0.5];

/** By name: units → the work. What must not be refused is what the work returns. */
export const WORK = {
  // two cohorts
  momentsOf: ({ values }) => stats.momentsOf(values),
  quantiles: ({ values }) => stats.quantiles(values, [0.1, 0.5, 0.9]),
  quantileEffects: ({ arms }) => stats.quantileEffects(arms[0], arms[1], { confidence: 0.95, levels: HALF }),
  winsorise: ({ values }) => stats.winsorise(values, { lower: 0.01, upper: 0.01 }),
  medianAbsoluteDeviation: ({ values }) => stats.medianAbsoluteDeviation(values),
  sampleShape: ({ values }) => stats.sampleShape(values),
  weightedMoments: ({ values, weights }) => stats.weightedMoments(values, weights),
  linearRegression: ({ x, values }) => stats.linearRegression(x, values),
  jointMomentsOf: ({ x }) => stats.jointMomentsOf(x),
  clusteredMean: ({ values, clusters }) =>
    stats.clusteredMean(stats.clusteredArm(values.map((total, i) => ({ cluster: `${clusters[i]}`, size: 1, total })))),
  randomIntercept: ({ values, clusters }) => stats.randomIntercept(values, clusters),
  mannWhitney: ({ arms }) => stats.mannWhitney(arms[0], arms[1], { correct: true }),
  // prediction
  logisticRegression: ({ x, converted }) => stats.logisticRegression({ rows: x, outcomes: converted }, { penalty: 1 }),
  logisticElasticNet: ({ x, converted }) =>
    stats.logisticElasticNet({ rows: x, outcomes: converted }, { lambda: 0.01, mix: 0.5 }),
  plattScaling: ({ forecasts, converted }) => stats.plattScaling(forecasts, converted),
  isotonicRegression: ({ forecasts, converted }) => stats.isotonicRegression(forecasts, converted),
  auc: ({ forecasts, converted }) => stats.auc(forecasts, converted),
  aucDifference: ({ forecasts, shares, converted }) => stats.aucDifference(forecasts, shares, converted),
  rankingCurve: ({ forecasts, converted }) => stats.rankingCurve(forecasts, converted),
  topK: ({ forecasts, converted }) => stats.topK(forecasts, converted, converted.length >> 1),
  normalisedGain: ({ forecasts, converted }) => stats.normalisedGain(forecasts, converted),
  reliability: ({ forecasts, converted }) => stats.reliability(forecasts, converted, { bins: 15, by: "equal-mass" }),
  forecastScores: ({ forecasts, converted }) => stats.forecastScores(forecasts, converted),
  calibrationLine: ({ forecasts, converted }) => stats.calibrationLine(forecasts, converted),
  // time and delay
  kaplanMeier: (units) => stats.kaplanMeier(units, { confidence: 0.95 }),
  restrictedMean: (units) => stats.restrictedMean(stats.kaplanMeier(units, { confidence: 0.95 }), 1),
  nelsonAalen: (units) => stats.nelsonAalen(units),
  aalenJohansen: (units) => stats.aalenJohansen(units, 1),
  logRank: ({ times, events, treated }) => stats.logRank({ times, events, groups: treated }),
  "logRank, a stratum each 50": ({ times, events, treated }) =>
    stats.logRank({ times, events, groups: treated, strata: times.map((_, i) => Math.floor(i / 50)) }),
  proportionalHazards: ({ times, events, x }) => stats.proportionalHazards({ times, events, rows: x }),
  "survivalDistribution (Weibull)": (units) => stats.survivalDistribution(units, "weibull"),
  // off-policy and bandits
  snips: ({ converted, weights }) => stats.snips({ rewards: converted, weights }),
  cressieReadInterval: ({ converted, weights }) =>
    stats.cressieReadInterval(
      { rewards: converted, weights },
      { confidence: 0.95, weightMin: 0.5, weightMax: 1.5, rewardMin: 0, rewardMax: 1 },
    ),
  offPolicyConfidenceSequence: ({ converted, weights }) =>
    stats.offPolicyConfidenceSequence({ rewards: converted, weights }, { alpha: 0.05, rewardMin: 0, rewardMax: 1 }),
  adaptivelyWeightedAipw: ({ treated, values }) =>
    stats.adaptivelyWeightedAipw(
      { arms: treated, rewards: values, propensities: values.map(() => HALF), predictions: values.map(() => [0, 0]) },
      { decay: 0.5 },
    ),
  // bounded means, looked at after every unit
  empiricalBernsteinSequence: ({ converted }) => stats.empiricalBernsteinSequence(converted, { alpha: 0.05 }),
  hedgedLogCapital: ({ converted }) => stats.hedgedLogCapital(converted, 0.3, { alpha: 0.05 }),
  // observational
  aipw: ({ treated, propensities, values, forecasts }) =>
    stats.aipw({ outcomes: values, treated, propensities, ifTreated: forecasts, ifControl: forecasts }),
  crossFittedAipw: ({ x, treated, values }) =>
    stats.crossFittedAipw({ rows: x, treated, outcomes: values }, { rng: stats.mersenneRng(1) }),
  differenceInDifferences: ({ values, panelUnits, periods }) =>
    stats.differenceInDifferences({
      outcomes: values,
      treated: panelUnits.map((unit) => unit % 2),
      units: panelUnits,
      post: periods.map((period) => (period >= 2 ? 1 : 0)),
    }),
  twoWayFixedEffects: ({ values, panelUnits, periods }) =>
    stats.twoWayFixedEffects({
      outcomes: values,
      treated: panelUnits.map((unit, i) => (unit % 2 === 1 && periods[i] >= 2 ? 1 : 0)),
      units: panelUnits,
      periods,
    }),
  // drift
  twoSampleDrift: ({ arms }) => stats.twoSampleDrift(arms[0], arms[1]),
  adaptiveWindow: ({ converted }) => {
    const window = stats.adaptiveWindow({ delta: 0.002 });
    converted.forEach(window.add);
    return window.read();
  },
  stepPageHinkley: ({ values }) =>
    values.reduce((state, x) => stats.stepPageHinkley(state, x), stats.initialPageHinkley),
  stepDdm: ({ converted }) => converted.reduce((state, x) => stats.stepDdm(state, x), stats.initialDdm),
  stepHddm: ({ shares }) => shares.reduce((state, x) => stats.stepHddm(state, x), stats.initialHddm),
  // many tests, many segments
  benjaminiHochberg: ({ shares }) => stats.benjaminiHochberg(shares),
  eBenjaminiHochberg: ({ weights }) => stats.eBenjaminiHochberg(weights, 0.05),
};

/** The work on n units, ready to be repeated; throws where it is refused. */
export function scaled(name, n) {
  const units = unitsOf(n);
  const work = WORK[name];
  const answer = work(units);
  if (answer?.kind === "refused") throw new Error(`${name} refused ${n} units: ${answer.message}`);
  return { run: () => work(units) };
}
