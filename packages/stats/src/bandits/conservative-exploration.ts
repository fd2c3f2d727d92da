import { refuse, type Refused } from "../refused.ts";
import { areTalliesValid, armInterval, type ArmTally } from "./arm-tally.ts";

/** What exploration may cost. */
export interface ConservativeOptions {
  /** Index of the action in use today, which may always be taken. */
  readonly incumbent: number;
  /** α in (0, 1): at every time the expected rewards so far are at least 1 − α times what the incumbent alone would have brought. */
  readonly lossShareMax: number;
  /** Rewards lie in [0, rewardMax]; 0 is worth nothing, since the budget is a share. */
  readonly rewardMax: number;
  /** Probability with which the promise may fail, over all time. */
  readonly delta: number;
  /** The incumbent's mean where it is known well from before; else it is learnt like the others'. */
  readonly incumbentMean?: number;
}

/** Probabilities that keep the promise. */
export interface ConservativeChoice {
  readonly kind: "estimate";
  /** As wished for actions that are safe now; the rest is the incumbent's. */
  readonly probabilities: readonly number[];
  readonly safe: readonly boolean[];
  /**
   * Pessimistic rewards so far minus (1 − α) times the incumbent's up to and including the next round, before that round's own reward: an
   * action is safe when this plus its own pessimistic mean is 0 or more.
   */
  readonly budget: number;
}

/**
 * Explores only within a budget: an action other than the incumbent is possible only while even pessimistic rewards keep the promise.
 *
 * Before each round, with the rewards tallied so far; choose from the answer, then `tallyReward`. The guard moves probability and draws
 * nothing, so the logged propensity stays exact.
 *
 * @formula safe(a) ⇔ min over the incumbent's μ₀ in [L₀, U₀] of Σ_{i≠0} T_i L_i + L_a + T₀ μ₀ − (1 − α)(t + 1) μ₀ ≥ 0
 * @assumes Rewards in [0, rewardMax], each action's independent with a constant mean.
 * @param weights - wished probabilities (of any bandit); not negative, scaled to sum to 1.
 * @returns `too-few` below two actions, `invalid-input` for tallies, weights or options out of range.
 * @see Wu, Shariff, Lattimore & Szepesvári (2016), "Conservative bandits", algorithm 1 and section 4 (incumbent unknown); Kazerouni,
 * Ghavamzadeh, Abbasi-Yadkori & Van Roy (2017), "Conservative contextual linear bandits", eq. 3.
 * @example
 * const options = { incumbent: 0, lossShareMax: 0.1, rewardMax: 1, delta: 0.05, incumbentMean: 0.5 };
 * conservativeProbabilities(untriedTallies(2), [0.5, 0.5], options).probabilities // => [1, 0]
 * conservativeProbabilities([{ n: 100, sum: 50 }, { n: 0, sum: 0 }], [0.5, 0.5], options).probabilities // => [0.5, 0.5]
 */
export function conservativeProbabilities(
  tallies: readonly ArmTally[],
  weights: readonly number[],
  options: ConservativeOptions,
): ConservativeChoice | Refused<"too-few" | "invalid-input"> {
  const fault = conservativeFault(tallies, weights, options);
  if (fault !== null) return fault;
  const { incumbent, lossShareMax, rewardMax, delta, incumbentMean } = options;
  const alpha = delta / (incumbentMean === undefined ? tallies.length : tallies.length - 1);
  const intervals = tallies.map((tally) => armInterval(tally, { alpha, rewardMax }));
  const own = intervals[incumbent];
  const [low, high] =
    incumbentMean === undefined ? [own?.lower ?? 0, own?.upper ?? rewardMax] : [incumbentMean, incumbentMean];
  const rounds = tallies.reduce((t, tally) => t + tally.n, 0);
  const others = tallies.reduce((t, { n }, a) => (a === incumbent ? t : t + n * (intervals[a]?.lower ?? 0)), 0);
  // What the incumbent's own rounds are ahead of its share of all rounds, times its mean at the worse end.
  const ahead = (tallies[incumbent]?.n ?? 0) - (1 - lossShareMax) * (rounds + 1);
  const budget = others + Math.min(ahead * low, ahead * high);
  const safe = intervals.map(({ lower }, a) => a === incumbent || budget + lower >= 0);
  const total = weights.reduce((t, w) => t + w, 0);
  const explored = weights.map((w, a) => (a !== incumbent && safe[a] === true ? w / total : 0));
  const rest = Math.max(0, 1 - explored.reduce((t, p) => t + p, 0));
  return { kind: "estimate", probabilities: explored.map((p, a) => (a === incumbent ? rest : p)), safe, budget };
}

function conservativeFault(
  tallies: readonly ArmTally[],
  weights: readonly number[],
  { incumbent, lossShareMax, rewardMax, delta, incumbentMean = 0 }: ConservativeOptions,
): Refused<"too-few" | "invalid-input"> | null {
  if (tallies.length < 2) return refuse("too-few", `exploring needs at least 2 actions, got ${tallies.length}`);
  const total = weights.reduce((t, w) => t + w, 0);
  if (weights.length !== tallies.length || weights.some((w) => !(w >= 0)) || !(total > 0 && total < Infinity))
    return refuse("invalid-input", "weights must be finite, 0 or more and not all 0, one an action");
  if (!areTalliesValid(tallies, rewardMax) || !(incumbentMean >= 0 && incumbentMean <= rewardMax))
    return refuse("invalid-input", `rewards must lie in [0, rewardMax], got rewardMax ${rewardMax}`);
  return tallies[incumbent] !== undefined && lossShareMax > 0 && lossShareMax < 1 && delta > 0 && delta < 1
    ? null
    : refuse("invalid-input", `incumbent ${incumbent}, lossShareMax ${lossShareMax} or delta ${delta} is out of range`);
}
