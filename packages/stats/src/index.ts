/**
 * @ratchet/stats: pure mathematics for experiments, off-policy evaluation and pooling.
 *
 * No clock, no global randomness, no input or output. Estimators return an estimate with its uncertainty (`kind: "estimate"`)
 * or a refusal with a reason (`kind: "refused"`), never a number that only looks like a result.
 */

// What every answer is made of
export {
  parseProbability,
  parsePropensity,
  probability,
  propensity,
  type OutOfRange,
  type Probability,
  type Propensity,
} from "./probability.ts";
export { refuse, type Interval, type Refused } from "./refused.ts";
export { err, ok, type Result } from "./result.ts";

// Special functions, distributions, seeded randomness
export { betaCdf, betaSf } from "./numerics/incomplete-beta.ts";
export { gammaP, gammaQ } from "./numerics/incomplete-gamma.ts";
export { lambertWm1 } from "./numerics/lambert-w.ts";
export { noncentralTSf } from "./numerics/noncentral-t.ts";
export { betaDraw, gammaDraw, mersenneRng, normalDraw, type Draw, type Rng } from "./numerics/random.ts";
export {
  betaQuantile,
  chiSquaredSf,
  digamma,
  fSf,
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
} from "./numerics/special-functions.ts";
export { pooledTDifference } from "./numerics/student-t.ts";

// Comparing two cohorts
export { armMean, differenceOfMeans, type ArmMean } from "./cohorts/arm-mean.ts";
export {
  clusteredArm,
  mergeClusteredArms,
  type ClusteredArm,
  type ClusterPart,
  type ClusterTotals,
} from "./cohorts/clustered-arm.ts";
export { clusteredMean, type ClusterCorrection, type ClusteredMean } from "./cohorts/clustered-mean.ts";
export { cochranMantelHaenszel, type MantelHaenszel, type TwoByTwoTable } from "./cohorts/cochran-mantel-haenszel.ts";
export {
  allUnitsSlope,
  cuped,
  withinArmSlope,
  type CovariateSlope,
  type CupedEffect,
  type CupedOptions,
} from "./cohorts/cuped.ts";
export {
  chiSquaredTwoByTwo,
  fisherExact,
  type ContinuityCorrected,
  type FisherExact,
} from "./cohorts/exact-two-by-two.ts";
export { fieller, type FiellerLift } from "./cohorts/fieller.ts";
export { intraclassCorrelation, type IntraclassCorrelation } from "./cohorts/intraclass-correlation.ts";
export { jointMomentsOf, mergeJointMoments, type JointMoments } from "./cohorts/joint-moments.ts";
export { liftDifference, liftMoments, type LiftMoments } from "./cohorts/lift.ts";
export { linAdjusted, type LinEffect, type LinOptions } from "./cohorts/lin-adjustment.ts";
export {
  linearRegression,
  type AbsorbedEffects,
  type CovarianceKind,
  type LinearFit,
} from "./cohorts/linear-regression.ts";
export { logRatio, type LogRatio } from "./cohorts/log-ratio.ts";
export {
  addObservation,
  emptyMoments,
  mergeMoments,
  momentsFromConversions,
  momentsFromSums,
  momentsOf,
  sampleVariance,
  type Moments,
} from "./cohorts/moments.ts";
export {
  equivalence,
  nonInferiority,
  rateNonInferiority,
  type EquivalenceTest,
  type Guardrail,
  type GuardrailTest,
  type MeasuredEffect,
  type RateMethod,
} from "./cohorts/non-inferiority.ts";
export {
  binomialTest,
  proportionInterval,
  type ProportionEstimate,
  type ProportionIntervalMethod,
} from "./cohorts/one-proportion.ts";
export { postStratified, type ComparedStratum, type StratifiedEffect } from "./cohorts/post-stratification.ts";
export { quantileEffects, quantileSummaries, type QuantileEffect } from "./cohorts/quantile-effect.ts";
export { quantileMoments, type QuantileSummary } from "./cohorts/quantile-metric.ts";
export { quantiles, type QuantileType } from "./cohorts/quantile.ts";
export { randomIntercept, type GroupDeviation, type RandomIntercept } from "./cohorts/random-intercept.ts";
export { linearisedRatios, type LinearisedArms, type RatioSums } from "./cohorts/ratio-cuped.ts";
export {
  mergePairedMoments,
  pairedMoments,
  ratioDifference,
  ratioLift,
  ratioMean,
  ratioVariance,
  type PairedMoments,
  type RatioMean,
} from "./cohorts/ratio-metric.ts";
export {
  median,
  medianAbsoluteDeviation,
  trimmedMean,
  winsorise,
  type SampleRefusal,
  type Tails,
} from "./cohorts/robust-location.ts";
export { sampleShape, weightedMoments, type SampleShape, type WeightedMoments } from "./cohorts/sample-shape.ts";
export {
  differenceInterval,
  pooledZ,
  ratioInterval,
  twoProportionDifference,
  type DifferenceMethod,
  type RatioMethod,
  type ZTest,
} from "./cohorts/two-proportions.ts";
export {
  tComparison,
  welchDegreesOfFreedom,
  welchDifference,
  type Alternative,
  type ArmVariance,
  type ComparisonOptions,
  type ComparisonRefusal,
  type DifferenceEstimate,
} from "./cohorts/welch.ts";
export { pooledCaps, winsorisedDifference, type WinsorisedDifference } from "./cohorts/winsorised-difference.ts";

