import {
  clopperPearsonInterval,
  cressieReadEstimate,
  cressieReadInterval,
  offPolicyConfidenceSequence,
} from "../off-policy/off-policy-intervals.ts";
import { modelledRounds, type Column, type ModelledRounds } from "../off-policy/logged-rounds.ts";
import { lowerBounds } from "../off-policy/lower-bounds.ts";
import {
  doublyRobustScores,
  gaussianInterval,
  ipsScores,
  meanOfScores,
  selfNormalised,
} from "../off-policy/off-policy.ts";
import { weightDiagnostics } from "../off-policy/overlap-gate.ts";
import { clipWeight, shrinkWeight, subGaussianWeight, switchWeight, weightBias } from "../off-policy/weight-maps.ts";
import type { Refused } from "../refused.ts";
import { accepted, isRefused, pair, type Adapters } from "./adapter.ts";
import { Disputed, matrix, num, nums, toNumber, type JsonObject, type Produced } from "./json.ts";

function modelled(inputs: JsonObject): ModelledRounds {
  const target = matrix(inputs, "evaluation_policy");
  return accepted(
    modelledRounds({
      actionCount: target[0]?.length ?? 0,
      actions: nums(inputs, "action"),
      rewards: nums(inputs, "reward"),
      propensities: nums(inputs, "pscore"),
      target: target.flat(),
      predictions: matrix(inputs, "q_hat").flat(),
    }),
  );
}

/** Mean of scores, NaN without any: the refusing forms would decline the reference's cases of a single round. */
const mean = (scores: Column | Refused): number => {
  if (isRefused(scores)) return NaN;
  const xs = Array.from(scores);
  return xs.reduce((t, x) => t + x, 0) / xs.length;
};

/** Mean reward where a deterministic policy agrees with the log; null for any other policy. */
function replay(inputs: JsonObject): number | null {
  const policy = matrix(inputs, "evaluation_policy");
  if (policy.some((row) => row.some((p) => p !== 0 && p !== 1))) return null;
  const actions = nums(inputs, "action");
  const matched = nums(inputs, "reward").filter((_, i) => policy[i]?.[actions[i] ?? -1] === 1);
  return matched.length > 0 ? mean(matched) : null;
}

/** Where all scores are alike we refuse; the reference gives an interval without width, which cannot be right. */
function gaussian(estimate: ReturnType<typeof meanOfScores>, confidence: number): Produced {
  const interval = estimate.kind === "refused" ? estimate : gaussianInterval(estimate, confidence);
  if (!("kind" in interval)) return pair(interval);
  return new Disputed(null, (want) => Array.isArray(want) && toNumber(want[0]) === toNumber(want[1]));
}

export const offPolicyAdapters: Adapters = {
  "ope.point": (inputs) => {
    const log = modelled(inputs);
    const diagnostics = accepted(weightDiagnostics(log.weights));
    const dr = meanOfScores(doublyRobustScores(log));
    return {
      ips: mean(ipsScores(log)),
      ips_clipped_5: mean(ipsScores(log, clipWeight(5))),
      ips_clipped_1: mean(ipsScores(log, clipWeight(1))),
      snips: selfNormalised(log.rewards, log.weights),
      dm: mean(log.policyPredicted),
      dr: mean(doublyRobustScores(log)),
      dr_clipped_2: mean(doublyRobustScores(log, clipWeight(2))),
      sndr: mean(doublyRobustScores(log, (w) => w / diagnostics.meanWeight)),
      switch_dr_1: mean(doublyRobustScores(log, switchWeight(1))),
      switch_dr_3: mean(doublyRobustScores(log, switchWeight(3))),
      dros_0: mean(doublyRobustScores(log, shrinkWeight(0))),
      dros_1: mean(doublyRobustScores(log, shrinkWeight(1))),
      dros_10: mean(doublyRobustScores(log, shrinkWeight(10))),
      sg_ips_0_3: mean(ipsScores(log, subGaussianWeight(0.3))),
      sg_dr_0_3: mean(doublyRobustScores(log, subGaussianWeight(0.3))),
      replay: replay(inputs),
      mean_weight: diagnostics.meanWeight,
      effective_sample_size: diagnostics.effectiveSampleSize,
      dr_standard_error: isRefused(dr) ? null : dr.standardError,
    };
  },
  "ope.intervals": (inputs) => {
    const propensities = nums(inputs, "pscore");
    const log = {
      rewards: nums(inputs, "reward"),
      weights: nums(inputs, "evaluation_propensity").map((p, i) => p / (propensities[i] ?? NaN)),
    };
    const range = {
      weightMin: num(inputs, "wmin"),
      weightMax: num(inputs, "wmax"),
      rewardMin: num(inputs, "rmin"),
      rewardMax: num(inputs, "rmax"),
    };
    const confidence = 1 - num(inputs, "alpha");
    const plain = meanOfScores(ipsScores(log));
    return {
      ips: mean(ipsScores(log)),
      snips: selfNormalised(log.rewards, log.weights),
      gaussian: gaussian(plain, confidence),
      clopper_pearson: pair(accepted(clopperPearsonInterval(log, { confidence, ...range }))),
      cressie_read: accepted(cressieReadEstimate(log, range)),
      cressie_read_interval: pair(accepted(cressieReadInterval(log, { confidence, ...range }))),
      confidence_sequence: pair(accepted(offPolicyConfidenceSequence(log, { alpha: num(inputs, "alpha"), ...range }))),
    };
  },
  "ope.lower_bounds": (inputs) => {
    const bounds = accepted(lowerBounds(nums(inputs, "x"), { max: num(inputs, "x_max"), delta: num(inputs, "delta") }));
    return { hoeffding: bounds.hoeffding, bernstein: bounds.bernstein, student_t: bounds.studentT };
  },
  "ope.bias_terms": (inputs) => {
    const { bias, upper } = accepted(
      weightBias(
        { rewards: nums(inputs, "reward"), weights: nums(inputs, "w") },
        { mapped: nums(inputs, "w_hat"), delta: num(inputs, "delta") },
      ),
    );
    return { bias, bias_upper: upper };
  },
};
