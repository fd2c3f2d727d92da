import type { Rng } from "../index.ts";

/** Columns of a log with an outcome model, as `doublyRobust` takes them. */
export interface DrawnRounds {
  readonly rewards: readonly number[];
  readonly weights: readonly number[];
  readonly predicted: readonly number[];
  readonly policyPredicted: readonly number[];
}

/** Three actions in two contexts, and rewards of 0 and 1. The model is a little wrong everywhere. */
const LOGGING = [
  [0.6, 0.3, 0.1],
  [0.2, 0.2, 0.6],
] as const;
const TARGET = [
  [0.1, 0.5, 0.4],
  [0.3, 0.6, 0.1],
] as const;
const RATES = [
  [0.2, 0.35, 0.5],
  [0.3, 0.45, 0.25],
] as const;
const MODEL = [
  [0.25, 0.3, 0.4],
  [0.3, 0.4, 0.3],
] as const;

/** Largest weight possible, 0.4/0.1, and the smallest, 0.1/0.6. */
export const [WEIGHT_MAX, WEIGHT_MIN] = [4, 1 / 6];

/** True value of the target policy: the mean over both contexts of Σ_a target(a)·rate(a). */
export const POLICY_VALUE = TARGET.flatMap((row, x) => row.map((p, a) => (p * (RATES[x]?.[a] ?? NaN)) / 2)).reduce(
  (t, v) => t + v,
  0,
);

/** A log of independent rounds: either context with probability ½, an action by the logging policy, a Bernoulli reward. */
export function drawRounds(rng: Rng, rounds: number): DrawnRounds {
  const rewards: number[] = [];
  const weights: number[] = [];
  const predicted: number[] = [];
  const policyPredicted: number[] = [];
  for (let t = 0; t < rounds; t++) {
    const x = rng.next() < 0.5 ? 0 : 1;
    const [logging, target, rates, model] = [LOGGING[x], TARGET[x], RATES[x], MODEL[x]];
    const u = rng.next();
    const a = u < logging[0] ? 0 : u < logging[0] + logging[1] ? 1 : 2;
    rewards.push(rng.next() < rates[a] ? 1 : 0);
    weights.push(target[a] / logging[a]);
    predicted.push(model[a]);
    policyPredicted.push(target[0] * model[0] + target[1] * model[1] + target[2] * model[2]);
  }
  return { rewards, weights, predicted, policyPredicted };
}
