import { refuse, type Interval, type Refused } from "../refused.ts";
import { areTalliesValid, armInterval, type ArmTally } from "./arm-tally.ts";

/** Whether exploration may stop, and for whom. */
export interface BestArm {
  readonly kind: "estimate";
  /** True once the leader is within `tolerance` of the best, whatever the data do later. */
  readonly decided: boolean;
  /** Index of the largest mean so far. */
  readonly leader: number;
  /** Actions that may still be the best, the leader among them. */
  readonly contenders: readonly number[];
  /** Simultaneous confidence sequences of the means. */
  readonly intervals: readonly Interval[];
}

/**
 * Stopping rule for exploration: which action is the best, decided when the leader's lower limit clears every other's upper limit.
 *
 * May be asked after every reward, under any rule of choosing actions; the wrong arm is named with probability at most alpha. For a
 * Bayesian read-out beside it see `expectedLoss` of `betaBest` and `normalBest`: that one is not error-controlled.
 *
 * @formula decided when mean_leader − w_leader ≥ max over others (mean + w) − tolerance; w: normal-mixture confidence sequence at alpha/actions
 * @assumes Rewards of an action independent of one another, in [0, rewardMax].
 * @returns `too-few` below two actions or when no action has a reward; `invalid-input` for tallies or options out of range.
 * @see Kalyanakrishnan, Tewari, Auer & Stone (2012), "PAC subset selection in stochastic multi-armed bandits", section 3 (LUCB); Howard et al. (2021), eq. 14.
 * @example
 * bestArm([{ n: 900, sum: 90 }, { n: 900, sum: 450 }], { alpha: 0.05, rewardMax: 1 }).decided // => true
 * bestArm([{ n: 9, sum: 1 }, { n: 9, sum: 4 }], { alpha: 0.05, rewardMax: 1 }).contenders // => [0, 1]
 */
export function bestArm(
  tallies: readonly ArmTally[],
  {
    alpha,
    rewardMax,
    tolerance = 0,
  }: { readonly alpha: number; readonly rewardMax: number; readonly tolerance?: number },
): BestArm | Refused<"too-few" | "invalid-input"> {
  if (!areTalliesValid(tallies, rewardMax) || !(alpha > 0 && alpha < 1) || !(tolerance >= 0 && tolerance < Infinity))
    return refuse(
      "invalid-input",
      `rewards must lie in [0, rewardMax], alpha in (0, 1), tolerance be 0 or more, got ${rewardMax}, ${alpha}, ${tolerance}`,
    );
  if (tallies.length < 2 || tallies.every(({ n }) => n === 0))
    return refuse("too-few", `${tallies.length} actions, and none to tell from another yet`);
  const intervals = tallies.map((tally) => armInterval(tally, { alpha: alpha / tallies.length, rewardMax }));
  const mean = (a: number): number => (tallies[a]?.n === 0 ? -1 : (tallies[a]?.sum ?? NaN) / (tallies[a]?.n ?? NaN));
  const leader = tallies.reduce((best, _, a) => (mean(a) > mean(best) ? a : best), 0);
  const bar = Math.max(...intervals.map(({ lower }) => lower));
  const least = intervals[leader]?.lower ?? NaN;
  return {
    kind: "estimate",
    decided: intervals.every(({ upper }, a) => a === leader || least >= upper - tolerance),
    leader,
    contenders: intervals.flatMap(({ upper }, a) => (upper >= bar ? [a] : [])),
    intervals,
  };
}