// Anytime-valid inference
export {
  anytimeCoefficient,
  anytimeMultiplier,
  narrowestG,
  type AnytimeCoefficient,
  type CoefficientInput,
} from "./anytime/anytime-valid-linear-model.ts";
export {
  asymptoticConfidenceSequence,
  asymptoticMargin,
  mixingVariance,
  type AsymptoticInput,
  type ConfidenceSequence,
  type Sides,
  type Tuning,
} from "./anytime/asymptotic-confidence-sequence.ts";
export { iteratedLogarithmMargin } from "./anytime/asymptotic-confidence-sequence.ts";
export {
  empiricalBernsteinSequence,
  hedgedLogCapital,
  hedgedSequence,
  hoeffdingSequence,
  predictablePlugIn,
  type BoundedMeanSequence,
  type HedgeOptions,
} from "./anytime/bounded-mean.ts";
export { spentError, type ErrorSpending } from "./anytime/error-spending.ts";
export {
  groupSequentialBounds,
  wangTsiatisBounds,
  type SequentialBound,
  type SequentialDesign,
  type SequentialPlan,
} from "./anytime/group-sequential.ts";
export { mixturePrecision, normalLogMixture, normalMixtureBound, type MixtureSide } from "./anytime/normal-mixture.ts";
export {
  rateDifferenceSequence,
  rateRatioSequence,
  type RateInput,
  type RateRefusal,
  type RateSequence,
} from "./anytime/rate-sequences.ts";
export {
  chiSquaredSampleRatio,
  sequentialSampleRatio,
  type ChiSquaredFit,
  type SampleRatioInput,
  type SampleRatioRefusal,
  type SequentialSampleRatio,
} from "./anytime/sample-ratio-mismatch.ts";
export {
  twoByTwoDifference,
  type DifferenceOptions,
  type DifferenceRefusal,
  type DifferenceSequence,
} from "./anytime/two-by-two-difference.ts";
export {
  DEFAULT_TWO_BY_TWO_PRIOR,
  initialTwoByTwo,
  stepTwoByTwo,
  twoByTwoEProcess,
  twoByTwoEvidence,
  type BetaShape,
  type Conversions,
  type TwoByTwoBatch,
  type TwoByTwoEvidence,
  type TwoByTwoPrior,
  type TwoByTwoRefusal,
  type TwoByTwoState,
} from "./anytime/two-by-two-e-process.ts";
export {
  bernoulliConfidenceSequence,
  betaBinomialMixture,
  gammaExponentialMixture,
  mixtureBound,
  polyStitchingBound,
  type Mixture,
} from "./anytime/uniform-boundaries.ts";
export { unitsUntilConfidenceSequence, type UnitsQuestion } from "./anytime/units-until-confidence-sequence.ts";

