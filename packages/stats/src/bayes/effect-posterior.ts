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
 * Normal posterior of an effect, with chance to win and the expected loss of either choice.
 *
 * Estimate the prior from earlier experiments (`normalNormal`); flat priors exaggerate small tests. Under continuous looking chance to win is not error-controlled: show it, decide with a confidence sequence.
 *
 * @formula precision 1/se² + 1/V₀; mean weighted by precision; chance Φ(m/s); risk of staying s φ(m/s) + m Φ(m/s)
 * @assumes Normal estimate with known standard error; normal prior.
 * @param prior - null for a flat prior.
 * @returns `zero-variance` without a standard error, or where the posterior has no width beside its mean; `invalid-input` otherwise.
 * @see Deng (2015), "Objective Bayesian two sample hypothesis testing for online controlled experiments"; formulas as GrowthBook.
 * @example
 * const belief = effectPosterior({ estimate: 2, standardError: 1 }, { prior: { mean: 0, variance: 1 }, credibility: 0.95 });
 * belief.mean // => 1
 * belief.chanceToWin // => 0.921350
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
  if (![mean, standardDeviation].every(Number.isFinite) || !(standardDeviation > 0))
    return refuse("invalid-input", "estimate, standard error or prior are beyond what a double can square");
  const half = -normalQuantile((1 - credibility) / 2) * standardDeviation;
  if (!(mean - half < mean + half)) return refuse("zero-variance", "the standard error is nothing beside the estimate");
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

/**
 * Expected positive part of a normal variable, E[max(X, 0)]: the expected loss behind `effectPosterior`, right far into the tail.
 *
 * NaN for a deviation below 0 or a mean that is not finite.
 *
 * @part effectPosterior
 * @formula s φ(m/s) + m Φ(m/s), by an asymptotic series where the two would cancel
 * @example
 * expectedPositivePart(0, 1) // => 0.398942
 */
export function expectedPositivePart(mean: number, standardDeviation: number): number {
  if (!Number.isFinite(mean) || !(standardDeviation >= 0 && standardDeviation < Infinity)) return NaN;
  if (standardDeviation === 0) return Math.max(0, mean);
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
