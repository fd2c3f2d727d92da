import type { DriftSignal } from "./page-hinkley.ts";

/** Alarm and warning levels in standard deviations, after `minimum` observations. */
export interface DdmOptions {
  readonly minimum: number;
  readonly warningLevel: number;
  readonly driftLevel: number;
}

/** Carried from one observation to the next. */
export interface DdmState {
  readonly signal: DriftSignal;
  readonly n: number;
  readonly rate: number;
  /** Error rate and its standard deviation where their sum was least. */
  readonly best: { readonly rate: number; readonly deviation: number };
}

/** Nothing seen yet. */
export const initialDdm: DdmState = { signal: "stable", n: 0, rate: 1, best: { rate: Infinity, deviation: Infinity } };

/** The paper's levels. */
export const DEFAULT_DDM: DdmOptions = { minimum: 30, warningLevel: 2, driftLevel: 3 };

/**
 * Drift detection method: alarm when the error rate rises by three standard deviations over its best. Starts afresh after an alarm.
 *
 * For compatibility: with repeated looks "three standard deviations" is far from 0.1 % false alarms.
 *
 * @formula alarm when p + s ≥ p_min + 3·s_min, s = √(p(1 − p)/n)
 * @assumes a stationary error rate until the change
 * @param error - 1 for an error, 0 for none; anything else leaves the state as it was.
 * @see Gama, Medas, Castillo & Rodrigues (2004), "Learning with drift detection", section 2.2
 * @example
 * const stream = Array.from({ length: 200 }, (_, i) => Number(i % 10 === 0 || i >= 100));
 * let state = initialDdm;
 * const signals = stream.map((x) => (state = stepDdm(state, x)).signal);
 * signals.indexOf("drift") > 100 // => true
 */
export function stepDdm(state: DdmState, error: number, options: DdmOptions = DEFAULT_DDM): DdmState {
  if (error !== 0 && error !== 1) return state;
  const from = state.signal === "drift" ? initialDdm : state;
  const n = from.n + 1;
  const rate = from.rate + (error - from.rate) / n;
  if (n + 1 <= options.minimum) return { ...from, signal: "stable", n, rate };
  const deviation = Math.sqrt((rate * (1 - rate)) / n);
  const best = rate + deviation <= from.best.rate + from.best.deviation ? { rate, deviation } : from.best;
  const reached = (level: number): boolean => rate + deviation >= best.rate + level * best.deviation;
  return {
    signal: reached(options.driftLevel) ? "drift" : reached(options.warningLevel) ? "warning" : "stable",
    n,
    rate,
    best,
  };
}
