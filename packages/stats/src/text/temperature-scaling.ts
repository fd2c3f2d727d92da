import { bisect } from "../numerics/bisect.ts";
import { refuse, type Refused } from "../refused.ts";

/** P(outcome) ∝ exp(score/temperature): above 1 for scores that were too sure of themselves, below 1 for timid ones. */
export interface TemperatureFit {
  readonly kind: "estimate";
  readonly temperature: number;
}

/** Bounds of ln(1/temperature): probabilities within are told from certainty and from ignorance. */
const LOG_SHARPNESS_MAX = 12;

/**
 * The one temperature that makes a classifier's probabilities true on units it was not fitted to; it changes no ranking.
 *
 * Outcomes count as nearly certain only, by as much as Platt's targets, so that scores which are right every time stay finite.
 *
 * @param scores - n lists of log-odds, one an outcome, from a model that has not seen the unit.
 * @param outcomes - n indices.
 * @returns `too-few` without units; `no-signal` where the scores are no better than none (all alike, or wrong on the whole);
 * `invalid-input` for unequal lengths, a score that is not finite or an outcome that is no index.
 * @formula maximise Σᵢ Σ_c tᵢ_c log pᵢ_c,  p ∝ exp(score/T),  t = 1 − ε for the outcome seen, ε/(classes − 1) elsewhere,  ε = 1/(n + 2)
 * @assumes one factor mends all outcomes alike; later units are like these, base rates included
 * @see Guo, Pleiss, Sun & Weinberger (2017), "On calibration of modern neural networks", section 4.2; Platt (1999) for the targets
 * @example
 * const scores = [[2, 0], [2, 0], [2, 0], [2, 0]];
 * temperatureScaling(scores, [0, 0, 0, 1]).temperature // => 2.88539
 */
export function temperatureScaling(
  scores: readonly ArrayLike<number>[],
  outcomes: ArrayLike<number>,
): TemperatureFit | Refused<"invalid-input" | "too-few" | "no-signal"> {
  const fault = scoresFault(scores, outcomes);
  if (fault !== null) return fault;
  if (scores.length === 0) return refuse("too-few", "no units");
  const slack = 1 / (scores.length + 2);
  const wanted = scores.reduce((sum, score, i) => sum + targetScore(score, outcomes[i] ?? 0, slack), 0);
  const slope = (sharpness: number): number =>
    scores.reduce((sum, score) => sum + expectedScore(score, sharpness), 0) - wanted;
  if (!(slope(Math.exp(-LOG_SHARPNESS_MAX)) < 0))
    return refuse("no-signal", "the scores tell nothing of the outcomes: no temperature makes them true");
  const high = slope(Math.exp(LOG_SHARPNESS_MAX));
  const logSharpness =
    high <= 0 ? LOG_SHARPNESS_MAX : bisect((log) => slope(Math.exp(log)), -LOG_SHARPNESS_MAX, LOG_SHARPNESS_MAX);
  return { kind: "estimate", temperature: Math.exp(-logSharpness) };
}

function targetScore(score: ArrayLike<number>, outcome: number, slack: number): number {
  let others = 0;
  for (let c = 0; c < score.length; c++) if (c !== outcome) others += (score[c] ?? 0) / (score.length - 1);
  return (1 - slack) * (score[outcome] ?? 0) + slack * others;
}

/** Mean score under the probabilities of that sharpness (1/temperature). */
function expectedScore(score: ArrayLike<number>, sharpness: number): number {
  let largest = -Infinity;
  for (let c = 0; c < score.length; c++) largest = Math.max(largest, score[c] ?? 0);
  let [total, sum] = [0, 0];
  for (let c = 0; c < score.length; c++) {
    const odds = Math.exp(sharpness * ((score[c] ?? 0) - largest));
    total += odds;
    sum += odds * (score[c] ?? 0);
  }
  return sum / total;
}

function scoresFault(
  scores: readonly ArrayLike<number>[],
  outcomes: ArrayLike<number>,
): Refused<"invalid-input"> | null {
  if (scores.length !== outcomes.length) return refuse("invalid-input", "scores and outcomes must be equally many");
  const classes = scores[0]?.length ?? 2;
  if (classes < 2) return refuse("invalid-input", "there must be two outcomes at least");
  for (const [i, score] of scores.entries()) {
    const outcome = outcomes[i] ?? NaN;
    if (score.length !== classes || !Array.from(score).every((s) => Math.abs(s) <= 1e100))
      return refuse("invalid-input", "every unit needs one finite score an outcome");
    if (!Number.isSafeInteger(outcome) || outcome < 0 || outcome >= classes)
      return refuse("invalid-input", `outcomes must be indices from 0, below ${classes}, got ${outcome}`);
  }
  return null;
}
