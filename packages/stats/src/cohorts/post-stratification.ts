import { areMomentsValid, sampleVariance, type Moments } from "./moments.ts";
import { refuse, type Refused } from "../refused.ts";
import { isMeasured } from "./welch.ts";

/** One stratum: a calendar week, a segment, a ramp stage. */
export interface ComparedStratum {
  readonly control: Moments;
  readonly treatment: Moments;
}

/** Effect averaged over strata, weighted by their share of all units; `degreesOfFreedom` Infinity: use the normal distribution. */
export interface StratifiedEffect {
  readonly kind: "stratified";
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

/**
 * Post-stratified difference or lift: what the arms would differ by if both had the strata in the proportions of all units.
 *
 * Removes what a changing split (a ramp) or chance did to the mix of strata, which can turn a sign (Simpson's paradox).
 * The strata's shares are treated as estimated: their multinomial spread is part of the variance.
 *
 * @returns `too-few` when a stratum has fewer than two units in an arm (merge strata), `zero-variance`, `zero-baseline` for a lift
 * on a control mean of 0.
 * @see Miratrix, Sekhon & Yu (2013), "Adjusting treatment effect estimates by post-stratification in randomized experiments";
 * Xie & Aurisset (2016), "Improving the sensitivity of online controlled experiments: case studies at Netflix", section 3.
 * @formula Σ w_k (m_tk − m_ck), w_k = n_k/N; var = Σ w_k² (s_tk²/n_tk + s_ck²/n_ck) + Σ w_k (d_k − d)²/N
 * @assumes randomised within strata; strata defined before exposure
 * @example
 * const week = (shift) => ({ control: momentsOf([1, 2, 3]), treatment: momentsOf([2 + shift, 4, 6]) });
 * postStratified([week(0), week(3)], { scale: "absolute" }) // => { estimate: 2.5, standardError: 0.77728 }
 */
export function postStratified(
  strata: readonly ComparedStratum[],
  { scale }: { readonly scale: "absolute" | "relative" },
): StratifiedEffect | Refused<"too-few" | "zero-variance" | "zero-baseline" | "invalid-input"> {
  if (strata.some(({ control, treatment }) => !areMomentsValid(control) || !areMomentsValid(treatment)))
    return refuse("invalid-input", "moments must be finite, with n ≥ 0 and m2 ≥ 0");
  const units = strata.reduce((t, s) => t + s.control.n + s.treatment.n, 0);
  const arms = strata.map(({ control, treatment }) => {
    const [own, other] = [sampleVariance(control), sampleVariance(treatment)];
    if (own === null || other === null) return null;
    return {
      weight: (control.n + treatment.n) / units,
      a: control.mean,
      b: treatment.mean,
      va: own / control.n,
      vb: other / treatment.n,
    };
  });
  const known = arms.filter((arm) => arm !== null);
  if (strata.length === 0 || known.length < strata.length)
    return refuse("too-few", "every stratum needs at least 2 units in each arm; merge strata");
  const weighted = (f: (arm: (typeof known)[number]) => number): number =>
    known.reduce((t, arm) => t + arm.weight * f(arm), 0);
  const [meanControl, meanTreatment] = [weighted((s) => s.a), weighted((s) => s.b)];
  if (scale === "relative" && meanControl === 0)
    return refuse("zero-baseline", "the control mean is 0, so there is nothing to be relative to");
  // A lift is, to first order, the mean of (b − r·a)/|control| with r the ratio of means; a difference is the same with r = 1.
  const ratio = scale === "relative" ? meanTreatment / meanControl : 1;
  const base = scale === "relative" ? Math.abs(meanControl) : 1;
  const contrast = meanTreatment - ratio * meanControl;
  const sampling = known.reduce((t, s) => t + s.weight ** 2 * (s.vb + ratio * ratio * s.va), 0);
  const mixing = weighted((s) => (s.b - ratio * s.a - contrast) ** 2) / units;
  const standardError = Math.sqrt(sampling + mixing) / base;
  if (standardError === 0) return refuse("zero-variance", "every unit has the same value in each stratum");
  const estimate = (meanTreatment - meanControl) / base;
  if (!isMeasured({ estimate, standardError, degreesOfFreedom: Infinity }))
    return refuse("invalid-input", "the moments are too large or too small for doubles");
  return {
    kind: "stratified",
    estimate,
    standardError,
    degreesOfFreedom: Infinity,
  };
}
