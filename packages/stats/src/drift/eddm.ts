import type { DriftSignal } from "./page-hinkley.ts";

/** Carried from one observation to the next. */
export interface EddmState {
  readonly signal: DriftSignal;
  readonly n: number;
  readonly errors: number;
  /** Observation of the last error. */
  readonly lastError: number;
  /** Mean distance between errors, and the sum of squared deviations from it. */
  readonly mean: number;
  readonly m2: number;
  /** Largest mean + 2·deviation so far. */
  readonly best: number;
}

/** Nothing seen yet. */
export const initialEddm: EddmState = { signal: "stable", n: 0, errors: 0, lastError: 0, mean: 0, m2: 0, best: 0 };

const ERRORS_MIN = 30;
const OBSERVATIONS_MIN = 30;
const WARNING_RATIO = 0.95;
const DRIFT_RATIO = 0.9;

/**
 * Early drift detection method: alarm when errors come closer together than they used to. Starts afresh after an alarm; a warning
 * stands until the next error.
 *
 * For compatibility only: on a stationary stream it fires again and again (five alarms in 600 observations were seen).
 *
 * @formula distances d between errors; alarm when (d̄ + 2·s_d)/max(d̄ + 2·s_d) < 0.9
 * @assumes distances between errors do not shrink while nothing changes
 * @param error - 1 for an error, 0 for none; anything else leaves the state as it was.
 * @see Baena-García et al. (2006), "Early drift detection method", section 3
 * @example
 * [0, 0, 1, 0, 1].reduce(stepEddm, initialEddm).errors // => 2
 */
export function stepEddm(state: EddmState, error: number): EddmState {
  if (error !== 0 && error !== 1) return state;
  const from = state.signal === "drift" ? initialEddm : state;
  const n = from.n + 1;
  if (error === 0) return { ...from, n };
  const errors = from.errors + 1;
  const distance = n - from.lastError;
  const mean = from.mean + (distance - from.mean) / errors;
  const m2 = from.m2 + (distance - mean) * (distance - from.mean);
  const reach = mean + 2 * Math.sqrt(m2 / errors);
  const next: EddmState = { ...from, signal: "stable", n, errors, lastError: n, mean, m2 };
  if (n + 1 < OBSERVATIONS_MIN) return next;
  if (reach > from.best) return { ...next, best: reach };
  if (errors <= ERRORS_MIN) return next;
  const ratio = reach / from.best;
  return { ...next, signal: ratio < DRIFT_RATIO ? "drift" : ratio < WARNING_RATIO ? "warning" : "stable" };
}
