import { normalNormalPosterior, normalSf } from "@ratchet/stats";
import type { SegmentId } from "../ids.ts";
import type { Effect, NoEffect } from "./effect.ts";

/** One segment's effect, raw and pulled towards the others'. */
export interface SegmentEffect {
  readonly segment: SegmentId;
  readonly raw: Effect | NoEffect;
  /** Partially pooled; null where the raw effect was refused. */
  readonly pooled: PooledEffect | null;
}

/** Posterior of a segment's effect under the normal-normal model, averaged over how much the segments may differ. */
export interface PooledEffect {
  readonly mean: number;
  readonly standardError: number;
  /** Probability that the effect is above 0. */
  readonly probabilityPositive: number;
  /** 0: trusted as measured. 1: replaced by the common mean. */
  readonly shrinkage: number;
}

/**
 * Pools the effects that could be estimated. With one such segment the raw estimate stands.
 *
 * @see Morris (1983), "Parametric empirical Bayes inference"; `normalNormalPosterior` of `@ratchet/stats`, whose intervals cover with few
 * segments, too.
 */
export function poolSegments(raw: ReadonlyMap<SegmentId, Effect | NoEffect>): readonly SegmentEffect[] {
  const entries = [...raw].sort(([a], [b]) => (a < b ? -1 : 1));
  const estimated = entries.flatMap(([segment, effect]) => (effect.kind === "estimate" ? [{ segment, effect }] : []));
  const fit = normalNormalPosterior({
    estimates: estimated.map(({ effect }) => effect.estimate),
    variances: estimated.map(({ effect }) => effect.standardError ** 2),
  });
  const pooled = new Map<SegmentId, PooledEffect>();
  estimated.forEach(({ segment, effect }, i) => {
    const shrunken = fit.kind === "estimate" ? fit.effects[i] : undefined;
    const { mean, standardError, shrinkage } = shrunken ?? {
      mean: effect.estimate,
      standardError: effect.standardError,
      shrinkage: 0,
    };
    pooled.set(segment, { mean, standardError, shrinkage, probabilityPositive: normalSf(-mean / standardError) });
  });
  return entries.map(([segment, effect]) => ({ segment, raw: effect, pooled: pooled.get(segment) ?? null }));
}
