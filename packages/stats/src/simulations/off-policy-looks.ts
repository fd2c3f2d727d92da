import { doublyRobustSequence, gammaExponentialMixture, mersenneRng, offPolicyConfidenceSequence } from "../index.ts";
import { watch, type FirstAlarms } from "./first-alarms.ts";
import { drawRounds, POLICY_VALUE, WEIGHT_MAX, type DrawnRounds } from "./drawn-rounds.ts";
import { leavesOut } from "./miss-count.ts";

export const OFF_POLICY_METHODS = [
  "IPS sequence, every look",
  "IPS sequence, its interval at growing looks",
  "DR sequence, its interval at growing looks",
] as const;

const ALPHA = 0.05;

/**
 * Looks at which off-policy confidence sequences first left out the target policy's value.
 *
 * An interval costs a pass over the log, so it is asked for at some twenty looks, each a third later than the one before. Between them
 * the process behind it is watched at every look: the interval leaves the value out exactly when one of its two sides has reached
 * 2/alpha at it.
 */
export function offPolicyLooks({
  seed,
  runs,
  looks,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly looks: number;
}): FirstAlarms {
  const rng = mersenneRng(seed);
  return watch(runs, OFF_POLICY_METHODS, (raise) => {
    const log = drawRounds(rng, looks);
    const crossed = [crossing(log, (r) => r, POLICY_VALUE), crossing(log, (r) => 1 - r, 1 - POLICY_VALUE)];
    const first = Math.min(...crossed);
    if (first <= looks) raise("IPS sequence, every look", first);
    for (let n = 20; n <= looks; n = Math.ceil((4 * n) / 3)) {
      const past = firstRounds(log, n);
      const range = { alpha: ALPHA, rewardMin: 0, rewardMax: 1 };
      const plain = offPolicyConfidenceSequence(past, range);
      const robust = doublyRobustSequence(past, { ...range, weightMax: WEIGHT_MAX });
      if ("kind" in plain || "kind" in robust) throw new Error("a sequence refused");
      if (leavesOut(plain, POLICY_VALUE)) raise("IPS sequence, its interval at growing looks", n);
      if (leavesOut(robust, POLICY_VALUE)) raise("DR sequence, its interval at growing looks", n);
    }
  });
}

function firstRounds({ rewards, weights, predicted, policyPredicted }: DrawnRounds, n: number): DrawnRounds {
  return {
    rewards: rewards.slice(0, n),
    weights: weights.slice(0, n),
    predicted: predicted.slice(0, n),
    policyPredicted: policyPredicted.slice(0, n),
  };
}

/** First look at which the mixture of one side reaches 2/alpha at the true value; Infinity for none. */
function crossing({ rewards, weights }: DrawnRounds, side: (reward: number) => number, value: number): number {
  const mixture = gammaExponentialMixture({ rho: 1, c: 1 });
  let [total, v] = [0, 0];
  for (const [i, reward] of rewards.entries()) {
    const x = (weights[i] ?? NaN) * side(reward);
    v += (x - (total + 0.5) / (i + 1)) ** 2;
    total += x;
    const sum = total - (i + 1) * value;
    // Below 1.9 deviations nothing can have been reached; it saves nine tenths of the gamma functions.
    if (sum > 1.9 * Math.sqrt(v) && mixture.logValue(sum, v) >= Math.log(2 / ALPHA)) return i + 1;
  }
  return Infinity;
}
