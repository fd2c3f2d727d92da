import { jointMomentsOf } from "../cohorts/joint-moments.ts";
import { linAdjusted } from "../cohorts/lin-adjustment.ts";
import {
  cuped,
  type Draw,
  linearRegression,
  mersenneRng,
  momentsOf,
  normalDraw,
  type PairedMoments,
  pairedMoments,
  postStratified,
  type Rng,
  tComparison,
} from "../index.ts";
import { bernoulliDraw, exponentialDraw } from "./draws.ts";
import { countMisses, misses, misses95, type Miss, type MissCounts } from "./miss-count.ts";

interface Unit {
  readonly treated: number;
  readonly covariate: number;
  readonly stratum: number;
  readonly outcome: number;
}

/** Mean effect: 0.3 plus 0.4 times a covariate of mean 1, which also makes the treated spread more. */
const EFFECT = 0.7;

/**
 * 95 % intervals for an effect after adjustment for what was known before: CUPED, Lin's interacted regression (from rows with
 * HC2, and from moments) and post-stratification. Effects differ between units, the covariate is skewed and two fifths are treated.
 */
export function adjustedCoverage({
  seed,
  runs,
  units,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly units: number;
}): MissCounts {
  const rng = mersenneRng(seed);
  const draw = unitDraw(rng);
  return countMisses(runs, () => {
    const sample = Array.from({ length: units }, draw);
    const adjusted = cuped(armOf(sample, 0), armOf(sample, 1), { scale: "absolute" });
    return {
      cuped: adjusted.kind === "refused" ? null : misses(tComparison(adjusted, { confidence: 0.95 }), EFFECT),
      "Lin, HC2": lin(sample),
      "Lin, from moments": linFromMoments(sample),
      "post-stratified": stratified(sample),
    };
  });
}

function unitDraw(rng: Rng): () => Unit {
  const noise: Draw = normalDraw(rng, { mean: 0, standardDeviation: 1 });
  const [covariateOf, arm] = [exponentialDraw(rng, 1), bernoulliDraw(rng, 0.4)];
  return () => {
    const [treated, covariate] = [arm(), covariateOf()];
    const outcome = covariate + treated * (0.3 + 0.4 * covariate) + noise();
    return { treated, covariate, stratum: covariate < 0.5 ? 0 : covariate < 1.2 ? 1 : 2, outcome };
  };
}

function armOf(sample: readonly Unit[], arm: number): PairedMoments {
  const units = sample.filter(({ treated }) => treated === arm);
  return pairedMoments(
    momentsOf(units.map(({ outcome }) => outcome)),
    momentsOf(units.map(({ covariate }) => covariate)),
    units.reduce((t, { outcome, covariate }) => t + outcome * covariate, 0),
  );
}

/**
 * The regression takes the covariate's mean in the sample as given; the effect in the population varies with it, by slope²·var(x)/n
 * more.
 */
function lin(sample: readonly Unit[]): Miss {
  const n = sample.length;
  const moments = momentsOf(sample.map(({ covariate }) => covariate));
  const fit = linearRegression(
    sample.map(({ treated, covariate }) => {
      const centred = covariate - moments.mean;
      return [1, treated, centred, treated * centred];
    }),
    sample.map(({ outcome }) => outcome),
  );
  if (fit.kind === "refused") return null;
  const [, estimate = NaN, , slope = NaN] = fit.coefficients;
  const [, error = NaN] = fit.standardErrors("HC2");
  return misses95({
    estimate,
    standardError: Math.sqrt(error ** 2 + (slope ** 2 * moments.m2) / n / n),
    truth: EFFECT,
  });
}

function linFromMoments(sample: readonly Unit[]): Miss {
  const arm = (which: number): readonly (readonly number[])[] =>
    sample.flatMap((unit) => (unit.treated === which ? [[unit.outcome, unit.covariate]] : []));
  const effect = linAdjusted(jointMomentsOf(arm(0)), jointMomentsOf(arm(1)), { target: "population" });
  return effect.kind === "refused" ? null : misses(tComparison(effect, { confidence: 0.95 }), EFFECT);
}

function stratified(sample: readonly Unit[]): Miss {
  const of = (stratum: number, arm: number): readonly number[] =>
    sample.flatMap((unit) => (unit.stratum === stratum && unit.treated === arm ? [unit.outcome] : []));
  const effect = postStratified(
    [0, 1, 2].map((s) => ({ control: momentsOf(of(s, 0)), treatment: momentsOf(of(s, 1)) })),
    { scale: "absolute" },
  );
  return effect.kind === "refused" ? null : misses95({ ...effect, truth: EFFECT });
}
