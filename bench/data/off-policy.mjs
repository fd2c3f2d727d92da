// Logged decisions with an outcome model.
import { column, draws } from "./draws.mjs";

/**
 * n rounds of `actions` actions: the probabilities of the target policy and the model's rewards round by round, the action taken,
 * its propensity under the logging policy, and a reward of 0 or 1.
 */
export function loggedRounds({ n, actions }, seed = 301) {
  const { uniform, normal } = draws(seed);
  const logging = softmax(n, actions, () => 0.5 * normal());
  const target = softmax(n, actions, () => 0.5 * normal());
  const predicted = column(n * actions, () => 0.05 + 0.2 * uniform());
  const action = column(n, (i) => pick(logging, i * actions, { actions, at: uniform() }));
  return {
    target,
    predicted,
    action,
    propensity: column(n, (i) => logging[i * actions + action[i]]),
    reward: column(n, (i) => (uniform() < predicted[i * actions + action[i]] ? 1 : 0)),
  };
}

function softmax(n, actions, logit) {
  const odds = column(n * actions, () => Math.exp(logit()));
  for (let base = 0; base < odds.length; base += actions) {
    const row = odds.subarray(base, base + actions);
    const total = row.reduce((t, x) => t + x, 0);
    row.forEach((x, a) => (row[a] = x / total));
  }
  return odds;
}

function pick(probabilities, base, { actions, at }) {
  let left = at;
  for (let a = 0; a < actions - 1; a++) {
    left -= probabilities[base + a];
    if (left < 0) return a;
  }
  return actions - 1;
}
