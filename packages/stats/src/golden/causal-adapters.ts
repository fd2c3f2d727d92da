import { adaptivelyWeightedAipw } from "../bandits/adaptively-weighted-aipw.ts";
import { aipw } from "../observational/aipw.ts";
import { effectPosterior, type NormalPrior } from "../bayes/effect-posterior.ts";
import { clippedFloor } from "../bandits/exploration-floor.ts";
import { inversePropensityEffect } from "../off-policy/inverse-propensity.ts";
import { linearRegression } from "../cohorts/linear-regression.ts";
import { logisticProbability, logisticRegression } from "../prediction/logistic-regression.ts";
import { sampleVariance } from "../cohorts/moments.ts";
import { normalBest } from "../bayes/normal-best.ts";
import { overlapReport } from "../observational/overlap.ts";
import { normalQuantile } from "../numerics/special-functions.ts";
import { tComparison } from "../cohorts/welch.ts";
import { accepted, pair, type Adapters } from "./adapter.ts";
import { gbstatsMoments } from "./gbstats.ts";
import { bool, matrix, num, nums, obj, objs, str, type JsonObject } from "./json.ts";

/** Covariates of the observational cases. */
function covariates(inputs: JsonObject): readonly (readonly number[])[] {
  const x2 = nums(inputs, "x2");
  return nums(inputs, "x1").map((x, i) => [x, x2[i] ?? NaN]);
}

function fittedPropensities(inputs: JsonObject): readonly number[] {
  const rows = covariates(inputs);
  const fit = accepted(logisticRegression({ rows, outcomes: nums(inputs, "treatment") }, { penalty: 0 }));
  return rows.map((row) => logisticProbability(fit, row));
}

/** One outcome model for both arms, with the arm as its first column: what the reference does, not what we would. */
function fittedOutcomes(inputs: JsonObject): { readonly ifTreated: number[]; readonly ifControl: number[] } {
  const [rows, treated, outcomes] = [covariates(inputs), nums(inputs, "treatment"), nums(inputs, "y")];
  const design = rows.map((row, i) => [treated[i] ?? NaN, ...row]);
  if (str(inputs, "outcome") === "binomial") {
    const fit = accepted(logisticRegression({ rows: design, outcomes }, { penalty: 0 }));
    const predict = (arm: number): number[] => rows.map((row) => logisticProbability(fit, [arm, ...row]));
    return { ifTreated: predict(1), ifControl: predict(0) };
  }
  const fit = accepted(
    linearRegression(
      design.map((row) => [1, ...row]),
      outcomes,
    ),
  );
  const predict = (arm: number): number[] =>
    rows.map((row) => [1, arm, ...row].reduce((t, x, k) => t + x * (fit.coefficients[k] ?? NaN), 0));
  return { ifTreated: predict(1), ifControl: predict(0) };
}

function normalInterval(effect: { readonly estimate: number; readonly standardError: number }, alpha: number) {
  return pair(accepted(tComparison({ ...effect, degreesOfFreedom: Infinity }, { confidence: 1 - alpha })).interval);
}

export const causalAdapters: Adapters = {
  "aipw.given_nuisances": (inputs) => {
    const effect = accepted(
      aipw(
        {
          outcomes: nums(inputs, "y"),
          treated: nums(inputs, "treatment"),
          propensities: nums(inputs, "propensity"),
          ifTreated: nums(inputs, "mu1"),
          ifControl: nums(inputs, "mu0"),
        },
        { limits: "accept" },
      ),
    );
    return {
      ate: effect.estimate,
      variance: effect.standardError ** 2,
      ci: normalInterval(effect, num(inputs, "alpha")),
    };
  },
  "aipw.glm_nuisances": (inputs) => {
    const effect = accepted(
      aipw(
        {
          outcomes: nums(inputs, "y"),
          treated: nums(inputs, "treatment"),
          propensities: fittedPropensities(inputs),
          ...fittedOutcomes(inputs),
        },
        { limits: "accept" },
      ),
    );
    return {
      ate: effect.estimate,
      se: effect.standardError,
      ci: normalInterval(effect, num(inputs, "alpha")),
      risk_ratio: effect.meanTreated / effect.meanControl,
    };
  },
  "ipw.glm_propensity": (inputs) => {
    const [outcomes, treated] = [nums(inputs, "y"), nums(inputs, "treatment")];
    const propensities = fittedPropensities(inputs);
    const effect = (weighting: "horvitz-thompson" | "hajek"): number =>
      accepted(inversePropensityEffect(outcomes, { treated, propensities }, { weighting, limits: "accept" })).estimate;
    const overlap = accepted(overlapReport({ treated, propensities }, 0.05));
    return {
      propensity_first_5: propensities.slice(0, 5),
      horvitz_thompson: effect("horvitz-thompson"),
      hajek: effect("hajek"),
      ess_treated: overlap.effectiveTreated,
      ess_control: overlap.effectiveControl,
    };
  },
  "adaptive.aw_aipw": (inputs) => {
    const log = {
      arms: nums(inputs, "arm"),
      rewards: nums(inputs, "reward"),
      propensities: matrix(inputs, "probs"),
      predictions: matrix(inputs, "mu_hat"),
    };
    const values = accepted(adaptivelyWeightedAipw(log, { decay: num(inputs, "decay") }));
    const uniform = accepted(adaptivelyWeightedAipw(log, { decay: "uniform" }));
    const z = -normalQuantile(num(inputs, "alpha") / 2);
    return {
      estimate: values.arms.map((arm) => arm.estimate),
      std_error: values.arms.map((arm) => arm.standardError),
      ci_radius: values.arms.map((arm) => z * arm.standardError),
      uniform_estimate: uniform.arms.map((arm) => arm.estimate),
      uniform_std_error: uniform.arms.map((arm) => arm.standardError),
      contrast_last_minus_others: values.lastMinusOthers.map((arm) => arm.estimate),
      contrast_std_error: values.lastMinusOthers.map((arm) => arm.standardError),
    };
  },
  "adaptive.apply_floor": (inputs) => ({
    floored: accepted(clippedFloor(nums(inputs, "probs"), num(inputs, "floor"))).probabilities,
  }),
  "gb.bandit_best_arm": (inputs) => {
    const given = obj(inputs, "prior");
    const prior: NormalPrior = { mean: num(given, "mean"), variance: num(given, "variance") };
    const z = -normalQuantile(0.025);
    const arms = objs(inputs, "arms").map((arm) => {
      const moments = gbstatsMoments(arm);
      const standardError = Math.sqrt((sampleVariance(moments) ?? NaN) / moments.n);
      const belief = effectPosterior({ estimate: moments.mean, standardError }, { prior, credibility: 0.95 });
      return { ...accepted(belief), sampleMean: moments.mean };
    });
    const sign = bool(inputs, "inverse") ? -1 : 1;
    return {
      best_arm_probabilities: accepted(normalBest(arms.map((arm) => ({ ...arm, mean: sign * arm.mean }))))
        .probabilityBest,
      // gbstats puts the posterior's spread around the plain mean, as if its prior had no centre.
      credible_intervals: arms.map((arm) => [
        arm.sampleMean - z * arm.standardDeviation,
        arm.sampleMean + z * arm.standardDeviation,
      ]),
    };
  },
};
