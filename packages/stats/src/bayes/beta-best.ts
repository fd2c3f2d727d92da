import { bestOf, complement, type BestOf } from "./normal-best.ts";
import { integrate } from "../numerics/quadrature.ts";
import { refuse, type Refused } from "../refused.ts";
import { betaCdf, betaSf, logBeta } from "../numerics/special-functions.ts";

/** Posterior of a conversion rate: alpha = conversions + prior, beta = others + prior; both > 0. */
export interface BetaPosterior {
  readonly alpha: number;
  readonly beta: number;
}

/** Two posteriors compared; losses in units of the rate. */
export interface BetaComparison {
  readonly kind: "estimate";
  readonly probabilityTreatmentBeatsControl: number;
  /** E[max(control − treatment, 0)]: what shipping the treatment loses on average. */
  readonly expectedLossTreatment: number;
  readonly expectedLossControl: number;
}

/**
 * Exact comparison of two conversion rates with Beta posteriors, by quadrature.
 *
 * Chance to win is not error-controlled under repeated looks; decide with a confidence sequence beside it.
 *
 * @see Miller (2015), "Formulas for Bayesian A/B testing"; Stucchio (2015), "Bayesian A/B testing at VWO".
 */
export function betaCompare(
  control: BetaPosterior,
  treatment: BetaPosterior,
): BetaComparison | Refused<"invalid-input"> {
  if (![control, treatment].every(isProper))
    return refuse("invalid-input", "alpha and beta must be positive and finite");
  const breaks = [...panels(control), ...panels(treatment)];
  const wins = integrate((x) => density(treatment, x) * betaCdf(x, control.alpha, control.beta), breaks);
  const loses = integrate((x) => density(control, x) * betaCdf(x, treatment.alpha, treatment.beta), breaks);
  return {
    kind: "estimate",
    // Both sides are computed and only the smaller one trusted to its last digit.
    probabilityTreatmentBeatsControl: wins < 0.5 ? wins : 1 - loses,
    expectedLossTreatment: integrate(
      (x) => betaCdf(x, treatment.alpha, treatment.beta) * betaSf(x, control.alpha, control.beta),
      breaks,
    ),
    expectedLossControl: integrate(
      (x) => betaCdf(x, control.alpha, control.beta) * betaSf(x, treatment.alpha, treatment.beta),
      breaks,
    ),
  };
}

/**
 * Which of several independent conversion rates is the largest: exact Thompson propensities.
 *
 * @see Thompson (1933), "On the likelihood that one unknown probability exceeds another".
 */
export function betaBest(posteriors: readonly BetaPosterior[]): BestOf | Refused<"too-few" | "invalid-input"> {
  if (posteriors.length === 0) return refuse("too-few", "nothing to choose from");
  if (!posteriors.every(isProper)) return refuse("invalid-input", "alpha and beta must be positive and finite");
  const breaks = posteriors.flatMap(panels);
  const raw = posteriors.map((own, i) =>
    integrate(
      (x) =>
        posteriors.reduce(
          (product, p, j) => (j === i ? product : product * betaCdf(x, p.alpha, p.beta)),
          density(own, x),
        ),
      breaks,
    ),
  );
  const expectedMax = integrate((x) => complement(posteriors.map((p) => betaSf(x, p.alpha, p.beta))), breaks);
  return bestOf(
    raw,
    expectedMax,
    posteriors.map(({ alpha, beta }) => alpha / (alpha + beta)),
  );
}

/** Break points: all of [0, 1], denser around the bulk and towards both ends, where the density may have a pole. */
function panels({ alpha, beta }: BetaPosterior): readonly number[] {
  const mean = alpha / (alpha + beta);
  const deviation = Math.sqrt((mean * (1 - mean)) / (alpha + beta + 1));
  const around = Array.from({ length: 33 }, (_, i) => mean + (i - 16) * 0.75 * deviation);
  const ends = Array.from({ length: 40 }, (_, k) => 2 ** -(k + 1));
  return [0, 1, ...around.filter((x) => x > 0 && x < 1), ...ends, ...ends.map((x) => 1 - x)];
}

function density({ alpha, beta }: BetaPosterior, x: number): number {
  return Math.exp((alpha - 1) * Math.log(x) + (beta - 1) * Math.log1p(-x) - logBeta(alpha, beta));
}

function isProper({ alpha, beta }: BetaPosterior): boolean {
  return alpha > 0 && beta > 0 && Number.isFinite(alpha) && Number.isFinite(beta);
}
