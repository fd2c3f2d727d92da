import { refuse, type Refused } from "../refused.ts";

/** How often each outcome comes now, and in how many steps that was found. */
export interface LabelShift {
  readonly kind: "estimate";
  /** One an outcome; they sum to 1. */
  readonly shares: readonly number[];
  readonly iterations: number;
}

const ITERATIONS_MAX = 2000;
const SETTLED = 1e-10;

/**
 * How often each outcome comes among new units, from a model's probabilities alone: no new labels are needed.
 *
 * A calibrated model is right about the mix that it learned from. Where the mix is another now, every probability is off by the same
 * factors; this finds them, and `shiftedProbabilities` puts them right.
 *
 * @param probabilities - n lists, one probability an outcome, calibrated on the mix learned from; the more units the better.
 * @param learned - shares of the outcomes in that mix.
 * @returns `too-few` without units; `invalid-input` for lists that are not as long as `learned` or do not sum to 1; `not-converged`
 * where the probabilities tell so little that the shares keep drifting.
 * @formula repeat  s_c ← mean over units of  p_c·s_c/r_c / Σ_k p_k·s_k/r_k,  r the learned shares
 * @assumes only the mix of outcomes changed: within an outcome, units look as they did
 * @see Saerens, Latinne & Decaestecker (2002), "Adjusting the outputs of a classifier to new a priori probabilities", section 2.2;
 * Alexandari, Kundaje & Shrikumar (2020), "Maximum likelihood with bias-corrected calibration is hard-to-beat at label shift adaptation"
 * @example
 * const units = [[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.1, 0.9]];
 * labelShift(units, [0.5, 0.5]).shares // => [0.8125, 0.1875]
 */
export function labelShift(
  probabilities: readonly ArrayLike<number>[],
  learned: readonly number[],
): LabelShift | Refused<"invalid-input" | "too-few" | "not-converged"> {
  const isMix = (p: readonly number[]): boolean =>
    p.length === learned.length && p.every((x) => x >= 0) && Math.abs(p.reduce((t, x) => t + x, 0) - 1) < 1e-6;
  if (!isMix(learned) || learned.length < 2) return refuse("invalid-input", "the learned shares must sum to 1");
  const units = probabilities.map((unit) => Array.from(unit));
  if (!units.every(isMix)) return refuse("invalid-input", "every unit needs one probability an outcome; they sum to 1");
  if (units.length === 0) return refuse("too-few", "no units");
  let shares = learned;
  for (let iteration = 1; iteration <= ITERATIONS_MAX; iteration++) {
    const sums = learned.map(() => 0);
    for (const unit of units)
      shiftedProbabilities(unit, { from: learned, to: shares }).forEach((p, c) => (sums[c] = (sums[c] ?? 0) + p));
    const next = sums.map((sum) => sum / units.length);
    const moved = Math.max(...next.map((share, c) => Math.abs(share - (shares[c] ?? 0))));
    shares = next;
    if (moved < SETTLED) return { kind: "estimate", shares, iterations: iteration };
  }
  return refuse("not-converged", "the probabilities tell the outcomes apart too little to say how often each comes");
}

/**
 * Probabilities that were right where outcomes came in the shares `from`, made right where they come in the shares `to`.
 *
 * @part labelShift
 * @example
 * shiftedProbabilities([0.5, 0.5], { from: [0.5, 0.5], to: [0.8, 0.2] }) // => [0.8, 0.2]
 */
export function shiftedProbabilities(
  probabilities: ArrayLike<number>,
  { from, to }: { readonly from: readonly number[]; readonly to: readonly number[] },
): readonly number[] {
  const odds = from.map((share, c) => (share > 0 ? ((probabilities[c] ?? NaN) * (to[c] ?? NaN)) / share : 0));
  const total = odds.reduce((sum, o) => sum + o, 0);
  // What cannot be under the new shares at all stays as it was: there is nothing to divide by.
  return total > 0 ? odds.map((o) => o / total) : Array.from(probabilities);
}
