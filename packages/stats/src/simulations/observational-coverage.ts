import {
  crossFittedAipw,
  differenceInDifferences,
  type Draw,
  inversePropensityEffect,
  logistic,
  mersenneRng,
  normalDraw,
  tQuantile,
  type Rng,
} from "../index.ts";
import { countMisses, misses95, type Miss, type MissCounts } from "./miss-count.ts";

const EFFECT = 0.5;

/** 95 % intervals for an effect of ½ where two covariates drive both treatment and outcome: cross-fitted AIPW, and weighting by the true propensity. */
export function confoundedCoverage({
  seed,
  runs,
  units,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly units: number;
}): MissCounts {
  const rng = mersenneRng(seed);
  const noise = normalDraw(rng, { mean: 0, standardDeviation: 1 });
  return countMisses(runs, () => {
    const { rows, propensities, treated, outcomes } = confounded(rng, noise, units);
    const fitted = crossFittedAipw({ rows, treated, outcomes }, { rng, folds: 5, repeats: 1, limits: "accept" });
    const weighted = inversePropensityEffect(
      outcomes,
      { treated, propensities },
      { weighting: "hajek", limits: "accept" },
    );
    const miss = (effect: typeof fitted | typeof weighted): Miss =>
      effect.kind === "refused" ? null : misses95({ ...effect, truth: EFFECT });
    return { "cross-fitted AIPW": miss(fitted), "inverse propensity, Hájek": miss(weighted) };
  });
}

function confounded(rng: Rng, noise: Draw, units: number) {
  const rows = Array.from({ length: units }, () => [noise(), noise()]);
  const propensities = rows.map(([a = 0, b = 0]) => logistic(0.5 * a - 0.5 * b));
  const treated = propensities.map((e) => (rng.next() < e ? 1 : 0));
  const outcomes = rows.map(([a = 0, b = 0], i) => a + 0.5 * b + (treated[i] ?? 0) * (EFFECT + 0.3 * a) + noise());
  return { rows, propensities, treated, outcomes };
}

/**
 * 95 % interval of a difference in differences, t with units − 2 degrees of freedom: half of the units are treated from the fourth of six
 * periods on, and each has a level and a trend of its own.
 */
export function panelCoverage({
  seed,
  runs,
  units: unitCount,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly units: number;
}): MissCounts {
  const rng = mersenneRng(seed);
  const noise = normalDraw(rng, { mean: 0, standardDeviation: 1 });
  const t = tQuantile(0.975, unitCount - 2);
  const cells = Array.from({ length: 6 * unitCount }, (_, i) => ({ unit: Math.floor(i / 6), period: i % 6 }));
  const treated = cells.map(({ unit }) => unit % 2);
  const post = cells.map(({ period }) => (period >= 3 ? 1 : 0));
  const units = cells.map(({ unit }) => unit);
  return countMisses(runs, () => {
    const level = Array.from({ length: unitCount }, noise);
    const trend = Array.from({ length: unitCount }, () => 0.1 * noise());
    const outcomes = cells.map(
      ({ unit, period }, i) =>
        (level[unit] ?? NaN) +
        (trend[unit] ?? NaN) * period +
        0.2 * period +
        EFFECT * (treated[i] ?? 0) * (post[i] ?? 0) +
        noise(),
    );
    const effect = differenceInDifferences({ outcomes, treated, units, post });
    return {
      "difference in differences":
        effect.kind === "refused" || effect.standardError === null
          ? null
          : Math.abs(effect.estimate - EFFECT) > t * effect.standardError,
    };
  });
}
