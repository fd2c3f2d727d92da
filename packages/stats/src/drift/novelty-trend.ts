import { refuse, type Refused } from "../refused.ts";
import { normalSf } from "../numerics/special-functions.ts";

/** Lift of each day since launch with its variance. */
export interface DailyEffects {
  readonly days: readonly number[];
  readonly effects: readonly number[];
  readonly variances: readonly number[];
}

/** Effect = intercept + slope·day (or ·ln(1 + day)). A slope below 0 fades (novelty), one above 0 builds up (learning). */
export interface EffectTrend {
  readonly kind: "estimate";
  readonly intercept: number;
  readonly slope: number;
  readonly slopeStandardError: number;
  readonly z: number;
  readonly pValue: number;
}

/**
 * Does an effect fade? Weighted least squares of daily effects on time, their variances taken as known.
 *
 * Seasons look like trends: compare with effects by cohort age before acting.
 *
 * @formula weighted least squares with weights 1/variance; se(slope) = 1/√Σw(x − x̄)²
 * @assumes daily effects independent, variances known
 * @returns `too-few` unless two different days, `invalid-input` for a variance that is not positive or a day before launch.
 * @see Hohnhold, O'Brien & Tang (2015), "Focusing on the long-term: it's good for users and business", section 3
 * @example
 * effectTrend({ days: [0, 1, 2], effects: [0.3, 0.2, 0.1], variances: [1, 1, 1] }).slope // => -0.1
 */
export function effectTrend(
  { days, effects, variances }: DailyEffects,
  { time = "days" }: { readonly time?: "days" | "log-days" } = {},
): EffectTrend | Refused<"invalid-input" | "too-few"> {
  if (effects.length !== days.length || variances.length !== days.length)
    return refuse("invalid-input", "every day needs an effect and its variance");
  if (!variances.every((v) => v > 0 && v < Infinity) || !effects.every(Number.isFinite) || !days.every((d) => d >= 0))
    return refuse("invalid-input", "variances must be positive, effects finite, days counted from 0");
  const xs = time === "days" ? days : days.map(Math.log1p);
  const weights = variances.map((v) => 1 / v);
  const total = weights.reduce((t, w) => t + w, 0);
  const mean = (values: readonly number[]): number => values.reduce((t, v, i) => t + v * (weights[i] ?? 0), 0) / total;
  const [x0, y0] = [mean(xs), mean(effects)];
  const sxx = xs.reduce((t, x, i) => t + (weights[i] ?? 0) * (x - x0) ** 2, 0);
  const sxy = xs.reduce((t, x, i) => t + (weights[i] ?? 0) * (x - x0) * ((effects[i] ?? NaN) - y0), 0);
  if (!(sxx > 0) || !Number.isFinite(sxx)) return refuse("too-few", "a trend needs two different days");
  const slope = sxy / sxx;
  const slopeStandardError = 1 / Math.sqrt(sxx);
  if (!Number.isFinite(slope) || !Number.isFinite(y0 - slope * x0) || !(slopeStandardError > 0))
    return refuse("invalid-input", "effects or days are beyond what numbers hold; rescale them");
  const z = slope / slopeStandardError;
  return {
    kind: "estimate",
    intercept: y0 - slope * x0,
    slope,
    slopeStandardError,
    z,
    pValue: 2 * normalSf(Math.abs(z)),
  };
}
