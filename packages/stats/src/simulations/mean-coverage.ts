import { armMean } from "../cohorts/arm-mean.ts";
import { fieller } from "../cohorts/fieller.ts";
import { logRatio } from "../cohorts/log-ratio.ts";
import { quantileEffects } from "../cohorts/quantile-effect.ts";
import { liftDifference, mersenneRng, momentsOf, welchDifference } from "../index.ts";
import { exponentialDraw, repeat } from "./draws.ts";
import { countMisses, misses, type Miss, type MissCounts } from "./miss-count.ts";

const [CONTROL_MEAN, TREATMENT_MEAN, LEVEL] = [1, 1.3, 0.9];
const LIFT = TREATMENT_MEAN / CONTROL_MEAN - 1;
const AT_95 = { confidence: 0.95 };

/**
 * 95 % intervals for differences of means and of 90 % quantiles on skewed outcomes (exponential, means 1 and 1.3), the treatment with
 * half as many units again.
 *
 * @param options.units - in the control arm.
 */
export function meanCoverage({
  seed,
  runs,
  units,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly units: number;
}): MissCounts {
  const rng = mersenneRng(seed);
  const [drawControl, drawTreatment] = [exponentialDraw(rng, CONTROL_MEAN), exponentialDraw(rng, TREATMENT_MEAN)];
  return countMisses(runs, () => {
    const [a, b] = [repeat(units, drawControl), repeat(Math.round(1.5 * units), drawTreatment)];
    const [control, treatment] = [momentsOf(a), momentsOf(b)];
    const [meanControl, meanTreatment] = [armMean(control), armMean(treatment)];
    if (meanControl.kind === "refused" || meanTreatment.kind === "refused") throw new Error("an arm has no spread");
    return {
      Welch: misses(welchDifference(control, treatment, AT_95), TREATMENT_MEAN - CONTROL_MEAN),
      "lift, delta method": misses(liftDifference(control, treatment, AT_95), LIFT),
      "lift, log-ratio": misses(logRatio(meanControl, meanTreatment, AT_95), LIFT),
      "lift, Fieller": misses(fieller(meanControl, meanTreatment, AT_95), LIFT),
      "90 % quantile": quantileMiss(a, b),
    };
  });
}

function quantileMiss(control: readonly number[], treatment: readonly number[]): Miss {
  const found = quantileEffects(control, treatment, { ...AT_95, levels: [LEVEL] });
  const effect = found.kind === "refused" ? undefined : found.effects[0];
  return effect === undefined ? null : misses(effect.effect, -Math.log(1 - LEVEL) * (TREATMENT_MEAN - CONTROL_MEAN));
}
