/** `alpha`: a false alarm comes at the earliest every 1/alpha observations on average. `limit`: the largest mean that is in order. */
export interface EDetectorOptions {
  readonly alpha: number;
  /** Mean (of outcomes in [0, 1]) that a process in order does not exceed, in (0, 1). */
  readonly limit: number;
  /** Bets, as shares of the largest that cannot be ruined; a mixture of several suits small and large shifts. */
  readonly bets?: readonly number[];
}

/** Carried from one observation to the next. */
export interface EDetectorState {
  readonly signal: "stable" | "drift";
  readonly n: number;
  /** Evidence for a change at any time so far, of each bet. */
  readonly capitals: readonly number[];
  /** ln of their mean; alarm at ln(1/alpha). */
  readonly logEvidence: number;
}

/** Nothing seen yet. */
export const initialEDetector: EDetectorState = { signal: "stable", n: 0, capitals: [], logEvidence: -Infinity };

const BETS: readonly number[] = [0.02, 0.05, 0.1, 0.2, 0.4];

/**
 * E-detector (Shiryaev-Roberts form): alarm when the mean of bounded outcomes has risen above a limit, with a guaranteed run length.
 *
 * Sums e-processes that start at every time: M_t = L_t·(M_{t−1} + 1). Without any model of the outcomes, false alarms come at least
 * 1/alpha observations apart on average; no such promise comes with DDM, Page-Hinkley or run rules. Starts afresh after an alarm.
 *
 * @formula L_t = 1 + λ(x_t − limit), λ = bet/limit; M_t = L_t(M_{t−1} + 1), averaged over bets; alarm at M ≥ 1/alpha
 * @assumes in order: E[x_t | past] ≤ limit, x in [0, 1]; nothing on independence or shape
 * @param x - in [0, 1]; anything else leaves the state as it was. For a fall, give 1 − x and 1 − limit.
 * @throws RangeError for an alpha or limit outside (0, 1), or bets outside (0, 1].
 * @see Shin, Ramdas & Rinaldo (2022), "E-detectors: a nonparametric framework for sequential change detection", arXiv:2203.03532,
 * definition 2.2, theorem 2.4 and section 4
 * @example
 * const options = { alpha: 0.01, limit: 0.5, bets: [1] };
 * [1, 1, 1, 1, 1].reduce((s, x) => stepEDetector(s, x, options), initialEDetector).logEvidence // => 4.1271
 */
export function stepEDetector(
  state: EDetectorState,
  x: number,
  { alpha, limit, bets = BETS }: EDetectorOptions,
): EDetectorState {
  if (!(alpha > 0 && alpha < 1) || !(limit > 0 && limit < 1))
    throw new RangeError(`alpha and limit must be in (0, 1), got ${alpha} and ${limit}`);
  if (bets.length === 0 || !bets.every((b) => b > 0 && b <= 1)) throw new RangeError("bets must be in (0, 1]");
  if (!(x >= 0 && x <= 1)) return state;
  const from = state.signal === "drift" ? initialEDetector : state;
  const capitals = bets.map((bet, k) => (1 + (bet / limit) * (x - limit)) * ((from.capitals[k] ?? 0) + 1));
  const evidence = capitals.reduce((t, c) => t + c, 0) / capitals.length;
  return {
    signal: evidence >= 1 / alpha ? "drift" : "stable",
    n: from.n + 1,
    capitals,
    logEvidence: Math.log(evidence),
  };
}
