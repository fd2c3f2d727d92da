import {
  liftDifference,
  mersenneRng,
  type Moments,
  momentsOf,
  normalQuantile,
  quantileMoments,
  quantiles,
  refuse,
  type Refused,
  welchDifference,
} from "../index.ts";
import { exponentialDraw, repeat } from "./draws.ts";
import { countMisses, misses, type MissCounts } from "./miss-count.ts";

const [CONTROL_MEAN, TREATMENT_MEAN, LEVEL, CONFIDENCE] = [1, 1.3, 0.9, 0.95];

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
  const perMean = -Math.log(1 - LEVEL);
  return countMisses(runs, () => {
    const [a, b] = [repeat(units, drawControl), repeat(Math.round(1.5 * units), drawTreatment)];
    const [control, treatment] = [momentsOf(a), momentsOf(b)];
    const [quantileControl, quantileTreatment] = [quantileOf(a), quantileOf(b)];
    return {
      welch: misses(welchDifference(control, treatment, { confidence: CONFIDENCE }), TREATMENT_MEAN - CONTROL_MEAN),
      "lift, delta method": misses(
        liftDifference(control, treatment, { confidence: CONFIDENCE }),
        (TREATMENT_MEAN - CONTROL_MEAN) / CONTROL_MEAN,
      ),
      "90 % quantile":
        "kind" in quantileControl || "kind" in quantileTreatment
          ? null
          : misses(
              welchDifference(quantileControl, quantileTreatment, { confidence: CONFIDENCE }),
              perMean * (TREATMENT_MEAN - CONTROL_MEAN),
            ),
    };
  });
}

function quantileOf(xs: readonly number[]): Moments | Refused {
  const n = xs.length;
  const reach = -normalQuantile(0.025) * Math.sqrt((LEVEL * (1 - LEVEL)) / n);
  if (LEVEL + reach >= 1) return refuse("too-few", `${n} units cannot bound the quantile`);
  const found = quantiles(xs, [LEVEL, LEVEL - reach, LEVEL + reach]);
  if (found.kind === "refused") return found;
  const [estimate = NaN, lower = NaN, upper = NaN] = found.values;
  return quantileMoments({ n, level: LEVEL, estimate, lower, upper });
}