// Bayesian read-outs and shrinkage
export { betaBest, betaCompare, type BetaComparison, type BetaPosterior } from "./bayes/beta-best.ts";
export { betaBinomial, type BetaBinomialFit } from "./bayes/beta-binomial.ts";
export {
  effectPosterior,
  expectedPositivePart,
  type EffectPosterior,
  type NormalPrior,
} from "./bayes/effect-posterior.ts";
export {
  cochranQ,
  normalNormal,
  type NormalNormalFit,
  type NormalNormalInput,
  type ShrunkenEffect,
} from "./bayes/empirical-bayes.ts";
export type { HeterogeneityMethod } from "./bayes/heterogeneity.ts";
export { normalBest, topTwoAllocation, type BestOf } from "./bayes/normal-best.ts";
export { normalNormalPosterior, type NormalNormalPosterior } from "./bayes/normal-normal-posterior.ts";

// Many looks at many things
export { addis, addisSpending, type AddisOptions } from "./multiplicity/addis.ts";
export {
  batchBenjaminiHochberg,
  batchPositivelyDependent,
  batchStorey,
  testBatch,
  type BatchDecision,
  type BatchProcedure,
  type BatchRefusal,
  type PastBatch,
} from "./multiplicity/batch-fdr.ts";
export { averageEValues, eValueFromPValue, multiplyEValues, pValueFromEValue } from "./multiplicity/e-values.ts";
export { eLond, lond, londDependent } from "./multiplicity/lond.ts";
export { lordDependent, lordDiscarding, lordPlusPlus, lordThree, type WealthOptions } from "./multiplicity/lord.ts";
export {
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  eBenjaminiHochberg,
  hochberg,
  holm,
  hommel,
  storeyQValues,
  type AdjustedPValues,
} from "./multiplicity/multiple-testing.ts";
export { alphaSpending, onlineFallback } from "./multiplicity/online-familywise.ts";
export {
  beginTest,
  noOnlineTests,
  rememberOutcome,
  testOnline,
  type BegunTest,
  type OnlineDecision,
  type OnlineProcedure,
  type OnlineRefusal,
  type OnlineTests,
} from "./multiplicity/online-tests.ts";
export { alphaInvesting, saffron } from "./multiplicity/saffron.ts";

// Off-policy evaluation
export { doublyRobustSequence, type DoublyRobustSequenceOptions } from "./off-policy/doubly-robust-sequence.ts";
export {
  inversePropensityEffect,
  type PropensityWeighting,
  type WeightedEffect,
} from "./off-policy/inverse-propensity.ts";
export {
  loggedRounds,
  modelledRounds,
  type Column,
  type LoggedRounds,
  type ModelledRounds,
  type PolicyLog,
} from "./off-policy/logged-rounds.ts";
export { lowerBounds, type LowerBounds } from "./off-policy/lower-bounds.ts";
export {
  clopperPearsonInterval,
  cressieReadEstimate,
  cressieReadInterval,
  offPolicyConfidenceSequence,
  type OffPolicyRange,
} from "./off-policy/off-policy-intervals.ts";
export {
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
  type OffPolicyEstimate,
  type OffPolicyRefusal,
} from "./off-policy/off-policy.ts";
export {
  DEFAULT_OVERLAP_GATE,
  evaluatePolicy,
  overlapRefusal,
  weightDiagnostics,
  type EvaluationOptions,
  type OverlapGate,
  type OverlapRefusal,
  type PolicyEvaluation,
  type WeightDiagnostics,
} from "./off-policy/overlap-gate.ts";
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
} from "./off-policy/policy-contrast.ts";
export {
  type ActionProbabilities,
  type ContrastStratum,
  type PolicyCell,
  type ValueStratum,
} from "./off-policy/policy-strata.ts";
export {
  clipWeight,
  shrinkWeight,
  subGaussianWeight,
  switchWeight,
  weightBias,
  type WeightBias,
  type WeightMap,
} from "./off-policy/weight-maps.ts";

