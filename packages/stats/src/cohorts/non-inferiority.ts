import { refuse, type Interval, type Refused } from "../refused.ts";
import { normalSf, tSf } from "../numerics/special-functions.ts";
import type { Conversions } from "../anytime/two-by-two-e-process.ts";
import { scoreOfDifference } from "./two-proportions.ts";
import { tComparison, type ComparisonRefusal } from "./welch.ts";

/** An effect with its error, in the units of the metric; degrees of freedom may be Infinity (normal). */
export interface MeasuredEffect {
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

/** A guardrail: the metric may get worse by less than `margin` (≥ 0); `desired` says which way is better. */
export interface Guardrail {
  readonly margin: number;
  readonly desired: "increase" | "decrease";
  readonly confidence: number;
}

/** `interval` is one-sided, of the effect itself; `pValue` tests that the effect is worse than the margin or at it. */
export interface GuardrailTest {
  readonly kind: "estimate";
  readonly interval: Interval;
  readonly pValue: number;
  readonly holds: boolean;
}

/** Two one-sided tests; `pValue` is the larger. */
export interface EquivalenceTest {
  readonly kind: "estimate";
  readonly pAboveLower: number;
  readonly pBelowUpper: number;
  readonly pValue: number;
}

/** How the error of a difference of rates is judged at the margin. */
export type RateMethod = "wald" | "agresti-caffo" | "score";

/**
 * Is the treatment not worse than the control by a margin or more? Valid at one look chosen in advance.
 *
 * @returns refusals as `tComparison`; `invalid-input` for a negative margin.
 * @see Blackwelder (1982), "Proving the null hypothesis in clinical trials"; Schultzberg, Ankargren & Frånberg (2024), "Risk-aware
 * product decisions in A/B tests with multiple metrics".
 * @formula t = (d + margin)/se, one-sided
 * @assumes a near-normal effect; a margin fixed in advance; one look
 * @example
 * const effect = { estimate: -0.01, standardError: 0.02, degreesOfFreedom: Infinity };
 * nonInferiority(effect, { margin: 0.05, desired: "increase", confidence: 0.95 }) // => { pValue: 0.02275, holds: true }
 */
export function nonInferiority(
  effect: MeasuredEffect,
  { margin, desired, confidence }: Guardrail,
): GuardrailTest | Refused<ComparisonRefusal> {
  if (!(margin >= 0 && margin < Infinity)) return refuse("invalid-input", `margin must be 0 or more, got ${margin}`);
  const worst = desired === "increase" ? -margin : margin;
  const alternative = desired === "increase" ? "greater" : "less";
  const shifted = tComparison({ ...effect, estimate: effect.estimate - worst }, { confidence, alternative });
  if (shifted.kind === "refused") return shifted;
  const { lower, upper } = shifted.interval;
  return {
    kind: "estimate",
    interval: { lower: lower + worst, upper: upper + worst },
    pValue: shifted.pValue,
    holds: shifted.pValue < 1 - confidence,
  };
}

/**
 * Non-inferiority of a rate where more is better: H₀ is rate(treatment) − rate(control) ≤ −margin.
 *
 * Prefer `score` with few conversions: its variance is that of the rates likeliest at the margin.
 *
 * @returns `too-few` with an empty arm, `zero-variance` when nothing varies, `invalid-input` otherwise.
 * @see Farrington & Manning (1990), "Test statistics and sample size formulae for comparative binomial trials"; Miettinen &
 * Nurminen (1985).
 * @formula z = (p_t − p_c + margin)/√(p̃_t(1 − p̃_t)/n_t + p̃_c(1 − p̃_c)/n_c), p̃ likeliest under p̃_t − p̃_c = −margin for the score
 * @assumes independent units; a margin fixed in advance; one look
 * @example
 * rateNonInferiority({ n: 2000, conversions: 164 }, { n: 2100, conversions: 207 }, { margin: 0.02 }) // => { statistic: 4.037, pValue: 0.00002706 }
 */
export function rateNonInferiority(
  control: Conversions,
  treatment: Conversions,
  { margin, method = "score" }: { readonly margin: number; readonly method?: RateMethod },
): { readonly kind: "estimate"; readonly statistic: number; readonly pValue: number } | Refused<ComparisonRefusal> {
  if (!(margin > -1 && margin < 1))
    return refuse("invalid-input", `margin must be a difference of rates, got ${margin}`);
  for (const { n, conversions } of [control, treatment]) {
    if (!(n >= 0 && conversions >= 0 && conversions <= n && Number.isFinite(n)))
      return refuse("invalid-input", `conversions must lie between 0 and n, got ${conversions} of ${n}`);
    if (n === 0) return refuse("too-few", "an arm has no units yet");
  }
  const statistic =
    method === "score"
      ? scoreOfDifference(control, treatment, -margin)
      : waldStatistic(control, treatment, { margin, added: method === "wald" ? 0 : 1 });
  if (!Number.isFinite(statistic)) return refuse("zero-variance", "no spread to judge the difference by");
  return { kind: "estimate", statistic, pValue: normalSf(statistic) };
}

/**
 * Does the effect lie between two bounds? (Two one-sided tests.)
 *
 * @param bounds - lower < upper.
 * @returns `zero-variance` without a standard error; `invalid-input` otherwise.
 * @see Schuirmann (1987), "A comparison of the two one-sided tests procedure and the power approach".
 * @formula p = max( P(T > (d − lower)/se), P(T > (upper − d)/se) )
 * @assumes a near-normal effect; bounds fixed in advance
 * @example
 * equivalence({ estimate: 0.1, standardError: 0.2, degreesOfFreedom: Infinity }, { lower: -0.5, upper: 0.5 }) // => { pAboveLower: 0.0013499, pBelowUpper: 0.02275, pValue: 0.02275 }
 */
export function equivalence(
  { estimate, standardError, degreesOfFreedom }: MeasuredEffect,
  bounds: Interval,
): EquivalenceTest | Refused<ComparisonRefusal> {
  if (standardError === 0) return refuse("zero-variance", "no spread to judge the effect by");
  if (!(bounds.lower < bounds.upper) || !(standardError > 0) || !(degreesOfFreedom > 0) || !Number.isFinite(estimate))
    return refuse("invalid-input", `bounds ${bounds.lower} to ${bounds.upper}, effect ${estimate} ± ${standardError}`);
  const pAboveLower = tSf((estimate - bounds.lower) / standardError, degreesOfFreedom);
  const pBelowUpper = tSf((bounds.upper - estimate) / standardError, degreesOfFreedom);
  return { kind: "estimate", pAboveLower, pBelowUpper, pValue: Math.max(pAboveLower, pBelowUpper) };
}

function waldStatistic(
  control: Conversions,
  treatment: Conversions,
  { margin, added }: { readonly margin: number; readonly added: number },
): number {
  const [n0, n1] = [control.n + 2 * added, treatment.n + 2 * added];
  const [p0, p1] = [(control.conversions + added) / n0, (treatment.conversions + added) / n1];
  return (p1 - p0 + margin) / Math.sqrt((p0 * (1 - p0)) / n0 + (p1 * (1 - p1)) / n1);
}
