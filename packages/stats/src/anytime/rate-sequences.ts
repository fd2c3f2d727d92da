import { refuse, type Refused } from "../refused.ts";
import { asymptoticConfidenceSequence, type ConfidenceSequence, type Sides } from "./asymptotic-confidence-sequence.ts";
import type { Conversions } from "./two-by-two-e-process.ts";

/** Conversions of two arms as they are now, and how the sequence is to be tuned. */
export interface RateInput {
  readonly control: Conversions;
  readonly treatment: Conversions;
  /** Error probability over all looks together, in (0, 1); below 0.5 when one-sided. */
  readonly alpha: number;
  /** Total units at which the interval should be tightest. Fix it before the first look. */
  readonly tunedFor: number;
  readonly sides?: Sides;
  /** Conversions and non-conversions that each arm must have before the first look; 25 unless given. */
  readonly burnIn?: number;
}

/** A sequence for conversion rates, with the estimate that it is around. */
export interface RateSequence extends ConfidenceSequence {
  readonly estimate: number;
  readonly standardError: number;
}

/** `burn-in` while the rarer outcome of an arm is too rare for an asymptotic interval. */
export type RateRefusal = "burn-in" | "zero-standard-error" | "too-few" | "invalid-input";

/** Under this many of the rarer outcome in an arm, variances estimated from them let peeking find what is not there. */
const BURN_IN = 25;

/**
 * Confidence sequence for the difference of two conversion rates, treatment less control, that waits out its burn-in.
 *
 * Of 2,000 A/A tests looked at every 100 units an arm up to 20,000, alpha 5 %, these were called different at some look:
 *
 * | base rate | this | `rateRatioSequence` | `twoByTwoEProcess` | relative difference, delta method, no burn-in |
 * | --- | --- | --- | --- | --- |
 * | 0.2 % | 0.1 % | 0.1 % | 3.9 % | 19.1 % |
 * | 1 % | 1.1 % | 1.0 % | 2.6 % | 14.3 % |
 * | 5 % | 2.8 % | 2.6 % | 2.6 % | 6.9 % |
 * | 99 % | 1.9 % | 1.9 % | 2.7 % | 2.8 % |
 *
 * @formula d ± se·√N·√(2(Nρ² + 1)/(N²ρ²)·ln(√(Nρ² + 1)/α)), d = p_b − p_a, se² = Σ p(1 − p)/(n − 1), N the units of both arms
 * @assumes independent units; arms that grow in a constant proportion
 * @returns `burn-in` until both arms have `burnIn` conversions and as many non-conversions
 * @see Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), "Time-uniform central limit theory and asymptotic confidence sequences", eq. 9.
 * @example
 * const arms = { control: { n: 1000, conversions: 100 }, treatment: { n: 1000, conversions: 160 } };
 * rateDifferenceSequence({ ...arms, alpha: 0.05, tunedFor: 2000 }) // => { estimate: 0.06, lower: 0.0145112, upper: 0.1054888 }
 */
export function rateDifferenceSequence(input: RateInput): RateSequence | Refused<RateRefusal> {
  return rateSequence(input, ([control, treatment]) => ({
    estimate: treatment.rate - control.rate,
    variance: perUnit(control) + perUnit(treatment),
  }));
}

/**
 * Confidence sequence for the logarithm of the ratio of two conversion rates, treatment over control, that waits out its burn-in.
 *
 * For relative lift, to display and to decide on: exp(lower) − 1 and exp(upper) − 1 are its ends. On this scale the false-alarm rate
 * stays below alpha where a relative difference does not, see `rateDifferenceSequence`.
 *
 * @formula as `rateDifferenceSequence` with d = ln(p_b/p_a), se² = Σ (1 − p)/(p·(n − 1))
 * @assumes independent units; arms that grow in a constant proportion
 * @returns estimate, lower and upper on the logarithmic scale; `burn-in` until both arms have `burnIn` conversions and non-conversions
 * @see Waudby-Smith et al. (2024), eq. 9; Katz, Baptista, Azen & Pike (1978), "Obtaining confidence intervals for the risk ratio in cohort
 * studies", for the standard error.
 * @example
 * const arms = { control: { n: 1000, conversions: 100 }, treatment: { n: 1000, conversions: 160 } };
 * const { estimate, lower, upper } = rateRatioSequence({ ...arms, alpha: 0.05, tunedFor: 2000 });
 * [estimate, lower, upper].map(Math.exp) // => [1.6, 1.1135, 2.29905]
 */
export function rateRatioSequence(input: RateInput): RateSequence | Refused<RateRefusal> {
  return rateSequence(input, ([control, treatment]) => ({
    estimate: Math.log(treatment.rate / control.rate),
    variance: perUnit(control) / control.rate ** 2 + perUnit(treatment) / treatment.rate ** 2,
  }));
}

interface Arm {
  readonly n: number;
  readonly rate: number;
  readonly rest: number;
}

const perUnit = ({ n, rate, rest }: Arm): number => (rate * rest) / (n - 1);

function rateSequence(
  { control, treatment, alpha, tunedFor, sides = "two", burnIn = BURN_IN }: RateInput,
  effect: (arms: readonly [Arm, Arm]) => { readonly estimate: number; readonly variance: number },
): RateSequence | Refused<RateRefusal> {
  const counts = [control, treatment].flatMap(({ n, conversions }) => [conversions, n - conversions]);
  if (!counts.every((count) => count >= 0 && Number.isFinite(count)) || !(burnIn >= 1))
    return refuse(
      "invalid-input",
      `conversions must lie between 0 and n in each arm, and burnIn be 1 or more, got ${counts.join(", ")}, ${burnIn}`,
    );
  const rarest = Math.min(...counts);
  if (rarest < burnIn)
    return refuse(
      "burn-in",
      `${rarest} of the rarer outcome in an arm, ${burnIn} are needed; wait, or use twoByTwoEProcess`,
    );
  const arm = ({ n, conversions }: Conversions): Arm => ({ n, rate: conversions / n, rest: (n - conversions) / n });
  const { estimate, variance } = effect([arm(control), arm(treatment)]);
  const standardError = Math.sqrt(variance);
  const n = control.n + treatment.n;
  const sequence = asymptoticConfidenceSequence({ estimate, standardError, n, alpha, tunedFor, sides });
  return sequence.kind === "refused" ? sequence : { ...sequence, estimate, standardError };
}