// Bandits
export { rangedProbabilities, type ActionRange } from "./bandits/action-ranges.ts";
export {
  adaptiveContrast,
  adaptivelyWeightedAipw,
  type AdaptiveContrast,
  type AdaptiveLog,
  type AdaptiveRefusal,
  type AdaptiveValues,
  type AdaptiveWeighting,
  type ArmValue,
} from "./bandits/adaptively-weighted-aipw.ts";
export { tallyReward, untriedTallies, type ArmTally } from "./bandits/arm-tally.ts";
export { bestArm, type BestArm } from "./bandits/best-arm.ts";
export { chooseAction, type ActionDistribution, type ChosenAction } from "./bandits/choose-action.ts";
export {
  conservativeProbabilities,
  type ConservativeChoice,
  type ConservativeOptions,
} from "./bandits/conservative-exploration.ts";
export { delayedRate, type DelayedRate, type DelayedUnits, type DelayRule } from "./bandits/delayed-conversions.ts";
export { additiveFloor, clippedFloor } from "./bandits/exploration-floor.ts";
export {
  inverseGapWeights,
  learnReward,
  linearBelief,
  linearReward,
  linUcbProbabilities,
  linUcbScore,
  untriedArm,
  type LinearArm,
  type LinearBelief,
} from "./bandits/linear-bandit.ts";
export { chooseThompson, thompsonProbabilities, type ThompsonBelief } from "./bandits/thompson-sampling.ts";

// Prediction
export { denseRows, type DenseRows, type Rows } from "./prediction/dense-rows.ts";
export { isotonicRegression, isotonicValue, type IsotonicFit } from "./prediction/isotonic-regression.ts";
export { type LogisticInput } from "./prediction/logistic-data.ts";
export { logisticElasticNet, type ElasticNetFit, type ElasticNetOptions } from "./prediction/logistic-elastic-net.ts";
export { logistic } from "./prediction/logistic-likelihood.ts";
export {
  logisticProbability,
  logisticRegression,
  type LogisticFit,
  type LogisticOptions,
  type LogisticRefusal,
} from "./prediction/logistic-regression.ts";
export { mannWhitney, type MannWhitney } from "./prediction/mann-whitney.ts";
export {
  multinomialProbabilities,
  multinomialRegression,
  type MultinomialFit,
  type MultinomialInput,
} from "./prediction/multinomial-regression.ts";
export { plattProbability, plattScaling, type PlattFit } from "./prediction/platt-scaling.ts";
export {
  normalisedGain,
  rankingCurve,
  topK,
  type CurveRefusal,
  type OperatingPoint,
  type RankingCurve,
  type TopK,
} from "./prediction/ranking-curve.ts";
export {
  reliability,
  type Reliability,
  type ReliabilityBin,
  type ReliabilityOptions,
} from "./prediction/reliability.ts";
export {
  auc,
  aucDifference,
  aucInterval,
  type AucDifference,
  type AucEstimate,
  type RankingRefusal,
} from "./prediction/roc-auc.ts";
export {
  calibrationLine,
  forecastScores,
  type CalibrationLine,
  type ForecastScores,
} from "./prediction/scoring-rules.ts";

