/** What a drift detector says about the stream after an observation. */
export type DriftSignal = "stable" | "warning" | "drift";

/** `delta` is the rise to be tolerated, `threshold` the alarm level of the sum, `forgetting` (≤ 1) multiplies the sum at each step. */
export interface PageHinkleyOptions {
  readonly minimum: number;
  readonly delta: number;
  readonly threshold: number;
  readonly forgetting: number;
}

/** Carried from one observation to the next. */
export interface PageHinkleyState {
  readonly signal: DriftSignal;
  readonly n: number;
  readonly mean: number;
  readonly sum: number;
}

/** Nothing seen yet. */
export const initialPageHinkley: PageHinkleyState = { signal: "stable", n: 0, mean: 0, sum: 0 };

/** Defaults for a stream of errors (0 or 1). */
export const DEFAULT_PAGE_HINKLEY: PageHinkleyOptions = {
  minimum: 30,
  delta: 0.005,
  threshold: 50,
  forgetting: 0.9999,
};

/** Beyond, differences of two observations no longer fit a number. */
const LARGEST = 1e300;

/**
 * Page-Hinkley test for a rise of the mean: a cumulative sum of what exceeds the running mean plus `delta`, never below 0. Starts
 * afresh on the observation after an alarm.
 *
 * No error rate is promised: the threshold is tuned to the stream. For decisions prefer an e-process.
 *
 * @formula S_t = max(0, α·S_{t−1} + x_t − x̄_t − δ); alarm when S_t > threshold
 * @assumes the spread of the stream is known well enough to set the threshold
 * @param x - within ±1e300; anything else leaves the state as it was.
 * @see Page (1954), "Continuous inspection schemes"; Gama, Sebastião & Rodrigues (2013), "On evaluating stream learning
 * algorithms", section 3, for the forgetting
 * @example
 * [0, 0, 0, 1].reduce((s, x) => stepPageHinkley(s, x), initialPageHinkley).sum // => 0.745
 */
export function stepPageHinkley(
  state: PageHinkleyState,
  x: number,
  { minimum, delta, threshold, forgetting }: PageHinkleyOptions = DEFAULT_PAGE_HINKLEY,
): PageHinkleyState {
  if (!(Math.abs(x) <= LARGEST)) return state;
  const from = state.signal === "drift" ? initialPageHinkley : state;
  const n = from.n + 1;
  const mean = from.mean + (x - from.mean) / n;
  const sum = Math.max(0, forgetting * from.sum + (x - mean - delta));
  return { signal: n + 1 >= minimum && sum > threshold ? "drift" : "stable", n, mean, sum };
}
