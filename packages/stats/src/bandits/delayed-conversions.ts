import { refuse, type Refused } from "../refused.ts";

/** One action's units, of which some have not yet had the time to convert. */
export interface DelayedUnits {
  /** How long ago each unit was exposed, in the unit of the window. */
  readonly ages: ArrayLike<number>;
  /** 1 if it has converted by now (within the window), else 0. */
  readonly converted: ArrayLike<number>;
}

/**
 * How units that are not mature are counted: left out, or by the share of conversions that has come by their age, F(age), which rises to
 * 1 at the end of the window.
 */
export type DelayRule =
  | { readonly kind: "matured-only"; readonly windowDays: number }
  | { readonly kind: "inflated"; readonly shareByAge: (age: number) => number };

/** A conversion rate with the units that it is worth, ready for a Beta or normal belief. */
export interface DelayedRate {
  readonly kind: "estimate";
  /** Matured units, or Σ F(age): what the immature ones count for. */
  readonly effectiveUnits: number;
  readonly conversions: number;
  /** conversions / effectiveUnits; inflated, it may exceed 1 while few units are mature. */
  readonly rate: number;
  /** Of the rate; the immature units make it larger, roughly as 1/F would. 0 is never given. */
  readonly standardError: number;
}

/** Share of conversions below which a unit is as good as not exposed yet. */
const SHARE_MIN = 1e-6;

/**
 * Conversion rate of an action whose outcomes are late: from matured units only, or with immature ones counted by F(age).
 *
 * Matured-only is slow and assumes nothing of the delay. Inflated learns from the first day, but is only as right as F: take F from
 * matured history of the same action (a maturity curve), and never from the units it corrects.
 *
 * @formula matured: x/n; inflated: Σx/ΣF(age) with variance Σ F p(1 − F p)/(ΣF)², p pulled to (x + ½)/(ΣF + 1) so that it is never 0
 * @assumes Delay independent of the action and of the unit given that it converts; F(age) known.
 * @returns `too-few` when no unit counts yet; `invalid-input` for ages below 0, outcomes that are not 0 or 1, shares outside [0, 1].
 * @see Vernade, Cappé & Perchet (2017), "Stochastic bandit models for delayed conversions", eq. 3; Chapelle (2014), "Modeling delayed feedback".
 * @example
 * const units = { ages: [10, 10, 10, 2, 2], converted: [1, 0, 0, 0, 1] };
 * delayedRate(units, { kind: "matured-only", windowDays: 7 }).effectiveUnits // => 3
 * delayedRate(units, { kind: "inflated", shareByAge: (age) => Math.min(1, age / 4) }).rate // => 0.5
 */
export function delayedRate(
  { ages, converted }: DelayedUnits,
  rule: DelayRule,
): DelayedRate | Refused<"too-few" | "invalid-input"> {
  if (ages.length !== converted.length) return refuse("invalid-input", "every unit needs an age and an outcome");
  if (rule.kind === "matured-only" && !(rule.windowDays >= 0 && rule.windowDays < Infinity))
    return refuse("invalid-input", `windowDays must be 0 or more, got ${rule.windowDays}`);
  let [effectiveUnits, conversions, squares] = [0, 0, 0];
  for (let i = 0; i < ages.length; i++) {
    const [age, outcome] = [ages[i] ?? NaN, converted[i] ?? NaN];
    if (!(age >= 0) || (outcome !== 0 && outcome !== 1))
      return refuse("invalid-input", `unit ${i} has age ${age} and outcome ${outcome}`);
    const share = rule.kind === "inflated" ? rule.shareByAge(age) : Number(age >= rule.windowDays);
    if (!(share >= 0 && share <= 1))
      return refuse("invalid-input", `the share at age ${age} must be in [0, 1], got ${share}`);
    // A conversion counts where its unit counts at all: an early one of an immature unit would favour fast actions. A share as good as
    // 0 counts as 0, or one conversion would stand for more units than there are.
    if (share < SHARE_MIN) continue;
    effectiveUnits += share;
    conversions += outcome;
    squares += share * share;
  }
  if (effectiveUnits === 0) return refuse("too-few", "no unit has had time to convert yet");
  const p = Math.min(1, (conversions + 0.5) / (effectiveUnits + 1));
  const variance = (p * effectiveUnits - p * p * squares) / effectiveUnits ** 2;
  return {
    kind: "estimate",
    effectiveUnits,
    conversions,
    rate: conversions / effectiveUnits,
    standardError: Math.sqrt(variance),
  };
}
