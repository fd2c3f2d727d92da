import { normalQuantile } from "../numerics/special-functions.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";

/** An effect on something that the treatment cannot have changed, by the same method as the finding. */
export interface ControlEffect {
  readonly estimate: number;
  readonly standardError: number;
}

/**
 * What one control says: `null` (its interval lies within the margin), `biased` (it shows an effect where there can be none), or
 * `undetermined` (too few units to tell).
 */
export interface ControlVerdict {
  readonly verdict: "null" | "biased" | "undetermined";
  readonly interval: Interval;
}

/** Verdict on each control, and what may be said of the finding they go with. */
export interface NegativeControls {
  readonly kind: "estimate";
  readonly controls: readonly ControlVerdict[];
  /** `observational-effect` only when every control is null; `association` as soon as one is not shown to be. */
  readonly claim: "observational-effect" | "association";
}

/**
 * Verdict of negative controls: does the method find effects on outcomes that the treatment cannot have changed?
 *
 * A control that finds nothing proves nothing: it must be precise enough to have found a bias of the size of `margin`.
 *
 * @formula interval = estimate ∓ z(1 − α/2k)·se over k controls; null when −margin < lower and upper < margin
 * @assumes the controls share the finding's confounders, and the treatment does not cause them
 * @param options.margin - the bias that would not change the decision, in units of the outcome, > 0.
 * @returns `too-few` without controls, `invalid-input` for a standard error or margin that is not positive.
 * @see Lipsitch, Tchetgen Tchetgen & Cohen (2010), "Negative controls: a tool for detecting confounding and bias"
 * @example
 * negativeControls([{ estimate: 0.01, standardError: 0.02 }], { margin: 0.1 }).claim // => "observational-effect"
 * negativeControls([{ estimate: 0.2, standardError: 0.02 }], { margin: 0.1 }).controls[0].verdict // => "biased"
 */
export function negativeControls(
  controls: readonly ControlEffect[],
  { margin, confidence = 0.95 }: { readonly margin: number; readonly confidence?: number },
): NegativeControls | Refused<"invalid-input" | "too-few"> {
  if (controls.length === 0) return refuse("too-few", "there is no negative control");
  if (!(confidence > 0 && confidence < 1) || !(margin > 0 && margin < Infinity))
    return refuse(
      "invalid-input",
      `needs a confidence in (0, 1) and a positive margin, got ${confidence} and ${margin}`,
    );
  if (!controls.every((c) => Number.isFinite(c.estimate) && c.standardError > 0 && c.standardError < Infinity))
    return refuse("invalid-input", "every control needs a finite estimate and a positive standard error");
  const z = -normalQuantile((1 - confidence) / 2 / controls.length);
  const judged = controls.map(({ estimate, standardError }): ControlVerdict => {
    const interval = { lower: estimate - z * standardError, upper: estimate + z * standardError };
    if (interval.lower > -margin && interval.upper < margin) return { verdict: "null", interval };
    return { verdict: interval.lower > 0 || interval.upper < 0 ? "biased" : "undetermined", interval };
  });
  if (!judged.every(({ interval }) => interval.lower < interval.upper))
    return refuse("invalid-input", "a standard error is below the rounding of its estimate");
  return {
    kind: "estimate",
    controls: judged,
    claim: judged.every((c) => c.verdict === "null") ? "observational-effect" : "association",
  };
}
