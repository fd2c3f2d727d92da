import { integrate } from "../numerics/quadrature.ts";
import { refuse, type Refused } from "../refused.ts";
import { normalCdf, normalPdf, normalSf } from "../numerics/special-functions.ts";

/** Who is best among several, with what is lost on average by choosing each. */
export interface BestOf {
  readonly kind: "estimate";
  /** Probability that each is the largest; sums to 1. */
  readonly probabilityBest: readonly number[];
  /** E[largest of all]. */
  readonly expectedMax: number;
  /** E[largest] − own mean: expected loss of choosing this one, in units of the outcome. */
  readonly expectedLoss: readonly number[];
}

const WIDTHS = Array.from({ length: 25 }, (_, i) => (i - 12) * 0.75);

/**
 * Which of several independent normal means is the largest, by quadrature: no Monte Carlo, so propensities made from it are exact.
 *
 * @formula p_i = ∫ f_i Π_{j≠i} F_j dx; E[max] = c + ∫_c^∞ (1 − ΠF) − ∫_{−∞}^c ΠF
 * @assumes Independent normal posteriors.
 * @returns `too-few` without arms, `invalid-input` for a deviation that is not positive or scales too far apart for a double.
 * @param arms - posterior mean and standard deviation (> 0) of each.
 * @see Russo (2020), "Simple Bayesian algorithms for best-arm identification", section 3.
 * @example
 * const best = normalBest([{ mean: 1, standardDeviation: 3 }, { mean: 0, standardDeviation: 4 }]);
 * best.probabilityBest // => [0.579260, 0.420740]
 */
export function normalBest(
  arms: readonly { readonly mean: number; readonly standardDeviation: number }[],
): BestOf | Refused<"too-few" | "invalid-input"> {
  if (arms.length === 0) return refuse("too-few", "nothing to choose from");
  if (
    arms.some((a) => !Number.isFinite(a.mean) || !(a.standardDeviation > 0 && Number.isFinite(a.standardDeviation)))
  ) {
    return refuse("invalid-input", "every mean must be finite with a positive standard deviation");
  }
  const breaks = arms.flatMap((a) => WIDTHS.map((w) => a.mean + w * a.standardDeviation));
  const z = (x: number, a: { readonly mean: number; readonly standardDeviation: number }): number =>
    (x - a.mean) / a.standardDeviation;
  const raw = arms.map((own, i) =>
    integrate(
      (x) =>
        arms.reduce(
          (product, a, j) => (j === i ? product : product * normalCdf(z(x, a))),
          normalPdf(z(x, own)) / own.standardDeviation,
        ),
      breaks,
    ),
  );
  // E[max] = c + ∫_c^∞ (1 − ΠF) − ∫_{−∞}^c ΠF for any c.
  const centre = Math.max(...arms.map((a) => a.mean));
  const product = (x: number): number => arms.reduce((p, a) => p * normalCdf(z(x, a)), 1);
  const above = integrate(
    (x) => complement(arms.map((a) => normalSf(z(x, a)))),
    [centre, ...breaks.filter((b) => b > centre)],
  );
  const below = integrate(product, [centre, ...breaks.filter((b) => b < centre)]);
  return bestOf(
    raw,
    centre + above - below,
    arms.map((a) => a.mean),
  );
}

/** 1 − Π(1 − s_j), without cancellation for small s. */
export function complement(tails: readonly number[]): number {
  return -Math.expm1(tails.reduce((sum, s) => sum + Math.log1p(-Math.min(s, 1)), 0));
}

/** Largest error of the sum of the probabilities before they are scaled: beyond it the quadrature has missed a peak. */
const QUADRATURE_TOLERANCE = 1e-6;

/** Scales away the last digits of quadrature error, so that the probabilities sum to 1 as propensities must. */
export function bestOf(
  raw: readonly number[],
  expectedMax: number,
  means: readonly number[],
): BestOf | Refused<"invalid-input"> {
  const total = raw.reduce((sum, p) => sum + p, 0);
  if (!(Math.abs(total - 1) <= QUADRATURE_TOLERANCE) || !Number.isFinite(expectedMax))
    return refuse("invalid-input", "the posteriors are too far apart in scale for a double to compare them");
  return {
    kind: "estimate",
    probabilityBest: raw.map((p) => p / total),
    expectedMax,
    expectedLoss: means.map((m) => Math.max(0, expectedMax - m)),
  };
}

/**
 * Top-two Thompson allocation: the leader with probability `leaderShare`, else the best of the others; explores more than Thompson sampling.
 *
 * @formula ψ_i = p_i (β + (1 − β) Σ_{j≠i} p_j/(1 − p_j))
 * @assumes Probabilities of being best, summing to 1; β = leaderShare in [0, 1], ½ is near the best for identifying the leader.
 * @returns `no-runner-up` when one action is best for sure, so that a second cannot be told; `invalid-input` for anything else that is no
 * distribution.
 * @see Russo (2020), "Simple Bayesian algorithms for best-arm identification", section 3.3.
 * @example
 * topTwoAllocation([0.5, 0.25, 0.25], 0.5) // => [0.416667, 0.291667, 0.291667]
 */
export function topTwoAllocation(
  probabilityBest: readonly number[],
  leaderShare: number,
): readonly number[] | Refused<"no-runner-up" | "invalid-input"> {
  const total = probabilityBest.reduce((t, p) => t + p, 0);
  if (
    !(leaderShare >= 0 && leaderShare <= 1) ||
    probabilityBest.some((p) => !(p >= 0)) ||
    !(Math.abs(total - 1) <= 1e-9)
  )
    return refuse(
      "invalid-input",
      `probabilities must sum to 1 and leaderShare be in [0, 1], got ${total} and ${leaderShare}`,
    );
  // 1 − p as the sum of the others, which has all its digits when one leads by far.
  const rest = probabilityBest.map((_, i) => probabilityBest.reduce((t, p, j) => (j === i ? t : t + p), 0));
  if (rest.some((r) => r === 0)) return refuse("no-runner-up", "one action is best for sure, and none is second");
  const odds = probabilityBest.map((p, i) => p / (rest[i] ?? NaN));
  return probabilityBest.map((p, i) => {
    const others = odds.reduce((sum, o, j) => (j === i ? sum : sum + o), 0);
    return p * leaderShare + (1 - leaderShare) * p * others;
  });
}
