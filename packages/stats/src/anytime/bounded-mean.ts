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
 * @formula Σλx/Σλ ± (ln(2/α) + Σ(x_t − μ̂_{t−1})²·ψ(λ_t))/Σλ, ψ(λ) = −ln(1 − λ) − λ, λ by `predictablePlugIn` cut at ½
 * @assumes outcomes in [0, 1] whose mean, given those before, is the same throughout
 * @returns `too-few` without outcomes, `invalid-input` for one outside [0, 1] or an alpha outside (0, 1)
 * @see Waudby-Smith & Ramdas (2024), "Estimating means of bounded random variables by betting", JRSSB, theorem 2.
 * @example
 * const { intervals } = empiricalBernsteinSequence(Array.from({ length: 100 }, (_, i) => (i % 4 === 0 ? 1 : 0)), { alpha: 0.05 });
 * intervals.at(-1) // => { lower: 0.094653, upper: 0.406224 }
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
  const bets = plugInBets(xs, alpha, 0.5);
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
 * @param xs - outcomes in the order in which they came.
 * @formula Σλx/Σλ ± (ln(2/α) + Σλ²/8)/Σλ, λ_t = min(1, √(8 ln(2/α)/(t ln(t + 1))))
 * @assumes outcomes in [0, 1] whose mean, given those before, is the same throughout
 * @returns `too-few` without outcomes, `invalid-input` for one outside [0, 1] or an alpha outside (0, 1)
 * @see Waudby-Smith & Ramdas (2024), "Estimating means of bounded random variables by betting", JRSSB, theorem 1.
 * @example
 * const { intervals } = hoeffdingSequence(Array.from({ length: 100 }, (_, i) => (i % 4 === 0 ? 1 : 0)), { alpha: 0.05 });
 * intervals.at(-1) // => { lower: 0.103849, upper: 0.407393 }
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

/**
 * Bets of the predictable plug-in, each from earlier outcomes only.
 *
 * @part hedgedSequence
 * @formula λ_t = min(betMax, √(2 ln(1/α)/(σ̂²_{t−1}·t·ln(1 + t)))), σ̂² with one pseudo-outcome of variance ¼
 * @returns bets as many as outcomes; `too-few` without outcomes, `invalid-input` for outcomes outside [0, 1], or alpha or betMax out of range
 */
export function predictablePlugIn(
  xs: readonly number[],
  { alpha, betMax }: { readonly alpha: number; readonly betMax: number },
): readonly number[] | Refused<BoundedMeanRefusal> {
  const fault = boundedFault(xs, alpha);
  if (fault !== null) return fault;
  return betMax > 0
    ? plugInBets(xs, alpha, betMax)
    : refuse("invalid-input", `bets need a limit above 0, got ${betMax}`);
}

function plugInBets(xs: readonly number[], alpha: number, betMax: number): readonly number[] {
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

/**
 * Bets are cut at `truncation` of what keeps the capital positive; `theta` of the capital bets that the mean is above m: 1 guards
 * below only, 0 above only.
 */
export interface HedgeOptions {
  readonly alpha: number;
  readonly theta?: number;
  readonly truncation?: number;
  /** Level that the bets on either side are sized for; alpha·theta and alpha·(1 − theta) unless given. Validity does not depend on it. */
  readonly betAlphas?: { readonly above: number; readonly below: number };
}

/**
 * Evidence against "the mean is m" after each outcome: ln of the hedged capital, a test martingale under it; reject at ln(1/alpha).
 *
 * @param m - in (0, 1).
 * @part hedgedSequence
 * @returns `too-few`, or `invalid-input` for outcomes or theta outside [0, 1], m or alpha outside (0, 1), or truncation outside (0, 1]
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
): readonly number[] | Refused<BoundedMeanRefusal> {
  const fault = boundedFault(xs, alpha) ?? hedgeFault(m, theta, truncation);
  if (fault !== null) return fault;
  const upBets = plugInBets(xs, betAlphas.above, truncation / m);
  const downBets = plugInBets(xs, betAlphas.below, truncation / (1 - m));
  let [above, below] = [Math.log(theta), Math.log(1 - theta)];
  return xs.map((x, i) => {
    above += Math.log1p((upBets[i] ?? 0) * (x - m));
    below += Math.log1p(-(downBets[i] ?? 0) * (x - m));
    return Math.max(above, below);
  });
}

/**
 * Hedged-capital confidence sequence for the mean of outcomes in [0, 1]: the narrowest of the three; O(n · grid).
 *
 * Means on a grid, intersected over time, rounded outwards by a step of the grid.
 *
 * @param xs - outcomes in the order in which they came.
 * @formula all m with max(θ·Π(1 + λ⁺(x − m)), (1 − θ)·Π(1 − λ⁻(x − m))) < 1/α at every look, λ by `predictablePlugIn` cut at
 * truncation/m and truncation/(1 − m)
 * @assumes outcomes in [0, 1] whose mean, given those before, is the same throughout
 * @returns `too-few` without outcomes, `invalid-input` for outcomes or options out of range, `none-left` when every mean has been rejected
 * @see Waudby-Smith & Ramdas (2024), "Estimating means of bounded random variables by betting", JRSSB, theorem 3 and appendix B.
 * @example
 * const { intervals } = hedgedSequence(Array.from({ length: 100 }, (_, i) => (i % 4 === 0 ? 1 : 0)), { alpha: 0.05 });
 * intervals.at(-1) // => { lower: 0.138, upper: 0.396 }
 */
export function hedgedSequence(
  xs: readonly number[],
  { alpha, grid = 1000, theta = 0.5, truncation = 0.5 }: HedgeOptions & { readonly grid?: number },
): BoundedMeanSequence | Refused<BoundedMeanRefusal | "none-left"> {
  const fault = boundedFault(xs, alpha) ?? hedgeFault(0.5, theta, truncation);
  if (fault !== null) return fault;
  if (!(grid >= 2 && grid <= 1e5)) return refuse("invalid-input", `a grid needs 2 to 100,000 steps, got ${grid}`);
  const lowest = xs.map(() => Infinity);
  const highest = xs.map(() => -Infinity);
  for (let step = 0; step <= grid; step++) {
    const m = Math.min(1 - 1e-9, Math.max(1e-9, step / grid));
    const capital = hedgedLogCapital(xs, m, { alpha, theta, truncation });
    if ("kind" in capital) return capital;
    for (const [i, logCapital] of capital.entries()) {
      if (logCapital >= -Math.log(alpha)) break; // rejected once, out for good
      lowest[i] = Math.min(lowest[i] ?? m, step / grid);
      highest[i] = Math.max(highest[i] ?? m, step / grid);
    }
  }
  if (lowest.includes(Infinity))
    return refuse(
      "none-left",
      "every mean has been rejected at some look: it cannot have been the same at all of them",
    );
  const width = 1 / grid;
  return {
    kind: "estimate",
    intervals: lowest.map((low, i) => ({
      lower: Math.max(0, low - width),
      upper: Math.min(1, (highest[i] ?? 1) + width),
    })),
  };
}

function hedgeFault(m: number, theta: number, truncation: number): Refused<"invalid-input"> | null {
  return m > 0 && m < 1 && theta >= 0 && theta <= 1 && truncation > 0 && truncation <= 1
    ? null
    : refuse(
        "invalid-input",
        `m must be in (0, 1), theta in [0, 1], truncation in (0, 1], got ${m}, ${theta} and ${truncation}`,
      );
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
