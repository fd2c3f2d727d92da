import { betaBest, betaCompare } from "../bayes/beta-best.ts";
import { effectPosterior, expectedPositivePart } from "../bayes/effect-posterior.ts";
import { liftMoments } from "../cohorts/lift.ts";
import { normalBest, topTwoAllocation } from "../bayes/normal-best.ts";
import { betaQuantile } from "../numerics/special-functions.ts";
import { welchDifference } from "../cohorts/welch.ts";
import { accepted, isRefused, pair, type Adapter, type Adapters } from "./adapter.ts";
import { gbstatsMoments } from "./gbstats.ts";
import { bool, isObject, num, nums, obj, str, type JsonObject } from "./json.ts";

/**
 * gbstats states a prior for the lift; for absolute analyses it is scaled by |control mean| and its square, unless the prior is stated for
 * the difference.
 */
export function gbPosterior(
  effect: { readonly estimate: number; readonly standardError: number },
  { inputs, baseline, inverse }: { readonly inputs: JsonObject; readonly baseline: number; readonly inverse: boolean },
): ReturnType<Adapter> {
  const given = inputs["prior"];
  const asStated = str(inputs, "difference_type") === "relative" || inputs["prior_type"] === "absolute";
  const scale = asStated ? 1 : Math.abs(baseline);
  const prior =
    isObject(given) && given["proper"] !== false
      ? { mean: num(given, "mean") * scale, variance: num(given, "variance") * scale ** 2 }
      : null;
  const answer = effectPosterior(effect, { prior, credibility: 1 - num(inputs, "alpha") });
  if (answer.kind === "refused") return answer;
  return {
    chance_to_win: inverse ? 1 - answer.chanceToWin : answer.chanceToWin,
    expected: answer.mean,
    ci: pair(answer.interval),
    posterior_sd: answer.standardDeviation,
    risk_control: inverse ? answer.riskTreatment : answer.riskControl,
    risk_treatment: inverse ? answer.riskControl : answer.riskTreatment,
  };
}

export const bayesianAdapters: Adapters = {
  "gb.bayes_effect": (inputs) => {
    const control = gbstatsMoments(obj(inputs, "control"));
    const treatment = gbstatsMoments(obj(inputs, "treatment"));
    const relative = str(inputs, "difference_type") === "relative";
    const effect = relative
      ? liftMoments(control, treatment)
      : welchDifference(control, treatment, { confidence: 0.95 });
    return effect.kind === "refused"
      ? effect
      : gbPosterior(effect, { inputs, baseline: control.mean, inverse: bool(inputs, "inverse") });
  },
  "gb.normal_risk": (inputs) => ({
    risk_control: expectedPositivePart(num(inputs, "mu"), num(inputs, "sigma")),
    risk_treatment: expectedPositivePart(-num(inputs, "mu"), num(inputs, "sigma")),
  }),
  "beta.compare": (inputs) => {
    const control = { alpha: num(inputs, "alpha_a"), beta: num(inputs, "beta_a") };
    const treatment = { alpha: num(inputs, "alpha_b"), beta: num(inputs, "beta_b") };
    const answer = accepted(betaCompare(control, treatment));
    const quantiles = ({ alpha, beta }: { readonly alpha: number; readonly beta: number }): readonly number[] =>
      [0.025, 0.5, 0.975].map((p) => betaQuantile(p, alpha, beta));
    return {
      prob_b_beats_a: answer.probabilityTreatmentBeatsControl,
      expected_loss_choose_b: answer.expectedLossTreatment,
      expected_loss_choose_a: answer.expectedLossControl,
      quantiles_a: quantiles(control),
      quantiles_b: quantiles(treatment),
    };
  },
  "normal.prob_best": (inputs) => {
    const sds = nums(inputs, "sd");
    const answer = accepted(
      normalBest(nums(inputs, "mean").map((mean, i) => ({ mean, standardDeviation: sds[i] ?? NaN }))),
    );
    return { prob_best: answer.probabilityBest, expected_max: answer.expectedMax, expected_loss: answer.expectedLoss };
  },
  "beta.prob_best": (inputs) => {
    const betas = nums(inputs, "beta");
    const answer = accepted(betaBest(nums(inputs, "alpha").map((alpha, i) => ({ alpha, beta: betas[i] ?? NaN }))));
    const topTwo = topTwoAllocation(answer.probabilityBest, 0.5);
    return {
      prob_best: answer.probabilityBest,
      expected_max: answer.expectedMax,
      value_remaining: answer.expectedLoss,
      top_two_half: isRefused(topTwo) ? null : topTwo,
    };
  },
};
