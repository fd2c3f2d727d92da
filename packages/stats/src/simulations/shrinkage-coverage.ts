import {
  betaBinomial,
  betaDraw,
  mersenneRng,
  normalDraw,
  normalNormal,
  normalNormalPosterior,
  type ShrunkenEffect,
} from "../index.ts";
import { countMisses, leavesOut, misses95, type MissCounts } from "./miss-count.ts";

/**
 * 95 % intervals of one segment's effect after normal-normal shrinkage (by REML, and averaged over τ), where effects are N(0.2, spread²) and standard errors run
 * from 0.1 to 0.5. The first segment stands for all: its neighbours share the fit, so counting them too would count runs twice.
 */
export function normalShrinkageCoverage({
  seed,
  runs,
  segments,
  spread = 0.3,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly segments: number;
  readonly spread?: number;
}): MissCounts {
  const rng = mersenneRng(seed);
  const [noise, effect] = [
    normalDraw(rng, { mean: 0, standardDeviation: 1 }),
    normalDraw(rng, { mean: 0.2, standardDeviation: spread }),
  ];
  return countMisses(runs, () => {
    const truths = Array.from({ length: segments }, effect);
    const errors = truths.map(() => 0.1 + 0.4 * rng.next());
    const measured = {
      estimates: truths.map((truth, i) => truth + (errors[i] ?? NaN) * noise()),
      variances: errors.map((error) => error ** 2),
    };
    const fit = normalNormal({ ...measured, method: "REML" });
    const [shrunken] = fit.kind === "refused" ? [] : fit.effects;
    const averaged = normalNormalPosterior(measured);
    const [pooled] = averaged.kind === "refused" ? [] : averaged.effects;
    const [truth = NaN] = truths;
    const misses = (effect: ShrunkenEffect | undefined): boolean | null =>
      effect === undefined ? null : misses95({ estimate: effect.mean, standardError: effect.standardError, truth });
    return { "normal-normal": misses(shrunken), "normal-normal, averaged over the spread": misses(pooled) };
  });
}

/** 95 % intervals of one segment's rate after beta-binomial shrinkage: true rates Beta(4, 36), 20 to 500 units a segment. */
export function rateShrinkageCoverage({
  seed,
  runs,
  segments,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly segments: number;
}): MissCounts {
  const rng = mersenneRng(seed);
  const rate = betaDraw(rng, { alpha: 4, beta: 36 });
  return countMisses(runs, () => {
    const truths = Array.from({ length: segments }, rate);
    const groups = truths.map((truth) => {
      const n = 20 + Math.floor(480 * rng.next());
      let conversions = 0;
      for (let i = 0; i < n; i++) if (rng.next() < truth) conversions++;
      return { n, conversions };
    });
    const fit = betaBinomial(groups);
    const [lower, upper] = (fit.kind === "refused" ? undefined : fit.rates[0]?.interval95) ?? [NaN, NaN];
    return { "beta-binomial": Number.isNaN(lower) ? null : leavesOut({ lower, upper }, truths[0] ?? NaN) };
  });
}
