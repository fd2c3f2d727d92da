/**
 * @ratchet/stats: pure mathematics for experiments, off-policy evaluation and pooling.
 *
 * No clock, no global randomness, no input or output. Estimators return an estimate with its uncertainty (`kind: "estimate"`)
 * or a refusal with a reason (`kind: "refused"`), never a number that only looks like a result.
 */
export { err, ok, type Result } from "./result.ts";
export { refuse, type Interval, type Refused } from "./refused.ts";
export {
  parseProbability,
  parsePropensity,
  probability,
  propensity,
  type OutOfRange,
  type Probability,
  type Propensity,
} from "./probability.ts";
export { betaDraw, gammaDraw, mersenneRng, normalDraw, type Draw, type Rng } from "./random.ts";
export {
  addObservation,
  emptyMoments,
  mergeMoments,
  momentsFromConversions,
  momentsFromSums,
  momentsOf,
  sampleVariance,
  type Moments,
} from "./moments.ts";
export {
  tComparison,
  welchDegreesOfFreedom,
  welchDifference,
  type Alternative,
  type ArmVariance,
  type ComparisonOptions,
  type ComparisonRefusal,
  type DifferenceEstimate,
} from "./welch.ts";
export {
  asymptoticConfidenceSequence,
  asymptoticMargin,
  mixingVariance,
  type AsymptoticInput,
  type ConfidenceSequence,
  type Sides,
  type Tuning,
} from "./asymptotic-confidence-sequence.ts";
export {
  initialTwoByTwo,
  stepTwoByTwo,
  twoByTwoEProcess,
  twoByTwoEvidence,
  type Conversions,
  type TwoByTwoBatch,
  type TwoByTwoEvidence,
  type TwoByTwoState,
} from "./two-by-two-e-process.ts";
export {
  chiSquaredSampleRatio,
  sequentialSampleRatio,
  type ChiSquaredFit,
  type SampleRatioInput,
  type SampleRatioRefusal,
  type SequentialSampleRatio,
} from "./sample-ratio-mismatch.ts";
export {
  cochranQ,
  normalNormal,
  type HeterogeneityMethod,
  type NormalNormalFit,
  type NormalNormalInput,
  type ShrunkenEffect,
} from "./empirical-bayes.ts";
export { lambertWm1 } from "./lambert-w.ts";
export {
  betaCdf,
  betaQuantile,
  betaSf,
  chiSquaredSf,
  digamma,
  fSf,
  gammaP,
  gammaQ,
  kolmogorovSf,
  logBeta,
  logGamma,
  normalCdf,
  normalLogCdf,
  normalLogSf,
  normalPdf,
  normalQuantile,
  normalSf,
  tCdf,
  tQuantile,
  tSf,
  tTwoSidedP,
} from "./special-functions.ts";
export {
  initialPolicyContrast,
  policyContrast,
  policyEstimate,
  policyValue,
  stepPolicyContrast,
  type PolicyContrastOptions,
  type PolicyContrastState,
  type PolicyEstimate,
  type PolicyRefusal,
} from "./policy-contrast.ts";
export { type ActionProbabilities, type ContrastStratum, type PolicyCell, type ValueStratum } from "./policy-strata.ts";
export { unitsUntilConfidenceSequence, type UnitsQuestion } from "./units-until-confidence-sequence.ts";
export { liftDifference, liftMoments, type LiftMoments } from "./lift.ts";
export { pooledTDifference } from "./student-t.ts";
export {
  binomialTest,
  proportionInterval,
  wilsonInterval,
  type ProportionEstimate,
  type ProportionIntervalMethod,
} from "./one-proportion.ts";
export {
  differenceInterval,
  pooledZ,
  ratioInterval,
  twoProportionDifference,
  type DifferenceMethod,
  type RatioMethod,
  type ZTest,
} from "./two-proportions.ts";
export { chiSquaredTwoByTwo, fisherExact, type ContinuityCorrected, type FisherExact } from "./exact-two-by-two.ts";
export { cochranMantelHaenszel, type MantelHaenszel, type TwoByTwoTable } from "./cochran-mantel-haenszel.ts";
export { mannWhitney, type MannWhitney } from "./mann-whitney.ts";
export { mixturePrecision, normalLogMixture, normalMixtureBound, type MixtureSide } from "./normal-mixture.ts";
export {
  bernoulliConfidenceSequence,
  betaBinomialMixture,
  gammaExponentialMixture,
  mixtureBound,
  polyStitchingBound,
  type Mixture,
} from "./uniform-boundaries.ts";
export {
  empiricalBernsteinSequence,
  hedgedLogCapital,
  hedgedSequence,
  hoeffdingSequence,
  predictablePlugIn,
  type BoundedMeanSequence,
  type HedgeOptions,
} from "./bounded-mean.ts";
export { betaBinomial, type BetaBinomialFit } from "./beta-binomial.ts";
export { effectPosterior, expectedPositivePart, type EffectPosterior, type NormalPrior } from "./effect-posterior.ts";
export { normalBest, topTwoAllocation, type BestOf } from "./normal-best.ts";
export { betaBest, betaCompare, type BetaComparison, type BetaPosterior } from "./beta-best.ts";
export {
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  eBenjaminiHochberg,
  hochberg,
  holm,
  hommel,
  storeyQValues,
} from "./multiple-testing.ts";
export {
  clipWeight,
  DEFAULT_OVERLAP_GATE,
  directMethod,
  doublyRobust,
  doublyRobustScores,
  gaussianInterval,
  ips,
  ipsScores,
  lowerBounds,
  meanOfScores,
  overlapRefusal,
  selfNormalised,
  selfNormalisedDoublyRobust,
  shrinkWeight,
  snips,
  subGaussianWeight,
  switchWeight,
  weightBias,
  weightDiagnostics,
  type LoggedRounds,
  type ModelledRounds,
  type OffPolicyEstimate,
  type OffPolicyRefusal,
  type OverlapGate,
  type WeightDiagnostics,
  type WeightMap,
} from "./off-policy.ts";
export {
  clopperPearsonInterval,
  cressieReadEstimate,
  cressieReadInterval,
  offPolicyConfidenceSequence,
  type OffPolicyRange,
} from "./off-policy-intervals.ts";
export {
  cohenH,
  standardisedPower,
  standardisedSize,
  twoMeansPower,
  twoMeansSize,
  twoProportionsPower,
  twoProportionsSize,
  type ArmSizes,
  type TwoMeans,
  type TwoRates,
} from "./power.ts";
export { midExperimentPower, unitsStillNeeded, type RunningExperiment } from "./mid-experiment-power.ts";
export {
  confoundingEValue,
  riskDifferenceEValue,
  riskRatioFromHazardRatio,
  riskRatioFromMeanDifference,
  riskRatioFromOddsRatio,
  type ConfoundingEValue,
  type ExposureTable,
  type RiskRatio,
} from "./confounding-e-value.ts";
export { noncentralTSf } from "./noncentral-t.ts";
export {
  allUnitsSlope,
  cuped,
  withinArmSlope,
  type CovariateSlope,
  type CupedEffect,
  type CupedOptions,
} from "./cuped.ts";
export {
  mergePairedMoments,
  pairedMoments,
  ratioDifference,
  ratioLift,
  ratioMean,
  ratioVariance,
  type PairedMoments,
  type RatioMean,
} from "./ratio-metric.ts";
export { addis, addisSpending, londDependent, lordDiscarding, type AddisOptions } from "./online-fdr-discarding.ts";
export {
  alphaInvesting,
  alphaSpending,
  beginTest,
  lond,
  lordPlusPlus,
  noOnlineTests,
  rememberOutcome,
  saffron,
  testOnline,
  type OnlineDecision,
  type OnlineProcedure,
  type OnlineTests,
} from "./online-fdr.ts";
export {
  anytimeCoefficient,
  anytimeMultiplier,
  narrowestG,
  type AnytimeCoefficient,
  type CoefficientInput,
} from "./anytime-valid-linear-model.ts";
export { linearRegression, type CovarianceKind, type LinearFit } from "./linear-regression.ts";
export { iteratedLogarithmMargin } from "./asymptotic-confidence-sequence.ts";
export { postStratified, type ComparedStratum, type StratifiedEffect } from "./post-stratification.ts";
export { additiveFloor, clippedFloor } from "./exploration-floor.ts";
export {
  logistic,
  logisticProbability,
  logisticRegression,
  type LogisticFit,
  type LogisticInput,
  type LogisticOptions,
  type LogisticRefusal,
} from "./logistic-regression.ts";
export { logisticElasticNet, type ElasticNetFit, type ElasticNetOptions } from "./logistic-elastic-net.ts";
export { isotonicRegression, isotonicValue, type IsotonicFit } from "./isotonic-regression.ts";
export { plattProbability, plattScaling, type PlattFit } from "./platt-scaling.ts";
export { calibrationLine, forecastScores, type CalibrationLine, type ForecastScores } from "./scoring-rules.ts";
export { reliability, type Reliability, type ReliabilityBin, type ReliabilityOptions } from "./reliability.ts";
export {
  auc,
  aucDifference,
  aucInterval,
  type AucDifference,
  type AucEstimate,
  type RankingRefusal,
} from "./roc-auc.ts";
export {
  normalisedGain,
  rankingCurve,
  topK,
  type CurveRefusal,
  type OperatingPoint,
  type RankingCurve,
  type TopK,
} from "./ranking-curve.ts";
export { type RiskRow, type SurvivalInput, type SurvivalRefusal } from "./survival-data.ts";
export {
  kaplanMeier,
  restrictedMean,
  survivalAt,
  survivalQuantile,
  type SurvivalCurve,
  type SurvivalPoint,
  type SurvivalScale,
} from "./kaplan-meier.ts";
export { nelsonAalen, type HazardPoint } from "./nelson-aalen.ts";
export { logRank, type LogRank, type LogRankInput } from "./log-rank.ts";
export { aalenJohansen, type IncidencePoint } from "./aalen-johansen.ts";
export {
  proportionalHazards,
  type HazardsFit,
  type HazardsInput,
  type HazardsRefusal,
  type Ties,
} from "./proportional-hazards.ts";
export { survivalDistribution, type SurvivalDistribution, type SurvivalFamily } from "./survival-distribution.ts";
export {
  DEFAULT_OVERLAP_LIMITS,
  overlapReport,
  type Assignment,
  type ObservationalRefusal,
  type OverlapLimits,
  type OverlapReport,
} from "./overlap.ts";
export { inversePropensityEffect, type PropensityWeighting, type WeightedEffect } from "./inverse-propensity.ts";
export { aipw, type AipwEffect, type AipwInput } from "./aipw.ts";
export { crossFittedAipw, type CrossFittedInput, type CrossFittedOptions } from "./cross-fitted-aipw.ts";
export {
  adaptivelyWeightedAipw,
  type AdaptiveLog,
  type AdaptiveRefusal,
  type AdaptiveValues,
  type ArmValue,
} from "./adaptively-weighted-aipw.ts";
export { quantiles, type QuantileType } from "./quantile.ts";
export { quantileMoments, type QuantileSummary } from "./quantile-metric.ts";
export {
  median,
  medianAbsoluteDeviation,
  trimmedMean,
  winsorise,
  type SampleRefusal,
  type Tails,
} from "./robust-location.ts";
export { sampleShape, weightedMoments, type SampleShape, type WeightedMoments } from "./sample-shape.ts";
export {
  equivalence,
  nonInferiority,
  rateNonInferiority,
  type EquivalenceTest,
  type Guardrail,
  type GuardrailTest,
  type MeasuredEffect,
  type RateMethod,
} from "./non-inferiority.ts";
export { spentError, type ErrorSpending } from "./error-spending.ts";
export {
  groupSequentialBounds,
  wangTsiatisBounds,
  type SequentialBound,
  type SequentialDesign,
  type SequentialPlan,
} from "./group-sequential.ts";
export { binnedDrift, type BinnedDrift } from "./binned-drift.ts";
export { twoSampleDrift, type TwoSampleDrift } from "./two-sample-drift.ts";
export {
  DEFAULT_PAGE_HINKLEY,
  initialPageHinkley,
  stepPageHinkley,
  type DriftSignal,
  type PageHinkleyOptions,
  type PageHinkleyState,
} from "./page-hinkley.ts";
export { DEFAULT_DDM, initialDdm, stepDdm, type DdmOptions, type DdmState } from "./ddm.ts";
export { initialEddm, stepEddm, type EddmState } from "./eddm.ts";
export { DEFAULT_HDDM, initialHddm, stepHddm, type HddmOptions, type HddmState } from "./hddm-a.ts";
export { adaptiveWindow, type AdaptiveWindow, type AdaptiveWindowOptions } from "./adaptive-window.ts";
export {
  differenceInDifferences,
  twoWayFixedEffects,
  type PanelEffect,
  type PanelInput,
  type PanelRefusal,
} from "./difference-in-differences.ts";
export { effectTrend, type DailyEffects, type EffectTrend } from "./novelty-trend.ts";
export { syntheticControl, type SyntheticControl } from "./synthetic-control.ts";
export {
  inverseGapWeights,
  learnReward,
  linearBelief,
  linUcbScore,
  untriedArm,
  type LinearArm,
  type LinearBelief,
} from "./linear-bandit.ts";
export { linearisedRatios, type LinearisedArms, type RatioSums } from "./ratio-cuped.ts";
export { randomIntercept, type GroupDeviation, type RandomIntercept } from "./random-intercept.ts";