// Text
export {
  abstentionCurve,
  abstentionThreshold,
  type AbstentionCurve,
  type AbstentionPoint,
} from "./text/abstention-curve.ts";
export type { FitRefusal } from "./text/held-out-folds.ts";
export { krippendorffAlpha, type LabelAgreement } from "./text/label-agreement.ts";
export { labelShift, shiftedProbabilities, type LabelShift } from "./text/label-shift.ts";
export { readText, type TextEvidence, type TextReading, type TextSpan } from "./text/read-text.ts";
export {
  sparseMultinomial,
  sparseProbabilities,
  sparseScores,
  type SparseMultinomialFit,
  type SparseMultinomialInput,
  type SparseMultinomialOptions,
  type SparseWeights,
} from "./text/sparse-multinomial.ts";
export { sparseRows, type SparseRow, type SparseRows } from "./text/sparse-rows.ts";
export { temperatureScaling, type TemperatureFit } from "./text/temperature-scaling.ts";
export { termRow, termTable, weighedTerms, type TermTable, type WeighedTerm } from "./text/term-table.ts";
export {
  textClassifier,
  textProbabilities,
  type HeldOutScore,
  type LabelledTexts,
  type TextClassifier,
  type TextClassifierOptions,
  type TextModel,
} from "./text/text-classifier.ts";
export {
  TEXT_LENGTH_MAX,
  textTerms,
  textWords,
  type TermBlock,
  type TextTerm,
  type TextWord,
} from "./text/text-terms.ts";

// Time and delay
export { aalenJohansen, type IncidencePoint } from "./survival/aalen-johansen.ts";
export { censoringWeights, type CensoringWeights } from "./survival/censoring-weights.ts";
export { cureFraction, cureIncidence, type CureFit, type CureRefusal } from "./survival/cure-fraction.ts";
export {
  kaplanMeier,
  survivalAt,
  survivalPoint,
  survivalPoints,
  type SurvivalCurve,
  type SurvivalPoint,
  type SurvivalScale,
} from "./survival/kaplan-meier.ts";
export { logRank, type LogRank, type LogRankInput } from "./survival/log-rank.ts";
export { maturityCurve, timeUntilMature, type MaturityCurve } from "./survival/maturity-curve.ts";
export { nelsonAalen, type HazardCurve } from "./survival/nelson-aalen.ts";
export {
  proportionalHazards,
  type HazardsFit,
  type HazardsInput,
  type HazardsRefusal,
  type Ties,
} from "./survival/proportional-hazards.ts";
export { type RiskTable, type SurvivalInput, type SurvivalRefusal } from "./survival/survival-data.ts";
export {
  survivalDistribution,
  type SurvivalDistribution,
  type SurvivalFamily,
} from "./survival/survival-distribution.ts";
export { restrictedMean, survivalQuantile } from "./survival/survival-summaries.ts";

