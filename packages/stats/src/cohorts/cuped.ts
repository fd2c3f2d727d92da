import { areMomentsValid } from "./moments.ts";
import type { LiftMoments } from "./lift.ts";
import { mergePairedMoments, type PairedMoments } from "./ratio-metric.ts";
import { refuse, type Refused } from "../refused.ts";
import { isMeasured, welchDegreesOfFreedom, type ComparisonRefusal } from "./welch.ts";

/** An effect after adjustment, ready for `tComparison`, a confidence sequence or a posterior. */
export interface CupedEffect extends Omit<LiftMoments, "kind"> {
  readonly kind: "cuped";
  /** Slope of the outcome on the covariate that was taken out. */
  readonly theta: number;
}

/**
 * CUPED: takes out of the outcome what a covariate measured **before** exposure predicts, so that the same units tell more.
 *
 * θ = cov(Y, X)/var(X), by default within arms (`withinArmSlope`). A covariate without spread is ignored.
 *
 * @param arms - per arm: first = outcome, second = covariate.
 * @returns `zero-variance` when nothing is left to vary, `zero-baseline` for a lift on a control mean of 0.
 * @see Deng, Xu, Kohavi & Walker (2013), "Improving the sensitivity of online controlled experiments by utilizing pre-experiment
 * data", section 3.
 * @formula Ȳ_t − Ȳ_c − θ (X̄_t − X̄_c), θ = cov(Y, X)/var(X); var per arm (s_Y² + θ² s_X² − 2θ s_XY)/n
 * @assumes the covariate was measured before exposure; units independent
 * @example
 * const arm = (shift) => pairedMoments(momentsOf([1, 3, 2, 5].map((x) => x + shift)), momentsOf([2, 3, 1, 4]), 33 + 10 * shift);
 * cuped(arm(0), arm(1), { scale: "absolute" }) // => { estimate: 1, standardError: 0.67082, theta: 1.1 }
 */
export function cuped(
  control: PairedMoments,
  treatment: PairedMoments,
  { scale, slope = withinArmSlope, liftGradient = "unadjusted" }: CupedOptions,
): CupedEffect | Refused<ComparisonRefusal | "zero-baseline"> {
  const valid = [control.first, control.second, treatment.first, treatment.second].every(areMomentsValid);
  if (!valid || !Number.isFinite(control.coMoment + treatment.coMoment))
    return refuse("invalid-input", "moments must be finite, with n ≥ 0 and m2 ≥ 0");
  if (control.first.n < 2 || treatment.first.n < 2)
    return refuse("too-few", `each arm needs at least 2 units, got ${control.first.n} and ${treatment.first.n}`);
  const theta = slope(control, treatment);
  const base = control.first.mean;
  if (scale === "relative" && base === 0)
    return refuse("zero-baseline", "the control mean is 0, so there is nothing to be relative to");
  const adjusted = (arm: PairedMoments): number => arm.first.mean - theta * arm.second.mean;
  const difference = adjusted(treatment) - adjusted(control);
  const own = { control: adjustedVariance(control, theta, 1), treatment: adjustedVariance(treatment, theta, 1) };
  // Relative: the control's outcome counts with the ratio of the arms and its covariate with 1.
  const ratio = liftGradient === "unadjusted" ? treatment.first.mean / base : 1 + difference / base;
  const variance =
    scale === "absolute"
      ? own.control + own.treatment
      : (own.treatment + adjustedVariance(control, theta, ratio)) / (base * base);
  const size = (control.first.m2 + treatment.first.m2) / (scale === "absolute" ? 1 : base * base);
  if (variance <= 1e-12 * size || variance === 0)
    return refuse("zero-variance", "the covariate explains the outcome completely, or nothing varies");
  const effect = {
    kind: "cuped" as const,
    theta,
    estimate: scale === "absolute" ? difference : difference / Math.abs(base),
    standardError: Math.sqrt(variance),
    degreesOfFreedom: welchDegreesOfFreedom(
      { variance: own.control, n: control.first.n },
      { variance: own.treatment, n: treatment.first.n },
    ),
  };
  return isMeasured(effect) && Number.isFinite(theta)
    ? effect
    : refuse("invalid-input", "the moments contradict each other, or are too large or too small");
}

/** How the effect is expressed, which slope is taken out, and the ratio of arms that the delta method for a lift uses. */
export interface CupedOptions {
  readonly scale: "absolute" | "relative";
  readonly slope?: CovariateSlope;
  /** The ratio of unadjusted means (GrowthBook's means), or 1 + lift (the exact gradient; GrowthBook's ratio metrics). */
  readonly liftGradient?: "unadjusted" | "adjusted";
}

/** How much of the covariate is taken out: a slope from both arms together, never one per arm. */
export type CovariateSlope = (control: PairedMoments, treatment: PairedMoments) => number;

/**
 * Within-arm co-moments against within-arm spread: the effect itself cannot leak into the slope.
 *
 * @part cuped
 */
export function withinArmSlope(control: PairedMoments, treatment: PairedMoments): number {
  const spread = control.second.m2 + treatment.second.m2;
  return spread > 0 ? (control.coMoment + treatment.coMoment) / spread : 0;
}

/**
 * Slope over all units regardless of arm, as GrowthBook has it; mixes the effect in where the arms' covariates differ.
 *
 * @part cuped
 */
export function allUnitsSlope(control: PairedMoments, treatment: PairedMoments): number {
  const all = mergePairedMoments(control, treatment);
  return all.second.m2 > 0 ? all.coMoment / all.second.m2 : 0;
}

/** Squared standard error of the arm's mean of factor·Y − θX. */
function adjustedVariance({ first, second, coMoment }: PairedMoments, theta: number, factor: number): number {
  return (
    (factor * factor * first.m2 + theta * theta * second.m2 - 2 * theta * factor * coMoment) / (first.n - 1) / first.n
  );
}
