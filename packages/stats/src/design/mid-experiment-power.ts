import { asymptoticMargin, mixingVariance } from "../anytime/asymptotic-confidence-sequence.ts";
import { bisect } from "../numerics/bisect.ts";
import type { NormalPrior } from "../bayes/effect-posterior.ts";
import { isPositive } from "./power.ts";
import { refuse, type Refused } from "../refused.ts";
import { normalCdf, normalQuantile, normalSf } from "../numerics/special-functions.ts";

/** A running experiment and what it should be able to find. */
export interface RunningExperiment {
  /** Standard error of the effect now, after `n` units in all. */
  readonly standardError: number;
  readonly n: number;
  /** Smallest effect of interest, in units of the effect. */
  readonly effect: number;
  readonly alpha: number;
  /** How significance will be read: one look, a confidence sequence, or a credible interval under a prior. */
  readonly reading:
    | { readonly kind: "fixed" }
    | { readonly kind: "sequential"; readonly tunedFor: number }
    | { readonly kind: "bayesian"; readonly prior: NormalPrior };
}

/**
 * Chance that the experiment is significant once it has `growth` times today's units (1 = now), if the effect is real.
 *
 * @returns NaN unless the standard error, n and growth are positive and alpha is in (0, 1).
 * @formula Φ((|δ| − w)/σ) + Φ(−(|δ| + w)/σ), σ = se/√growth, w the half-width at which the reading turns significant
 * @assumes the noise per unit stays as it is; a near-normal effect
 * @see GrowthBook, "Mid-experiment power" (statistics documentation); the sequential half-width is the asymptotic confidence sequence's
 * @example
 * const running = { standardError: 0.06, n: 4000, effect: 0.1, alpha: 0.05, reading: { kind: "fixed" } };
 * midExperimentPower(running, 2) // => 0.65435
 */
export function midExperimentPower(
  { standardError, n, effect, alpha, reading }: RunningExperiment,
  growth: number,
): number {
  if (![standardError, n, growth].every(isPositive) || !(alpha > 0 && alpha < 1) || !isReadable(reading)) return NaN;
  const variance = standardError ** 2 / growth;
  const sd = Math.sqrt(variance);
  const delta = Math.abs(effect);
  const critical = -normalQuantile(alpha / 2);
  if (reading.kind === "bayesian") {
    const { mean, variance: priorVariance } = reading.prior;
    const width = variance * Math.sqrt(1 / priorVariance + 1 / variance) * critical;
    const pull = (variance * mean) / priorVariance;
    return normalSf((width - pull - delta) / sd) + normalCdf(-(width + pull + delta) / sd);
  }
  const halfWidth =
    reading.kind === "fixed"
      ? critical * sd
      : standardError *
        Math.sqrt(n) *
        asymptoticMargin({
          n: n * growth,
          rhoSquared: mixingVariance({ alpha, tunedFor: reading.tunedFor, tuning: "approximate" }),
          alpha,
          sided: "two",
        });
  return normalSf((halfWidth - delta) / sd) + normalCdf(-(halfWidth + delta) / sd);
}

function isReadable(reading: RunningExperiment["reading"]): boolean {
  switch (reading.kind) {
    case "fixed":
      return true;
    case "sequential":
      return isPositive(reading.tunedFor);
    case "bayesian":
      return Number.isFinite(reading.prior.mean) && isPositive(reading.prior.variance);
  }
}

const GROWTH_MAX = 2 ** 27;

/**
 * Units still needed, on top of those there are, for a wanted power; 0 when it is reached already.
 *
 * @returns `out-of-reach` when a hundred million times the units would not do; `invalid-input` where the power cannot be told.
 * @formula the k with midExperimentPower(growth 1 + k/n) = power
 * @assumes the noise per unit stays as it is
 * @see GrowthBook, "Mid-experiment power" (statistics documentation)
 * @example
 * const running = { standardError: 0.06, n: 4000, effect: 0.1, alpha: 0.05, reading: { kind: "fixed" } };
 * unitsStillNeeded(running, { power: 0.8 }) // => { kind: "estimate", units: 7302.36 }
 */
export function unitsStillNeeded(
  experiment: RunningExperiment,
  { power }: { readonly power: number },
): { readonly kind: "estimate"; readonly units: number } | Refused<"out-of-reach" | "invalid-input"> {
  const now = midExperimentPower(experiment, 1);
  if (Number.isNaN(now) || !(power > 0 && power < 1))
    return refuse("invalid-input", `power ${power} of an experiment with error ${experiment.standardError}`);
  if (now >= power) return { kind: "estimate", units: 0 };
  const excess = (growth: number): number => midExperimentPower(experiment, growth) - power;
  if (!(excess(GROWTH_MAX) > 0))
    return refuse("out-of-reach", `power stays below ${power} even with ${GROWTH_MAX} times the units`);
  return { kind: "estimate", units: (bisect(excess, 1, GROWTH_MAX) - 1) * experiment.n };
}
