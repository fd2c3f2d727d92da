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
