import { refuse, type Refused } from "../refused.ts";

/** Numbers of all rounds, one a round: a plain list or, faster on many rounds, a `Float64Array`. */
export type Column = ArrayLike<number>;

/**
 * Decisions of a logging policy, one row a round, as columns: the reward seen and the importance weight
 * target probability / propensity of the action taken.
 */
export interface LoggedRounds {
  readonly rewards: Column;
  readonly weights: Column;
}

/** Logged rounds with an outcome model, which must not have been fitted on the same round (cross-fit it). */
export interface ModelledRounds extends LoggedRounds {
  /** Predicted reward of the action taken. */
  readonly predicted: Column;
  /** Predicted reward of the target policy: Σ_a target(a) q(a). */
  readonly policyPredicted: Column;
}

/** A log as it is kept: n rounds over `actionCount` actions; the matrices are n × actionCount, row by row in one column. */
export interface PolicyLog {
  readonly actionCount: number;
  /** Index of the action taken, 0 … actionCount − 1. */
  readonly actions: Column;
  readonly rewards: Column;
  /** Probability with which the logging policy took that action, in (0, 1]. */
  readonly propensities: Column;
  /** n × actionCount: probabilities of the target policy; each row sums to 1. */
  readonly target: Column;
  /** n × actionCount: predicted rewards. All 0 where there is no model. */
  readonly predictions: Column;
  /** n × actionCount: the logging policy's probabilities where all were kept; then support is checked for every action, not only the taken one. */
  readonly logging?: Column;
}

/** Rounding allowed a probability when a row is summed. */
const ROW_TOLERANCE = 1e-6;

/**
 * Importance weights and predictions out of a log: what every off-policy estimator starts from, O(n × actions).
 *
 * @part evaluatePolicy
 * @returns `no-overlap` when the target policy uses an action that the logging policy could not take there; `invalid-input` for
 * columns of the wrong length, an action that is no index, a propensity outside (0, 1], a row that is no distribution.
 * @example
 * const one = { actionCount: 2, actions: [0], rewards: [1], propensities: [0.5], target: [0.8, 0.2], predictions: [0.5, 0.3] };
 * modelledRounds(one).weights[0] // => 1.6
 * modelledRounds(one).policyPredicted[0] // => 0.46
 */
export function modelledRounds(log: PolicyLog): ModelledRounds | Refused<"no-overlap" | "invalid-input"> {
  const shape = shapeFault(log);
  if (shape !== null) return refuse("invalid-input", shape);
  const { actionCount: k, actions, rewards, propensities, target, predictions, logging } = log;
  const n = actions.length;
  const [weights, predicted, policyPredicted] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const [action, propensity, start] = [actions[i] ?? NaN, propensities[i] ?? NaN, i * k];
    if (!(action >= 0 && action < k && Number.isInteger(action)))
      return refuse("invalid-input", `round ${i}: action must be an index below ${k}, got ${action}`);
    if (!(propensity > 0 && propensity <= 1))
      return refuse("invalid-input", `round ${i}: propensity must be in (0, 1], got ${propensity}`);
    let [total, value, least] = [0, 0, 0];
    for (let cell = start; cell < start + k; cell++) {
      const p = target[cell] ?? NaN;
      total += p;
      value += p * (predictions[cell] ?? NaN);
      if (p < least) least = p;
    }
    if (!(least >= 0 && Math.abs(total - 1) <= ROW_TOLERANCE * k))
      return refuse("invalid-input", `round ${i}: the target policy must be probabilities that sum to 1, got ${total}`);
    if (logging !== undefined && !isSupported(target, logging, start, start + k))
      return refuse("no-overlap", `round ${i}: the target policy uses an action that the log could not have taken`);
    if (!Number.isFinite(value) || !Number.isFinite(rewards[i]))
      return refuse("invalid-input", `round ${i}: reward ${rewards[i]} and predictions must be finite`);
    weights[i] = (target[start + action] ?? NaN) / propensity;
    predicted[i] = predictions[start + action] ?? NaN;
    policyPredicted[i] = value;
  }
  return { rewards, weights, predicted, policyPredicted };
}

