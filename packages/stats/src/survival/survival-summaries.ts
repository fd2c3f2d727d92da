import { refuse, type Refused } from "../refused.ts";
import { lastAtOrBefore, type SurvivalCurve } from "./kaplan-meier.ts";

/**
 * Time by which a share of the units has had the event, with its interval; null where the curve does not get that far.
 *
 * Where the curve is flat at that share the middle of the flat piece.
 *
 * @param share - in (0, 1): 0.5 for the median. All null outside.
 * @formula inf {t: S(t) ≤ 1 − share}; limits where the limits of S(t) cross 1 − share
 * @assumes as `kaplanMeier`
 * @see Brookmeyer & Crowley (1982), "A confidence interval for the median survival time".
 * @example
 * survivalQuantile(kaplanMeier({ times: [1, 2, 3, 4], events: [1, 0, 1, 0] }, { confidence: 0.95 }), 0.5).time // => 3
 */
export function survivalQuantile(
  curve: SurvivalCurve,
  share: number,
): { readonly time: number | null; readonly lower: number | null; readonly upper: number | null } {
  if (!(share > 0 && share < 1)) return { time: null, lower: null, upper: null };
  const target = 1 - share;
  return {
    time: crossing(curve, target, curve.survival),
    lower: crossing(curve, target, curve.lower),
    upper: crossing(curve, target, curve.upper),
  };
}

/**
 * Mean time without the event within a horizon: the area under the curve up to it (RMST).
 *
 * `standardError` is null before any event that leaves somebody at risk: no spread was seen.
 *
 * @returns `too-early` when nobody was followed as long as the horizon and some had not had the event.
 * @formula ∫₀^h S(t) dt,  variance Σ_{tⱼ ≤ h} (∫_{tⱼ}^h S)²·dⱼ/(nⱼ(nⱼ − dⱼ))
 * @assumes as `kaplanMeier`
 * @see Royston & Parmar (2013), "Restricted mean survival time", section 2; variance as in Klein & Moeschberger (2003), "Survival
 * Analysis", eq. 4.5.2.
 * @example
 * restrictedMean(kaplanMeier({ times: [1, 2, 3, 4], events: [1, 0, 1, 0] }, { confidence: 0.95 }), 4).estimate // => 2.875
 */
export function restrictedMean(
  { times, survival, events, atRisk }: SurvivalCurve,
  horizon: number,
):
  | { readonly kind: "estimate"; readonly estimate: number; readonly standardError: number | null }
  | Refused<"invalid-input" | "too-early"> {
  if (!(horizon > 0 && horizon < Infinity)) return refuse("invalid-input", `horizon must be positive, got ${horizon}`);
  const last = times.length - 1;
  if ((times[last] ?? 0) < horizon && (survival[last] ?? 1) > 0)
    return refuse("too-early", `nobody was followed up to ${horizon}; choose a shorter horizon or wait`);
  let [area, variance, right] = [0, 0, horizon];
  for (let k = lastAtOrBefore(times, horizon); k >= 0; k--) {
    const [time, d, n] = [times[k] ?? 0, events[k] ?? 0, atRisk[k] ?? 0];
    area += (survival[k] ?? 0) * (right - time);
    right = time;
    if (d > 0 && n > d) variance += (area * area * d) / (n * (n - d));
  }
  return { kind: "estimate", estimate: area + right, standardError: variance > 0 ? Math.sqrt(variance) : null };
}

/** First time at which a falling column is at or below a level. A level met exactly up to rounding counts as met. */
function crossing({ times, survival }: SurvivalCurve, target: number, level: Float64Array): number | null {
  const slack = 1e-9;
  const bounded = level !== survival;
  let flatSince: number | null = null;
  let last: number | null = null;
  for (let k = 0; k < times.length; k++) {
    const [time, share, height] = [times[k] ?? 0, survival[k] ?? 0, level[k] ?? 0];
    if (bounded && (share === 0 || share === 1)) continue;
    last = time;
    if (height < target - slack) return flatSince === null ? time : (flatSince + time) / 2;
    if (height <= target + slack) flatSince ??= time;
  }
  return flatSince === null || last === null ? null : (flatSince + last) / 2;
}
