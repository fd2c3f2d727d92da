import {
  clopperPearsonInterval,
  cressieReadInterval,
  doublyRobust,
  gaussianInterval,
  ips,
  mersenneRng,
  type OffPolicyEstimate,
  type Refused,
  selfNormalisedDoublyRobust,
  snips,
} from "../index.ts";
import { drawRounds, POLICY_VALUE, WEIGHT_MAX, WEIGHT_MIN } from "./drawn-rounds.ts";
import { countMisses, leavesOut, type Miss, type MissCounts } from "./miss-count.ts";

const RANGE = { weightMin: WEIGHT_MIN, weightMax: WEIGHT_MAX, rewardMin: 0, rewardMax: 1, confidence: 0.95 };

/** 95 % intervals at one look for the value of a policy from another policy's log; weights from 1/6 to 4, rewards 0 and 1. */
export function offPolicyCoverage({
  seed,
  runs,
  rounds,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly rounds: number;
}): MissCounts {
  const rng = mersenneRng(seed);
  return countMisses(runs, () => {
    const log = drawRounds(rng, rounds);
    const empirical = cressieReadInterval(log, RANGE);
    const binomial = clopperPearsonInterval(log, RANGE);
    return {
      IPS: gaussianMiss(ips(log)),
      SNIPS: gaussianMiss(snips(log)),
      DR: gaussianMiss(doublyRobust(log)),
      "self-normalised DR": gaussianMiss(selfNormalisedDoublyRobust(log)),
      "Cressie-Read": "kind" in empirical ? null : leavesOut(empirical, POLICY_VALUE),
      "Clopper-Pearson on n/max w": "kind" in binomial ? null : leavesOut(binomial, POLICY_VALUE),
    };
  });
}

function gaussianMiss(estimate: OffPolicyEstimate | Refused): Miss {
  if (estimate.kind === "refused") return null;
  const interval = gaussianInterval(estimate, 0.95);
  return "kind" in interval ? null : leavesOut(interval, POLICY_VALUE);
}