/**
 * Importance weights alone out of a log, O(n): enough for `ips` and `snips`, which need no model. Rows of the target are not summed.
 *
 * @part ips
 * @returns `invalid-input` as `modelledRounds`.
 * @example
 * loggedRounds({ actionCount: 2, actions: [1], rewards: [1], propensities: [0.5], target: [0.8, 0.2] }).weights[0] // => 0.4
 */
export function loggedRounds(log: Omit<PolicyLog, "predictions" | "logging">): LoggedRounds | Refused<"invalid-input"> {
  const shape = shapeFault({ ...log, predictions: log.target });
  if (shape !== null) return refuse("invalid-input", shape);
  const { actionCount: k, actions, rewards, propensities, target } = log;
  const weights = new Float64Array(actions.length);
  for (let i = 0; i < weights.length; i++) {
    const [action, propensity] = [actions[i] ?? NaN, propensities[i] ?? NaN];
    const probability = action >= 0 && action < k && Number.isInteger(action) ? (target[i * k + action] ?? NaN) : NaN;
    if (!(propensity > 0 && propensity <= 1) || !(probability >= 0 && probability <= 1))
      return refuse(
        "invalid-input",
        `round ${i}: action ${action} must be an index below ${k}, its propensity ${propensity} in (0, 1], its target probability ${probability} in [0, 1]`,
      );
    weights[i] = probability / propensity;
  }
  const at = firstNotFinite(rewards);
  if (at >= 0) return refuse("invalid-input", `round ${at}: reward ${rewards[at]} is not finite`);
  return { rewards, weights };
}

/** The first fault of the columns, or null: weights finite and not negative, everything finite, all as long. */
export function roundsFault(log: LoggedRounds | ModelledRounds): Refused<"invalid-input"> | null {
  const n = log.rewards.length;
  const columns = "predicted" in log ? [log.weights, log.predicted, log.policyPredicted] : [log.weights];
  if (columns.some((column) => column.length !== n))
    return refuse("invalid-input", `all columns must be as long as the ${n} rewards`);
  for (const column of [log.rewards, ...columns]) {
    const at = firstNotFinite(column);
    if (at >= 0) return refuse("invalid-input", `round ${at} has a value that is not finite: ${column[at]}`);
  }
  let least = 0;
  for (let i = 0; i < n; i++) least = Math.min(least, log.weights[i] ?? NaN);
  return least < 0 ? refuse("invalid-input", `weights must be 0 or more, got ${least}`) : null;
}

/** Index of the first value that is not finite, or −1. */
export function firstNotFinite(column: Column): number {
  // x − x is 0 unless x is not finite: one sum without branches, and a search only when there is something to find.
  let poison = 0;
  for (let i = 0; i < column.length; i++) {
    const x = column[i] ?? NaN;
    poison += x - x;
  }
  if (poison === 0) return -1;
  for (let i = 0; i < column.length; i++) if (!Number.isFinite(column[i])) return i;
  return -1;
}

function shapeFault({ actionCount: k, logging, ...log }: PolicyLog): string | null {
  const n = log.actions.length;
  if (!(Number.isInteger(k) && k >= 1)) return `actionCount must be a whole number, at least 1, got ${k}`;
  if (log.rewards.length !== n || log.propensities.length !== n)
    return `${n} actions need as many rewards and propensities`;
  const cells = n * k;
  return [log.target, log.predictions, logging ?? log.target].every((matrix) => matrix.length === cells)
    ? null
    : `the matrices of ${n} rounds over ${k} actions must have ${cells} cells`;
}

function isSupported(target: Column, logging: Column, start: number, end: number): boolean {
  for (let cell = start; cell < end; cell++)
    if ((target[cell] ?? NaN) > 0 && !((logging[cell] ?? NaN) > 0)) return false;
  return true;
}
