import { normalQuantile } from "../numerics/special-functions.ts";
import { logistic } from "../prediction/logistic-likelihood.ts";
import { refuse, type Refused } from "../refused.ts";
import { kaplanMeier, lastAtOrBefore } from "./kaplan-meier.ts";
import type { SurvivalInput, SurvivalRefusal } from "./survival-data.ts";

/** Share of the conversions of a window that has been seen by each age, with pointwise limits: one place a distinct age with one. */
export interface MaturityCurve {
  readonly kind: "estimate";
  readonly horizon: number;
  /** Ages up to the horizon at which somebody converted, ascending. */
  readonly times: Float64Array;
  /** Rises to 1 at the last. */
  readonly shares: Float64Array;
  /** Limits in [0, 1]: 0 and 1 where the share is 1, as an interval there would have no width. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * How much of what will convert within a window has converted by each age, from units of all ages.
 *
 * A unit lost for good counts as followed, unconverted, for as long as it could have been (today − its assignment): dropping it at
 * the time of its loss would overstate the conversions still to come.
 *
 * @param options.horizon - the outcome window, positive.
 * @returns `too-early` when nobody was followed up to the horizon; `too-few` without a conversion in it.
 * @formula M(t) = (1 − S(t))/(1 − S(h)), S Kaplan-Meier; limits on the scale of log-odds, variance by the delta method with
 * cov(S(t), S(h)) = S(t)·S(h)·Σ_{tⱼ ≤ t} dⱼ/(nⱼ(nⱼ − dⱼ))
 * @assumes censoring tells nothing about the event; delays of old and new units alike
 * @see Kaplan & Meier (1958), "Nonparametric estimation from incomplete observations"; Lawless (1994), "Adjustments for reporting
 * delays and the prediction of occurred but not reported events"; Fine & Gray (1999), section 3.1, for the units lost for good.
 * @example
 * const curve = maturityCurve({ times: [1, 2, 4, 9, 9], events: [1, 1, 1, 0, 0] }, { horizon: 9, confidence: 0.95 });
 * curve.shares[1] // => 0.666667
 */
export function maturityCurve(
  input: SurvivalInput,
  { horizon, confidence }: { readonly horizon: number; readonly confidence: number },
): MaturityCurve | Refused<SurvivalRefusal | "too-early"> {
  if (!(horizon > 0 && horizon < Infinity)) return refuse("invalid-input", `horizon must be positive, got ${horizon}`);
  const curve = kaplanMeier(input, { confidence });
  if (curve.kind === "refused") return curve;
  const { times, survival, logVariance, events } = curve;
  const last = times.length - 1;
  if ((times[last] ?? 0) < horizon && (survival[last] ?? 1) > 0)
    return refuse("too-early", `nobody was followed up to ${horizon}; choose a shorter horizon or wait`);
  const end = lastAtOrBefore(times, horizon);
  const [left, v] = [survival[end] ?? 1, logVariance[end] ?? 0];
  if (!(left < 1)) return refuse("too-few", `no conversion within ${horizon} yet`);
  const z = -normalQuantile((1 - confidence) / 2);
  const kept = Uint32Array.from(times, (_, k) => k).filter((k) => k <= end && (events[k] ?? 0) > 0);
  const shares = Float64Array.from(kept, (k) => (1 - (survival[k] ?? 1)) / (1 - left));
  const reach = Float64Array.from(kept, (k, j) => {
    const [s, m] = [survival[k] ?? 1, shares[j] ?? 0];
    const own = logVariance[k] ?? 0;
    const variance = (s * s * own + m * m * left * left * v - 2 * m * s * left * own) / (1 - left) ** 2;
    return (z * Math.sqrt(Math.max(0, variance))) / (m * (1 - m));
  });
  const limit = (side: 1 | -1): Float64Array =>
    shares.map((m, j) =>
      m < 1 && (reach[j] ?? 0) > 0 ? logistic(Math.log(m / (1 - m)) + side * (reach[j] ?? 0)) : side === 1 ? 1 : 0,
    );
  return {
    kind: "estimate",
    horizon,
    times: Float64Array.from(kept, (k) => times[k] ?? 0),
    shares,
    lower: limit(-1),
    upper: limit(1),
  };
}

/**
 * Age at which a share of a window's conversions has been seen: "days until 90 % mature".
 *
 * @param share - in (0, 1].
 * @returns the age with its limits: up to `lower` not even the curve's upper limit is there, and `upper` is the horizon where the
 * curve's lower limit never gets there.
 * @part maturityCurve
 * @example
 * const curve = maturityCurve({ times: [1, 2, 4, 9, 9], events: [1, 1, 1, 0, 0] }, { horizon: 9, confidence: 0.95 });
 * timeUntilMature(curve, 0.5).time // => 2
 */
export function timeUntilMature(
  { times, shares, lower, upper, horizon }: MaturityCurve,
  share: number,
):
  | { readonly kind: "estimate"; readonly time: number; readonly lower: number; readonly upper: number }
  | Refused<"invalid-input"> {
  if (!(share > 0 && share <= 1)) return refuse("invalid-input", `share must be in (0, 1], got ${share}`);
  // A share met up to rounding counts as met.
  const first = (column: Float64Array): number => {
    const at = column.findIndex((m) => m >= share - 1e-12);
    return at === -1 ? times.length : at;
  };
  const time = times[first(shares)] ?? horizon;
  return {
    kind: "estimate",
    time,
    lower: times[Math.min(first(upper), first(shares)) - 1] ?? 0,
    upper: Math.max(time, times[first(lower)] ?? horizon),
  };
}
