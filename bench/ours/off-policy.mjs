// Values of a target policy, from a log of all actions' probabilities and predictions to the estimate.
import {
  directMethod,
  doublyRobust,
  gaussianInterval,
  ips,
  loggedRounds,
  modelledRounds,
  shrinkWeight,
  snips,
  switchWeight,
} from "@ratchet/stats";
import { accepted } from "./accepted.mjs";

export const inversePropensity = row((log) => ips(accepted(loggedRounds(log))));
export const selfNormalised = row((log) => snips(accepted(loggedRounds(log))));
export const direct = row((log) => directMethod(modelled(log)));
export const doublyRobustValue = row((log) => doublyRobust(modelled(log)));
export const switchDoublyRobust = row((log) => doublyRobust(modelled(log), switchWeight(1.5)));
export const shrunkDoublyRobust = row((log) => doublyRobust(modelled(log), shrinkWeight(10)));

/** Only the value has a counterpart that is not random; the interval's is a bootstrap. */
export function doublyRobustInterval(columns) {
  const log = policyLog(columns);
  return {
    run: () => {
      const value = accepted(doublyRobust(modelled(log)));
      return { ...value, interval: gaussianInterval(value, 0.95) };
    },
    digest: ({ estimate }) => [estimate],
    note: ({ interval }) => `interval ${interval.lower.toFixed(5)} to ${interval.upper.toFixed(5)}`,
  };
}

function row(estimate) {
  return (columns) => {
    const log = policyLog(columns);
    return { run: () => accepted(estimate(log)), digest: (answer) => [answer.estimate] };
  };
}

function policyLog({ target, predicted, action, propensity, reward }) {
  return {
    actionCount: target.length / action.length,
    actions: action,
    rewards: reward,
    propensities: propensity,
    target,
    predictions: predicted,
  };
}

/** Without the logging policy's other probabilities: Open Bandit Pipeline does not take them either. */
function modelled(log) {
  return accepted(modelledRounds(log));
}
