import { mixturePrecision, normalMixtureBound } from "../anytime/normal-mixture.ts";
import type { Interval } from "../refused.ts";

/** Rewards of one action so far. */
export interface ArmTally {
  readonly n: number;
  readonly sum: number;
}

/**
 * Tallies of actions of which nothing is known.
 *
 * @part bestArm
 * @example
 * untriedTallies(2) // => [{ n: 0, sum: 0 }, { n: 0, sum: 0 }]
 */
export function untriedTallies(actions: number): readonly ArmTally[] {
  return Array.from({ length: Number.isInteger(actions) && actions > 0 ? actions : 0 }, () => ({ n: 0, sum: 0 }));
}

/**
 * Tallies after one more reward; order does not matter.
 *
 * @part bestArm
 * @throws RangeError for an action that has no tally or a reward that is not finite: the log would be wrong for ever after.
 * @example
 * tallyReward(untriedTallies(2), 1, 0.5)[1] // => { n: 1, sum: 0.5 }
 */
export function tallyReward(tallies: readonly ArmTally[], action: number, reward: number): readonly ArmTally[] {
  if (tallies[action] === undefined || !Number.isFinite(reward))
    throw new RangeError(`there is no action ${action}, or its reward ${reward} is not finite`);
  return tallies.map((tally, a) => (a === action ? { n: tally.n + 1, sum: tally.sum + reward } : tally));
}

/** Number of rewards at which an arm's confidence sequence is tightest. */
const ROUNDS_OPT = 500;

/**
 * Confidence sequence of an arm's mean for rewards in [0, rewardMax], cut to that range: holds at every number of rewards, however it was
 * decided which arm to play, since an arm's own rewards are independent of that.
 */
export function armInterval(
  { n, sum }: ArmTally,
  { alpha, rewardMax }: { readonly alpha: number; readonly rewardMax: number },
): Interval {
  if (n === 0) return { lower: 0, upper: rewardMax };
  const variance = (rewardMax / 2) ** 2;
  const rho = mixturePrecision({ vOpt: ROUNDS_OPT * variance, alphaOpt: alpha, side: "two" });
  const half = normalMixtureBound(n * variance, { alpha, rho, side: "two" }) / n;
  return { lower: Math.max(0, sum / n - half), upper: Math.min(rewardMax, sum / n + half) };
}

/** True for tallies of at least one action whose rewards can be in [0, rewardMax]; its square must fit a double. */
export function areTalliesValid(tallies: readonly ArmTally[], rewardMax: number): boolean {
  return (
    rewardMax > 1e-100 &&
    rewardMax < 1e100 &&
    tallies.every(({ n, sum }) => Number.isInteger(n) && n >= 0 && sum >= 0 && sum <= n * rewardMax * (1 + 1e-12))
  );
}