// Causal, when nothing was randomised
export { aipw, type AipwEffect, type AipwInput } from "./observational/aipw.ts";
export {
  balancingWeights,
  type Assignment,
  type BalancingWeights,
  type TargetPopulation,
} from "./observational/balancing-weights.ts";
export {
  confoundingEValue,
  riskDifferenceEValue,
  riskRatioFromHazardRatio,
  riskRatioFromMeanDifference,
  riskRatioFromOddsRatio,
  type ConfoundingEValue,
  type ExposureTable,
  type RiskRatio,
} from "./observational/confounding-e-value.ts";
export { covariateBalance, type BalanceRow, type CovariateBalance } from "./observational/covariate-balance.ts";
export { crossFittedAipw } from "./observational/cross-fitted-aipw.ts";
export { crossFittedContrast } from "./observational/cross-fitted-contrast.ts";
export type { CrossFittedInput, CrossFittedOptions } from "./observational/cross-fitting.ts";
export {
  differenceInDifferences,
  twoWayFixedEffects,
  type PanelEffect,
  type PanelInput,
  type PanelRefusal,
} from "./observational/difference-in-differences.ts";
export {
  negativeControls,
  type ControlEffect,
  type ControlVerdict,
  type NegativeControls,
} from "./observational/negative-control.ts";
export {
  DEFAULT_OVERLAP_LIMITS,
  overlapReport,
  type ObservationalRefusal,
  type OverlapLimits,
  type OverlapReport,
} from "./observational/overlap.ts";
export {
  permutationTest,
  type PermutationInput,
  type PermutationOptions,
  type PermutationTest,
} from "./observational/permutation-test.ts";
export {
  placeboInSpace,
  type PlaceboInput,
  type PlaceboInSpace,
  type PlaceboRefusal,
} from "./observational/placebo-in-space.ts";
export { placeboInTime, type PlaceboInTime } from "./observational/placebo-in-time.ts";
export { trimByPropensity, type TrimmedUnits } from "./observational/propensity-trimming.ts";
export { syntheticControl, type SyntheticControl } from "./observational/synthetic-control.ts";
export {
  DEFAULT_WEIGHT_LIMITS,
  weightedContrast,
  type ContrastInput,
  type WeightedContrast,
  type WeightLimits,
} from "./observational/weighted-contrast.ts";

// Drift and noise
export { adaptiveWindow, type AdaptiveWindow, type AdaptiveWindowOptions } from "./drift/adaptive-window.ts";
export { binnedDrift, stabilityThreshold, type BinnedDrift } from "./drift/binned-drift.ts";
export { DEFAULT_DDM, initialDdm, stepDdm, type DdmOptions, type DdmState } from "./drift/ddm.ts";
export { initialEDetector, stepEDetector, type EDetectorOptions, type EDetectorState } from "./drift/e-detector.ts";
export { initialEddm, stepEddm, type EddmState } from "./drift/eddm.ts";
export { DEFAULT_HDDM, initialHddm, stepHddm, type HddmOptions, type HddmState } from "./drift/hddm-a.ts";
export {
  individualsLimits,
  initialRuns,
  stepRuns,
  type IndividualsLimits,
  type RunRule,
  type RunState,
} from "./drift/individuals-chart.ts";
export { effectTrend, type DailyEffects, type EffectTrend } from "./drift/novelty-trend.ts";
export {
  DEFAULT_PAGE_HINKLEY,
  initialPageHinkley,
  stepPageHinkley,
  type DriftSignal,
  type PageHinkleyOptions,
  type PageHinkleyState,
} from "./drift/page-hinkley.ts";
export {
  proportionChart,
  type PeriodCounts,
  type ProportionChart,
  type ProportionLimits,
} from "./drift/proportion-chart.ts";
export { twoSampleDrift, type TwoSampleDrift } from "./drift/two-sample-drift.ts";

// Design
export { clustersNeeded, designEffect, type ClusterShape } from "./design/cluster-design.ts";
export { daysToDetect, unitsAfter, type TestDuration, type Traffic } from "./design/days-to-detect.ts";
export { holdoutShare, mostPreciseShare, type ArmDeviations } from "./design/holdout-share.ts";
export { midExperimentPower, unitsStillNeeded, type RunningExperiment } from "./design/mid-experiment-power.ts";
export {
  minimumDetectableEffect,
  minimumDetectableMean,
  minimumDetectableRate,
  type DetectableEffect,
  type DetectableRate,
  type TestSetting,
} from "./design/minimum-detectable-effect.ts";
export {
  cohenH,
  standardisedPower,
  standardisedSize,
  twoMeansPower,
  twoMeansSize,
  twoProportionsPower,
  twoProportionsSize,
  type ArmSizes,
  type DesignRefusal,
  type TwoMeans,
  type TwoRates,
} from "./design/power.ts";
export {
  deviationPerUnit,
  sequentialDetectableEffect,
  sequentialUnits,
  type SequentialTest,
} from "./design/sequential-design.ts";
