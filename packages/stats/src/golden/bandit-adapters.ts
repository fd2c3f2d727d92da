import { narrowestG } from "../anytime/anytime-valid-linear-model.ts";
import { cuped, type CovariateSlope } from "../cohorts/cuped.ts";
import { learnReward, linearBelief, linUcbScore, untriedArm, type LinearArm } from "../bandits/linear-bandit.ts";
import { linearisedRatios, type RatioSums } from "../cohorts/ratio-cuped.ts";
import type { PairedMoments } from "../cohorts/ratio-metric.ts";
import { tComparison } from "../cohorts/welch.ts";
import { accepted, type Adapters } from "./adapter.ts";
import { gbAnswer } from "./comparison-adapters.ts";
import { Disputed, matrix, num, nums, obj, str, toNumber, type JsonObject } from "./json.ts";

/** obp sorts scores and takes the last, so the last of equals. */
function lastLargest(scores: readonly number[]): number {
  return scores.reduce((at, score, i) => (score >= (scores[at] ?? NaN) ? i : at), 0);
}

function scoresAt(arms: readonly LinearArm[], context: readonly number[], width: number): readonly number[] {
  return arms.map((arm) => linUcbScore(accepted(linearBelief(arm)), context, width));
}

function ratioSums(arm: JsonObject): RatioSums {
  const parts = ["numerator_post", "denominator_post", "numerator_pre", "denominator_pre"].map((key) => obj(arm, key));
  const [mPost = NaN, dPost = NaN, mPre = NaN, dPre = NaN] = parts.map((part) => num(part, "sum"));
  const squares = parts.map((part) => num(part, str(part, "type") === "proportion" ? "sum" : "sum_squares"));
  const cross = [
    [0, num(arm, "mpost_dpost"), num(arm, "mpost_mpre"), num(arm, "mpost_dpre")],
    [0, 0, num(arm, "mpre_dpost"), num(arm, "dpost_dpre")],
    [0, 0, 0, num(arm, "mpre_dpre")],
    [0, 0, 0, 0],
  ];
  return {
    n: num(arm, "n"),
    sums: [mPost, dPost, mPre, dPre],
    products: cross.map((row, i) => row.map((x, j) => (i === j ? (squares[i] ?? NaN) : x + (cross[j]?.[i] ?? NaN)))),
  };
}

/** gbstats adds the arms' covariances and variances up, however unlike their sizes. */
const varianceSlope: CovariateSlope = (control, treatment) => {
  const per = (sum: (arm: PairedMoments) => number): number =>
    [control, treatment].reduce((t, arm) => t + sum(arm) / (arm.first.n - 1), 0);
  return per((arm) => arm.coMoment) / per((arm) => arm.second.m2);
};

export const banditAdapters: Adapters = {
  "linucb.state": (inputs) => {
    const [contexts, actions, rewards] = [matrix(inputs, "contexts"), nums(inputs, "actions"), nums(inputs, "rewards")];
    const batch = num(inputs, "batch_size");
    const learnt = Math.floor(contexts.length / batch) * batch;
    const query = matrix(inputs, "query");
    const dimension = (contexts[0] ?? query[0] ?? []).length;
    const arms = Array.from({ length: num(inputs, "n_actions") }, () => untriedArm(dimension));
    contexts.slice(0, learnt).forEach((context, i) => {
      const action = actions[i] ?? NaN;
      const arm = arms[action];
      if (arm !== undefined) arms[action] = learnReward(arm, context, rewards[i] ?? NaN);
    });
    const beliefs = arms.map((arm) => accepted(linearBelief(arm)));
    const scores = query.map((context) => scoresAt(arms, context, num(inputs, "epsilon")));
    return {
      theta: beliefs.map((belief) => belief.theta),
      A_inv: beliefs.map((belief) => belief.covariance),
      scores,
      selected: scores.map(lastLargest),
    };
  },
  "replay.linucb": (inputs) => {
    const [contexts, actions, rewards] = [matrix(inputs, "contexts"), nums(inputs, "actions"), nums(inputs, "rewards")];
    const arms = Array.from({ length: num(inputs, "n_actions") }, () => untriedArm(contexts[0]?.length ?? 0));
    let [matched, total] = [0, 0];
    const selected = contexts.map((context, i) => {
      const choice = lastLargest(scoresAt(arms, context, num(inputs, "epsilon")));
      const arm = arms[choice];
      if (choice === actions[i] && arm !== undefined) {
        arms[choice] = learnReward(arm, context, rewards[i] ?? NaN);
        matched++;
        total += rewards[i] ?? NaN;
      }
      return choice;
    });
    return { selected, matched, replay_value: total / matched };
  },
  "gb.cuped_ratio_fixed_two": (inputs) => {
    const arms = linearisedRatios(ratioSums(obj(inputs, "control")), ratioSums(obj(inputs, "treatment")));
    if (arms.kind === "refused") return arms;
    const scale = str(inputs, "difference_type") === "relative" ? "relative" : "absolute";
    const effect = cuped(arms.control, arms.treatment, { scale, slope: varianceSlope, liftGradient: "adjusted" });
    if (effect.kind === "refused") return effect;
    const answer = tComparison(effect, { confidence: 1 - num(inputs, "alpha") });
    return answer.kind === "refused" ? answer : { ...gbAnswer(answer), theta: effect.theta };
  },
  "avlm.optimal_g": (inputs) => {
    const question = { n: num(inputs, "n"), coefficients: num(inputs, "k"), alpha: num(inputs, "alpha") };
    const { g } = accepted(narrowestG(question));
    // The reference minimises a width with 1 − L in it, which has 12 digits at L near 1: its g is off by about 1e-6. In 50 digits the
    // width at our g is the smaller one.
    return { g: new Disputed(g, (want) => Math.abs((toNumber(want) ?? NaN) / g - 1) < 1e-5) };
  },
};
