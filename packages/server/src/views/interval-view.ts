import { normalInterval, type Effect, type NoEffect, type Precision } from "@ratchet/engine";
import type { IntervalView } from "@ratchet/protocol";

/** An interval on the wire. JSON has no infinity: an end that the data do not bound is null. */
export function intervalView(
  { estimate, lower, upper }: { readonly estimate: number; readonly lower: number; readonly upper: number },
  confidence: number,
): IntervalView {
  return { estimate: finite(estimate), lower: finite(lower), upper: finite(upper), confidence };
}

/** Where there is nothing to estimate from. */
export function unknownInterval(confidence: number): IntervalView {
  return { estimate: null, lower: null, upper: null, confidence };
}

/** An effect with its confidence sequence: what decides. */
export function sequenceView(effect: Effect | NoEffect, { alpha }: Pick<Precision, "alpha">): IntervalView {
  return effect.kind === "refused"
    ? unknownInterval(1 - alpha)
    : intervalView({ estimate: effect.estimate, ...effect.sequence }, 1 - alpha);
}

/** An effect with the interval that is right for a single look: shown beside the other. */
export function fixedView(effect: Effect | NoEffect, { alpha }: Pick<Precision, "alpha">): IntervalView {
  return effect.kind === "refused"
    ? unknownInterval(1 - alpha)
    : intervalView({ estimate: effect.estimate, ...effect.fixed }, 1 - alpha);
}

/** A posterior mean with its normal interval. */
export function pooledView(
  pooled: { readonly mean: number; readonly standardError: number } | null,
  { alpha }: Pick<Precision, "alpha">,
): IntervalView {
  if (pooled === null) return unknownInterval(1 - alpha);
  const interval = normalInterval(pooled.mean, pooled.standardError, 1 - alpha);
  return intervalView({ estimate: pooled.mean, ...interval }, 1 - alpha);
}

/** difference ÷ baseline; null where that says nothing. */
export function liftOf(difference: number | null, baseline: number | null): number | null {
  return difference === null || baseline === null || baseline === 0 ? null : finite(difference / baseline);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
