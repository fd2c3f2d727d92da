import type { Moments } from "./moments.ts";
import { refuse, type Refused } from "../refused.ts";
import { normalQuantile } from "../numerics/special-functions.ts";

/**
 * A quantile of an arm with the order statistics that bound it: `lower` and `upper` are the sample quantiles at
 * level ∓ z·√(level(1 − level)/n), z = 1.96. They are two counts in a database: no raw outcomes travel.
 */
export interface QuantileSummary {
  readonly n: number;
  /** In (0, 1), for example 0.9. */
  readonly level: number;
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * A quantile as moments, so that `welchDifference`, `liftDifference` and sequential tests compare quantiles as they do means.
 *
 * @returns `too-few` when the bounds would lie outside the sample: the quantile's error cannot be told; `zero-variance` when the
 * bounds coincide; `invalid-input` when they are out of order.
 * @see Deng, Knoblich & Lu (2018), "Applying the delta method in metric analytics", section 4; Woodruff (1952).
 * @formula se = (q(τ + r) − q(τ − r))/(2·1.96), r = 1.96·√(τ(1 − τ)/n)
 * @assumes units independent; few ties at the quantile
 * @example
 * quantileMoments({ n: 500, level: 0.5, estimate: 19.5, lower: 17.7, upper: 21.8 }) // => { n: 500, mean: 19.5, m2: 272403.47 }
 */
export function quantileMoments({
  n,
  level,
  estimate,
  lower,
  upper,
}: QuantileSummary): Moments | Refused<"invalid-input" | "too-few" | "zero-variance"> {
  if (
    !(level > 0 && level < 1) ||
    !(n >= 0 && n < Infinity) ||
    ![estimate, lower, upper].every(Number.isFinite) ||
    lower > upper
  )
    return refuse("invalid-input", `quantile ${level} of ${n}: ${lower} to ${upper} around ${estimate}`);
  const reach = -normalQuantile(0.025) * Math.sqrt((level * (1 - level)) / n);
  if (n < 2 || level - reach < 0 || level + reach > 1)
    return refuse("too-few", `${n} units are too few to bound the quantile at ${level}`);
  if (lower === upper) return refuse("zero-variance", "the bounds coincide: outcomes are tied there");
  const standardError = (upper - lower) / (-2 * normalQuantile(0.025));
  return { n, mean: estimate, m2: ((n - 1) * standardError) ** 2 };
}
