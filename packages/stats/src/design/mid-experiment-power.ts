import { asymptoticMargin, mixingVariance } from "../anytime/asymptotic-confidence-sequence.ts";
import { bisect } from "../numerics/bisect.ts";
import type { NormalPrior } from "../bayes/effect-posterior.ts";
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
 * @see GrowthBook, "Mid-experiment power"; the sequential half-width is the asymptotic confidence sequence's.
 */
export function midExperimentPower(
  { standardError, n, effect, alpha, reading }: RunningExperiment,
  growth: number,
): number {
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

const GROWTH_MAX = 2 ** 27;

/**
 * Units still needed, on top of those there are, for a wanted power; 0 when it is reached already.
 *
 * @returns `out-of-reach` when a hundred million times the units would not do.
 */
export function unitsStillNeeded(
  experiment: RunningExperiment,
  { power }: { readonly power: number },
): { readonly kind: "estimate"; readonly units: number } | Refused<"out-of-reach"> {
  if (midExperimentPower(experiment, 1) >= power) return { kind: "estimate", units: 0 };
  const excess = (growth: number): number => midExperimentPower(experiment, growth) - power;
  if (!(excess(GROWTH_MAX) > 0))
    return refuse("out-of-reach", `power stays below ${power} even with ${GROWTH_MAX} times the units`);
  return { kind: "estimate", units: (bisect(excess, 1, GROWTH_MAX) - 1) * experiment.n };
}
