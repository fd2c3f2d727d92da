import { refuse, type Refused } from "../refused.ts";

/** Limits of a process in its own units, from a span that is taken for ordinary. */
export interface IndividualsLimits {
  readonly kind: "estimate";
  readonly centre: number;
  readonly lower: number;
  readonly upper: number;
  /** Mean step from one value to the next, and the step that calls for an explanation. */
  readonly movingRange: number;
  readonly movingRangeUpper: number;
}

/** 3/d₂ with d₂ = 1.128, the mean range of two normal values in standard deviations. */
const LIMIT_FACTOR = 2.66;
/** D₄ of two values: 1 + 3·d₃/d₂. */
const RANGE_FACTOR = 3.268;

/**
 * Natural limits of a process (XmR chart): what routine variation alone may bring.
 *
 * Spread is judged by steps between neighbours and not by the standard deviation, which a shift within the span would inflate.
 *
 * @formula centre x̄; limits x̄ ∓ 2.66·mR̄; upper limit of a step 3.268·mR̄, mR̄ = mean |x_t − x_{t−1}|
 * @assumes values in time order without much autocorrelation, which makes the limits too narrow; at least some 10 of them
 * @returns `too-few` below 2 values, `zero-variance` when no value differs from the one before, `invalid-input` for anything not
 * finite.
 * @see Wheeler & Chambers (1992), "Understanding statistical process control", chapter 3; Montgomery (2013), "Introduction to
 * statistical quality control", section 6.4
 * @example
 * const limits = individualsLimits([10, 12, 11, 13, 12]);
 * limits.centre // => 11.6
 * limits.upper // => 15.59
 * limits.movingRangeUpper // => 4.902
 */
export function individualsLimits(
  values: readonly number[],
): IndividualsLimits | Refused<"invalid-input" | "too-few" | "zero-variance"> {
  if (!values.every(Number.isFinite)) return refuse("invalid-input", "values must be finite");
  if (values.length < 2) return refuse("too-few", `limits need at least 2 values, got ${values.length}`);
  const centre = values.reduce((mean, x, i) => mean + (x - mean) / (i + 1), 0);
  const movingRange = values
    .slice(1)
    .reduce((t, x, i) => t + Math.abs(x - (values[i] ?? NaN)) / (values.length - 1), 0);
  const reach = LIMIT_FACTOR * movingRange;
  if (!Number.isFinite(reach) || !Number.isFinite(centre))
    return refuse("invalid-input", "values are too far apart for a difference; rescale them");
  if (!(centre - reach < centre + reach)) return refuse("zero-variance", "no value differs from the one before");
  return {
    kind: "estimate",
    centre,
    lower: centre - reach,
    upper: centre + reach,
    movingRange,
    movingRangeUpper: RANGE_FACTOR * movingRange,
  };
}

/** Which rule a value breaks: one beyond a limit, two of three beyond 2σ, four of five beyond 1σ, eight in a row on one side. */
export type RunRule = "beyond-limit" | "two-of-three" | "four-of-five" | "eight-in-a-row";

/** Carried from one value to the next: up to eight latest values, in σ from the centre. */
export interface RunState {
  readonly recent: readonly number[];
  /** Rules broken by the latest value. */
  readonly broken: readonly RunRule[];
}

/** Nothing seen yet. */
export const initialRuns: RunState = { recent: [], broken: [] };

/** Rule, values looked at, how many of them must lie how many σ out, on one side, the latest among them. */
const RULES: readonly (readonly [RunRule, number, number, number])[] = [
  ["beyond-limit", 1, 1, 3],
  ["two-of-three", 3, 2, 2],
  ["four-of-five", 5, 4, 1],
  ["eight-in-a-row", 8, 8, 0],
];

/**
 * Run rules of a process chart: signals that a process has left its limits, before or without one value beyond them.
 *
 * Each rule adds false alarms: of an ordinary normal process the four together fire about every 92nd value, a limit alone every 370th.
 *
 * @formula σ = (upper − centre)/3; a rule looks at the latest k values and counts those beyond m·σ on one side
 * @assumes independent, about normal values around the centre
 * @param x - finite; anything else leaves the state as it was.
 * @see Western Electric (1956), "Statistical quality control handbook", p. 25-28; Champ & Woodall (1987), "Exact results for Shewhart
 * control charts with supplementary runs rules", table 1, for the false alarms
 * @example
 * const limits = { centre: 0, upper: 3 };
 * stepRuns(stepRuns(initialRuns, 2.1, limits), 2.2, limits).broken // => ["two-of-three"]
 */
export function stepRuns(
  state: RunState,
  x: number,
  { centre, upper }: Pick<IndividualsLimits, "centre" | "upper">,
): RunState {
  const sigma = (upper - centre) / 3;
  if (!Number.isFinite(x) || !(sigma > 0)) return state;
  const latest = (x - centre) / sigma;
  const recent = [...state.recent.slice(-7), latest];
  const side = Math.sign(latest);
  const broken = RULES.flatMap(([rule, span, count, far]) => {
    const beyond = (z: number): boolean => side * z > far;
    return beyond(latest) && recent.slice(-span).filter(beyond).length >= count ? [rule] : [];
  });
  return { recent, broken };
}
