import { refuse, type Interval, type Refused } from "../refused.ts";
import { momentsOf } from "./moments.ts";
import { quantiles } from "./quantile.ts";
import type { Tails } from "./robust-location.ts";
import { welchDifference, type ComparisonOptions, type ComparisonRefusal, type DifferenceEstimate } from "./welch.ts";

/** The difference of capped means, with the uncapped one beside it. */
export interface WinsorisedDifference {
  readonly kind: "estimate";
  readonly capped: DifferenceEstimate;
  /** The same without caps: where the two disagree, a few units carry the effect. */
  readonly uncapped: DifferenceEstimate | Refused<ComparisonRefusal>;
  readonly caps: Interval;
  /** Units that a cap changed. */
  readonly changed: { readonly control: number; readonly treatment: number };
}

/**
 * Caps for a metric from the units of both arms together, blind to the arms: fix them before unblinding and keep them.
 *
 * @param tails - shares of all units to cap at either end, for example `{ lower: 0, upper: 0.001 }`.
 * @returns `too-few` without observations, `zero-variance` when both caps coincide, `invalid-input` otherwise; an end whose share is 0 is open.
 * @part winsorisedDifference
 * @example
 * pooledCaps([[1, 2, 3], [4, 100]], { lower: 0, upper: 0.25 }) // => { kind: "caps", caps: { upper: 4 } }
 */
export function pooledCaps(
  arms: readonly (readonly number[])[],
  { lower, upper }: Tails,
): { readonly kind: "caps"; readonly caps: Interval } | Refused<"invalid-input" | "too-few" | "zero-variance"> {
  if (!(lower >= 0 && upper >= 0 && lower < 0.5 && upper < 0.5))
    return refuse("invalid-input", `tails must be in [0, 0.5), got ${lower} and ${upper}`);
  const found = quantiles(arms.flat(), [lower, 1 - upper]);
  if (found.kind === "refused") return found;
  const [low = NaN, high = NaN] = found.values;
  if (lower > 0 && upper > 0 && !(low < high)) return refuse("zero-variance", `both caps would be ${low}`);
  return { kind: "caps", caps: { lower: lower === 0 ? -Infinity : low, upper: upper === 0 ? Infinity : high } };
}

/**
 * Difference of means after capping both arms at the same values (winsorising at a pooled quantile): a few huge deals no longer decide.
 *
 * @param caps - from `pooledCaps` of earlier data, or of both arms together.
 * @returns refusals as `welchDifference`; `invalid-input` for caps out of order.
 * @formula Welch's difference of min(max(x, lower), upper)
 * @assumes independent units; caps chosen without looking at the arms
 * @see Tukey (1962), "The future of data analysis", section 14
 * @example
 * winsorisedDifference([1, 2, 3], [2, 3, 400], { caps: { lower: -Infinity, upper: 4 }, confidence: 0.95 }) // => { capped: { estimate: 1 }, changed: { treatment: 1 } }
 */
export function winsorisedDifference(
  control: readonly number[],
  treatment: readonly number[],
  { caps, ...options }: ComparisonOptions & { readonly caps: Interval },
): WinsorisedDifference | Refused<ComparisonRefusal> {
  if (!(caps.lower < caps.upper)) return refuse("invalid-input", `caps ${caps.lower} to ${caps.upper}`);
  if (![control, treatment].every((arm) => arm.every(Number.isFinite)))
    return refuse("invalid-input", "observations must be finite");
  const cap = (x: number): number => Math.min(caps.upper, Math.max(caps.lower, x));
  const capped = welchDifference(momentsOf(control.map(cap)), momentsOf(treatment.map(cap)), options);
  if (capped.kind === "refused") return capped;
  const changed = (arm: readonly number[]): number => arm.reduce((t, x) => t + (cap(x) === x ? 0 : 1), 0);
  return {
    kind: "estimate",
    capped,
    uncapped: welchDifference(momentsOf(control), momentsOf(treatment), options),
    caps,
    changed: { control: changed(control), treatment: changed(treatment) },
  };
}
