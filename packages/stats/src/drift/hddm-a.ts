import type { DriftSignal } from "./page-hinkley.ts";

/** Error probabilities of a single comparison for alarm and warning; `twoSided` also starts afresh, silently, when the mean falls. */
export interface HddmOptions {
  readonly drift: number;
  readonly warning: number;
  readonly twoSided: boolean;
}

/** A prefix of the stream: observations and their sum. */
interface Prefix {
  readonly n: number;
  readonly sum: number;
}

/** Carried from one observation to the next. */
export interface HddmState {
  readonly signal: DriftSignal;
  readonly all: Prefix;
  /** Prefix with the lowest upper bound of its mean, and with the highest lower bound. */
  readonly lowest: Prefix;
  readonly highest: Prefix;
}

const NONE: Prefix = { n: 0, sum: 0 };

/** Nothing seen yet. */
export const initialHddm: HddmState = { signal: "stable", all: NONE, lowest: NONE, highest: NONE };

/** The paper's levels. */
export const DEFAULT_HDDM: HddmOptions = { drift: 0.001, warning: 0.005, twoSided: true };

/**
 * HDDM_A: compares the mean of all observations with that of the best prefix by Hoeffding's bound. Starts afresh on an alarm.
 *
 * Each comparison has the stated error; over a long stream they add up.
 *
 * @formula mean − best prefix mean ≥ √((1/n_prefix − 1/n)/2 · ln(2/δ))
 * @assumes independent values in [0, 1]
 * @param x - in [0, 1]; anything else leaves the state as it was.
 * @see Frías-Blanco et al. (2015), "Online and non-parametric drift detection methods based on Hoeffding's bounds", section 3.1
 * @example
 * const stream = Array.from({ length: 100 }, (_, i) => Number(i >= 80));
 * let state = initialHddm;
 * const signals = stream.map((x) => (state = stepHddm(state, x)).signal);
 * signals.indexOf("drift") > 80 // => true
 */
export function stepHddm(state: HddmState, x: number, options: HddmOptions = DEFAULT_HDDM): HddmState {
  if (!(x >= 0 && x <= 1)) return state;
  const all: Prefix = { n: state.all.n + 1, sum: state.all.sum + x };
  const margin = (n: number): number => Math.sqrt(Math.log(1 / options.drift) / (2 * n));
  const mean = ({ n, sum }: Prefix): number => sum / n;
  const [low, high] = [state.lowest.n === 0 ? all : state.lowest, state.highest.n === 0 ? all : state.highest];
  const lowest = mean(low) + margin(low.n) >= mean(all) + margin(all.n) ? all : low;
  const highest = mean(high) - margin(high.n) <= mean(all) - margin(all.n) ? all : high;
  if (apart(lowest, all, options.drift)) return { ...initialHddm, signal: "drift" };
  const signal = apart(lowest, all, options.warning) ? "warning" : "stable";
  if (options.twoSided && apart(all, highest, options.drift)) return { ...initialHddm, signal };
  return { signal, all, lowest, highest };
}

/** Is the second mean above the first beyond Hoeffding's bound, one of them being a prefix of the other? */
function apart(first: Prefix, second: Prefix, error: number): boolean {
  const [prefix, whole] = first.n < second.n ? [first, second] : [second, first];
  if (prefix.n === whole.n) return false;
  const bound = Math.sqrt(((1 / prefix.n - 1 / whole.n) / 2) * Math.log(2 / error));
  return second.sum / second.n - first.sum / first.n >= bound;
}
