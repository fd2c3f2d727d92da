import { refuse, type Interval, type Refused } from "../refused.ts";

/** Intervals for the mean after each observation. */
export interface BoundedMeanSequence {
  readonly kind: "estimate";
  readonly intervals: readonly Interval[];
}

type BoundedMeanRefusal = "too-few" | "invalid-input";

/**
 * Predictable plug-in empirical Bernstein confidence sequence for the mean of outcomes in [0, 1].
 *
 * Adapts to the variance, holds at every look, no minimum sample. Not intersected over time.
 *
 * @param xs - outcomes in the order in which they came.
 * @see Waudby-Smith & Ramdas (2024), "Estimating means of bounded random variables by betting", theorem 2.
 */
export function empiricalBernsteinSequence(
  xs: readonly number[],
  { alpha }: { readonly alpha: number },
): BoundedMeanSequence | Refused<BoundedMeanRefusal> {
  const fault = boundedFault(xs, alpha);
  if (fault !== null) return fault;
  const lower = empiricalBernsteinLower(xs, alpha / 2);
  const upper = empiricalBernsteinLower(
    xs.map((x) => 1 - x),
    alpha / 2,
  );
  return { kind: "estimate", intervals: lower.map((low, i) => ({ lower: low, upper: 1 - (upper[i] ?? 0) })) };
}

function empiricalBernsteinLower(xs: readonly number[], alpha: number): readonly number[] {
  const bets = predictablePlugIn(xs, { alpha, betMax: 0.5 });
  let [stake, won, cost, sum] = [0, 0, 0, 0];
  return xs.map((x, i) => {
    const bet = bets[i] ?? 0;
    const guess = i === 0 ? 0 : sum / i; // any guess made before x is seen is valid; this one is confseq's
    sum += x;
    stake += bet;
    won += bet * x;
    cost += (x - guess) ** 2 * (-Math.log1p(-bet) - bet);
    return Math.max(0, (won - cost + Math.log(alpha)) / stake);
  });
}

/**
 * Predictable plug-in Hoeffding confidence sequence for the mean of outcomes in [0, 1]: simpler, wider where the variance is small.
 *
 * @see Waudby-Smith & Ramdas (2024), theorem 1.
 */
export function hoeffdingSequence(
  xs: readonly number[],
  { alpha }: { readonly alpha: number },
): BoundedMeanSequence | Refused<BoundedMeanRefusal> {
  const fault = boundedFault(xs, alpha);
  if (fault !== null) return fault;
  const logTerm = Math.log(2 / alpha);
  let [stake, won, cost] = [0, 0, 0];
  const intervals = xs.map((x, i) => {
    const bet = Math.min(1, Math.sqrt((8 * logTerm) / ((i + 1) * Math.log(i + 2))));
    stake += bet;
    won += bet * x;
    cost += (bet * bet) / 8;
    const half = (logTerm + cost) / stake;
    return { lower: Math.max(0, won / stake - half), upper: Math.min(1, won / stake + half) };
  });
  return { kind: "estimate", intervals };
}

/** Bets of the predictable plug-in: λ_t = √(2 ln(1/α) / (σ̂²_{t−1} t ln(1 + t))), from earlier outcomes only. */
export function predictablePlugIn(
  xs: readonly number[],
  { alpha, betMax }: { readonly alpha: number; readonly betMax: number },
): readonly number[] {
  let [sum, squares, variance] = [0, 0, 0.25];
  return xs.map((x, i) => {
    const t = i + 1;
    const bet = Math.min(betMax, Math.sqrt((-2 * Math.log(alpha)) / (t * Math.log(1 + t) * variance)));
    sum += x;
    squares += (x - (0.5 + sum) / (t + 1)) ** 2;
    variance = (0.25 + squares) / (t + 1);
    return bet;
  });
}

/** Bets are cut at `truncation` of what keeps the capital positive; `theta` of the capital bets that the mean is above m. */
export interface HedgeOptions {
  readonly alpha: number;
  readonly theta?: number;
  readonly truncation?: number;
  /** Level that the bets on either side are sized for; alpha·theta and alpha·(1 − theta) unless given. Validity does not depend on it. */
  readonly betAlphas?: { readonly above: number; readonly below: number };
}

/**
 * ln of the hedged capital against "the mean is m" after each outcome: a test martingale under it, reject at ln(1/alpha).
 *
 * @param m - in (0, 1).
 * @see Waudby-Smith & Ramdas (2024), theorem 3.
 */
export function hedgedLogCapital(
  xs: readonly number[],
  m: number,
  {
    alpha,
    theta = 0.5,
    truncation = 0.5,
    betAlphas = { above: alpha * theta, below: alpha * (1 - theta) },
  }: HedgeOptions,
): readonly number[] {
  const upBets = predictablePlugIn(xs, { alpha: betAlphas.above, betMax: truncation / m });
  const downBets = predictablePlugIn(xs, { alpha: betAlphas.below, betMax: truncation / (1 - m) });
  let [above, below] = [Math.log(theta), Math.log(1 - theta)];
  return xs.map((x, i) => {
    above += Math.log1p((upBets[i] ?? 0) * (x - m));
    below += Math.log1p(-(downBets[i] ?? 0) * (x - m));
    return Math.max(above, below);
  });
}

/**
 * Hedged-capital confidence sequence on a grid of means, intersected over time. O(n · grid).
 *
 * @see Waudby-Smith & Ramdas (2024), theorem 3 and appendix B.
 */
export function hedgedSequence(
  xs: readonly number[],
  { alpha, grid = 1000, theta = 0.5, truncation = 0.5 }: HedgeOptions & { readonly grid?: number },
): BoundedMeanSequence | Refused<BoundedMeanRefusal> {
  const fault = boundedFault(xs, alpha);
  if (fault !== null) return fault;
  const lowest = xs.map(() => Infinity);
  const highest = xs.map(() => -Infinity);
  for (let step = 0; step <= grid; step++) {
    const m = Math.min(1 - 1e-9, Math.max(1e-9, step / grid));
    const capital = hedgedLogCapital(xs, m, { alpha, theta, truncation });
    for (const [i, logCapital] of capital.entries()) {
      if (logCapital >= -Math.log(alpha)) break; // rejected once, out for good
      lowest[i] = Math.min(lowest[i] ?? m, step / grid);
      highest[i] = Math.max(highest[i] ?? m, step / grid);
    }
  }
  const width = 1 / grid;
  return {
    kind: "estimate",
    intervals: lowest.map((low, i) => ({
      lower: Math.max(0, low - width),
      upper: Math.min(1, (highest[i] ?? 1) + width),
    })),
  };
}

function boundedFault(xs: readonly number[], alpha: number): Refused<BoundedMeanRefusal> | null {
  if (xs.length === 0) return refuse("too-few", "no outcomes yet");
  const outside = xs.find((x) => !(x >= 0 && x <= 1));
  if (outside !== undefined)
    return refuse(
      "invalid-input",
      `outcomes must be in [0, 1], got ${outside}; rescale them by a bound that is known beforehand`,
    );
  return alpha > 0 && alpha < 1 ? null : refuse("invalid-input", `alpha must be in (0, 1), got ${alpha}`);
}
