import { refuse, type Interval, type Refused } from "../refused.ts";
import { normalCdf, normalPdf, normalQuantile } from "../numerics/special-functions.ts";

/** Belief about an effect before the data: N(mean, variance), in the units of the effect. */
export interface NormalPrior {
  readonly mean: number;
  readonly variance: number;
}

/** Belief after the data. */
export interface EffectPosterior {
  readonly kind: "estimate";
  readonly mean: number;
  readonly standardDeviation: number;
  /** P(effect > 0). */
  readonly chanceToWin: number;
  readonly interval: Interval;
  /** Expected loss of staying with the control (E[max(effect, 0)]) and of shipping the treatment (E[max(−effect, 0)]). */
  readonly riskControl: number;
  readonly riskTreatment: number;
}

/**
 * Normal posterior of an effect. Estimate the prior from earlier experiments (`normalNormal`); flat priors exaggerate small tests.
 *
 * Under continuous looking chance to win is not error-controlled: show it, decide with a confidence sequence.
 *
 * @param prior - null for a flat prior.
 * @see Deng (2015), "Objective Bayesian two sample hypothesis testing for online controlled experiments"; formulas as GrowthBook.
 */
export function effectPosterior(
  { estimate, standardError }: { readonly estimate: number; readonly standardError: number },
  { prior, credibility }: { readonly prior: NormalPrior | null; readonly credibility: number },
): EffectPosterior | Refused<"zero-variance" | "invalid-input"> {
  if (standardError === 0) return refuse("zero-variance", "no spread has been seen yet");
  if (
    !Number.isFinite(estimate) ||
    !(standardError > 0 && Number.isFinite(standardError)) ||
    !(credibility > 0 && credibility < 1)
  ) {
    return refuse("invalid-input", `estimate ${estimate}, standard error ${standardError}, credibility ${credibility}`);
  }
  if (prior !== null && !(prior.variance > 0 && Number.isFinite(prior.mean)))
    return refuse("invalid-input", "a prior needs a positive variance; use null for a flat one");
  const dataPrecision = 1 / standardError ** 2;
  const priorPrecision = prior === null ? 0 : 1 / prior.variance;
  const variance = 1 / (dataPrecision + priorPrecision);
  const mean = variance * (dataPrecision * estimate + priorPrecision * (prior?.mean ?? 0));
  const standardDeviation = Math.sqrt(variance);
  const half = -normalQuantile((1 - credibility) / 2) * standardDeviation;
  return {
    kind: "estimate",
    mean,
    standardDeviation,
    chanceToWin: normalCdf(mean / standardDeviation),
    interval: { lower: mean - half, upper: mean + half },
    riskControl: expectedPositivePart(mean, standardDeviation),
    riskTreatment: expectedPositivePart(-mean, standardDeviation),
  };
}

/** E[max(X, 0)] for X ~ N(mean, standardDeviation²): s φ(m/s) + m Φ(m/s), by an asymptotic series where the two would cancel. */
export function expectedPositivePart(mean: number, standardDeviation: number): number {
  const z = mean / standardDeviation;
  if (z > -8) return standardDeviation * normalPdf(z) + mean * normalCdf(z);
  // φ(z) + zΦ(z) = φ(z) (1/z² − 3/z⁴ + 15/z⁶ − …) for z → −∞.
  const inverse = 1 / (z * z);
  let [term, sum] = [inverse, inverse];
  for (let k = 1; k < 12; k++) {
    term *= -(2 * k + 1) * inverse;
    sum += term;
  }
  return standardDeviation * normalPdf(z) * sum;
}
