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

/** Largest error of two probabilities that must sum to 1: beyond it the quadrature has missed a peak. */
const QUADRATURE_TOLERANCE = 1e-6;

/**
 * Exact comparison of two conversion rates with Beta posteriors, by quadrature.
 *
 * Chance to win is not error-controlled under repeated looks; decide with a confidence sequence beside it.
 *
 * @formula P(B > A) = ∫ f_B F_A dx; expected loss of choosing B = ∫ F_B (1 − F_A) dx
 * @assumes Independent Beta posteriors of two rates.
 * @returns `invalid-input` for parameters that are not positive and finite, or posteriors too narrow for a double.
 * @see Miller (2015), "Formulas for Bayesian A/B testing", eq. 1; Stucchio (2015), "Bayesian A/B testing at VWO", section 3.
 * @example
 * betaCompare({ alpha: 1, beta: 1 }, { alpha: 2, beta: 1 }).probabilityTreatmentBeatsControl // => 0.666667
 */
export function betaCompare(
  control: BetaPosterior,
  treatment: BetaPosterior,
): BetaComparison | Refused<"invalid-input"> {
  if (![control, treatment].every(isProper))
    return refuse("invalid-input", "alpha and beta must be positive and finite");
  const both = [control, treatment];
  const wins = overUnit(both, ([a, b], x, { below }) => density(b, x) * below(a, x));
  const loses = overUnit(both, ([a, b], x, { below }) => density(a, x) * below(b, x));
  if (!(Math.abs(wins + loses - 1) <= QUADRATURE_TOLERANCE))
    return refuse("invalid-input", "the posteriors are too narrow or too far apart for a double to compare them");
  return {
    kind: "estimate",
    // Both sides are computed and only the smaller one trusted to its last digit.
    probabilityTreatmentBeatsControl: wins < 0.5 ? wins : 1 - loses,
    expectedLossTreatment: overUnit(both, ([a, b], x, { below, above }) => below(b, x) * above(a, x)),
    expectedLossControl: overUnit(both, ([a, b], x, { below, above }) => below(a, x) * above(b, x)),
  };
}

/**
 * Which of several independent conversion rates is the largest: exact Thompson propensities.
 *
 * @formula p_i = ∫ f_i Π_{j≠i} F_j dx over [0, 1]; E[max] = ∫ (1 − ΠF) dx
 * @assumes Independent Beta posteriors.
 * @returns `too-few` without arms, `invalid-input` for parameters that are not positive and finite, or posteriors too narrow for a double.
 * @see Thompson (1933), "On the likelihood that one unknown probability exceeds another".
 * @example
 * betaBest([{ alpha: 2, beta: 1 }, { alpha: 1, beta: 1 }]).probabilityBest // => [0.666667, 0.333333]
 */
export function betaBest(posteriors: readonly BetaPosterior[]): BestOf | Refused<"too-few" | "invalid-input"> {
  if (posteriors.length === 0) return refuse("too-few", "nothing to choose from");
  if (!posteriors.every(isProper)) return refuse("invalid-input", "alpha and beta must be positive and finite");
  const raw = posteriors.map((_, i) =>
    overUnit(posteriors, (given, x, { below }) =>
      given.reduce((product, p, j) => product * (j === i ? density(p, x) : below(p, x)), 1),
    ),
  );
  const expectedMax = overUnit(posteriors, (given, x, { above }) => complement(given.map((p) => above(p, x))));
  return bestOf(
    raw,
    expectedMax,
    posteriors.map(({ alpha, beta }) => alpha / (alpha + beta)),
  );
}

/** Probability below and above a point of the unit interval, whichever end the point is measured from. */
interface Sides {
  readonly below: (posterior: BetaPosterior | undefined, x: number) => number;
  readonly above: (posterior: BetaPosterior | undefined, x: number) => number;
}

/**
 * Integral over [0, 1], the upper half measured from 1 with mirrored posteriors: a posterior with beta < 1 has a pole there, closer to
 * which than 10⁻¹⁶ no double comes, while it still has a share of 10⁻⁸ there.
 */
function overUnit(
  posteriors: readonly BetaPosterior[],
  f: (posteriors: readonly BetaPosterior[], x: number, sides: Sides) => number,
): number {
  const cdf: Sides["below"] = (p, x) => (p === undefined ? NaN : betaCdf(x, p.alpha, p.beta));
  const sf: Sides["above"] = (p, x) => (p === undefined ? NaN : betaSf(x, p.alpha, p.beta));
  const mirrored = posteriors.map(({ alpha, beta }) => ({ alpha: beta, beta: alpha }));
  return (
    integrate((x) => f(posteriors, x, { below: cdf, above: sf }), posteriors.flatMap(panels)) +
    integrate((y) => f(mirrored, y, { below: sf, above: cdf }), mirrored.flatMap(panels))
  );
}

/** Number of halvings towards 0 after which a pole of x^(alpha − 1) holds less than 2⁻⁴⁰ of the probability; at most 250. */
function halvings(alpha: number): number {
  return Math.min(250, Math.ceil(40 / Math.min(1, alpha)));
}

/** Break points of [0, ½]: denser around the bulk and towards 0, where the density may have a pole. */
function panels({ alpha, beta }: BetaPosterior): readonly number[] {
  const mean = alpha / (alpha + beta);
  const deviation = Math.sqrt((mean * (1 - mean)) / (alpha + beta + 1));
  const around = Array.from({ length: 33 }, (_, i) => mean + (i - 16) * 0.75 * deviation);
  const end = Array.from({ length: halvings(alpha) }, (_, k) => 2 ** -(k + 1));
  return [0, ...around.filter((x) => x > 0 && x < 0.5), ...end];
}

function density(posterior: BetaPosterior | undefined, x: number): number {
  if (posterior === undefined) return NaN;
  const { alpha, beta } = posterior;
  return Math.exp((alpha - 1) * Math.log(x) + (beta - 1) * Math.log1p(-x) - logBeta(alpha, beta));
}

function isProper({ alpha, beta }: BetaPosterior): boolean {
  return alpha > 0 && beta > 0 && Number.isFinite(alpha) && Number.isFinite(beta);
}
