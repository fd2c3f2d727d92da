import { allUnitsSlope, cuped } from "../cohorts/cuped.ts";
import { momentsFromSums, momentsOf, type Moments } from "../cohorts/moments.ts";
import {
  pairedMoments,
  ratioDifference,
  ratioLift,
  ratioMean,
  ratioVariance,
  type PairedMoments,
} from "../cohorts/ratio-metric.ts";
import { postStratified } from "../cohorts/post-stratification.ts";
import { tComparison } from "../cohorts/welch.ts";
import { accepted, pair, type Adapter, type Adapters } from "./adapter.ts";
import { gbPosterior } from "./bayesian-adapters.ts";
import { gbAnswer } from "./comparison-adapters.ts";
import { gbstatsMoments } from "./gbstats.ts";
import { num, nums, obj, objs, str, type JsonObject } from "./json.ts";
import { gbSequential } from "./sequential-adapters.ts";

function paired(arm: JsonObject, first: string, second: string): PairedMoments {
  const [a, b] = [gbstatsMoments(obj(arm, first)), gbstatsMoments(obj(arm, second))];
  const raw = pairedMoments(a, b, num(arm, "sum_of_products"));
  // For two proportions gbstats divides the covariance by n as well as the variances.
  return areBinary(arm, first, second) ? { ...raw, coMoment: (raw.coMoment * (a.n - 1)) / a.n } : raw;
}

function areBinary(arm: JsonObject, first: string, second: string): boolean {
  return str(obj(arm, first), "type") === "proportion" && str(obj(arm, second), "type") === "proportion";
}

/** The moments of a CUPED arm with nothing rescaled: gbstats' slope comes from these, pooled over both arms. */
function unscaled(arm: JsonObject): PairedMoments {
  const moments = (key: string): Moments => {
    const part = obj(arm, key);
    const sum = num(part, "sum");
    return momentsFromSums({
      n: num(part, "n"),
      sum,
      sumSquares: str(part, "type") === "proportion" ? sum : num(part, "sum_squares"),
    });
  };
  return pairedMoments(moments("post"), moments("pre"), num(arm, "sum_of_products"));
}

const ratioArm = (arm: JsonObject): PairedMoments => paired(arm, "numerator", "denominator");
const cupedArm = (arm: JsonObject): PairedMoments => paired(arm, "post", "pre");

function effectOf(inputs: JsonObject, kind: "ratio" | "cuped") {
  const relative = str(inputs, "difference_type") === "relative";
  if (kind === "cuped")
    return cuped(cupedArm(obj(inputs, "control")), cupedArm(obj(inputs, "treatment")), {
      scale: relative ? "relative" : "absolute",
      slope: () => allUnitsSlope(unscaled(obj(inputs, "control")), unscaled(obj(inputs, "treatment"))),
    });
  const [control, treatment] = [ratioArm(obj(inputs, "control")), ratioArm(obj(inputs, "treatment"))];
  return relative ? ratioLift(control, treatment) : ratioDifference(control, treatment, { confidence: 0.95 });
}

function fixed(kind: "ratio" | "cuped"): Adapter {
  return (inputs) => {
    const effect = effectOf(inputs, kind);
    if (effect.kind === "refused") return effect;
    const answer = tComparison(effect, { confidence: 1 - num(inputs, "alpha") });
    if (answer.kind === "refused") return answer;
    return { ...gbAnswer(answer), ...("theta" in effect ? { theta: effect.theta } : {}) };
  };
}

function sequential(kind: "ratio" | "cuped"): Adapter {
  return (inputs) => {
    const effect = effectOf(inputs, kind);
    if (effect.kind === "refused") return effect;
    const n = num(obj(inputs, "control"), "n") + num(obj(inputs, "treatment"), "n");
    const answer = gbSequential(effect, { n, inputs, sides: "two" });
    return { ...answer, ...("theta" in effect ? { theta: effect.theta } : {}) };
  };
}

export const ratioAdapters: Adapters = {
  "gb.ratio_fixed_two": fixed("ratio"),
  "gb.ratio_sequential_two": sequential("ratio"),
  "gb.cuped_fixed_two": fixed("cuped"),
  "gb.cuped_sequential_two": sequential("cuped"),
  "gb.cuped_bayes": (inputs) => {
    const effect = effectOf(inputs, "cuped");
    if (effect.kind === "refused") return effect;
    return gbPosterior(effect, {
      inputs,
      baseline: cupedArm(obj(inputs, "control")).first.mean,
      inverse: inputs["inverse"] === true,
    });
  },
  "gb.post_stratification": (inputs) => {
    // gbstats' variance of a proportion is p(1 − p), so the moments are built as for its other tests.
    const strata = objs(inputs, "cells").map((cell) => ({
      control: gbstatsMoments(obj(cell, "control")),
      treatment: gbstatsMoments(obj(cell, "treatment")),
    }));
    const answer = postStratified(strata, {
      scale: str(inputs, "difference_type") === "relative" ? "relative" : "absolute",
    });
    return answer.kind === "refused"
      ? answer
      : { point_estimate: answer.estimate, standard_error: answer.standardError };
  },
  "delta.variance_of_ratio": (inputs) => ({
    variance: ratioVariance({
      meanNumerator: num(inputs, "mean_m"),
      varianceNumerator: num(inputs, "var_m"),
      meanDenominator: num(inputs, "mean_d"),
      varianceDenominator: num(inputs, "var_d"),
      covariance: num(inputs, "cov"),
    }),
  }),
  "ratio.unit_level": (inputs) => {
    const arm = (i: 1 | 2): PairedMoments => {
      const [m, d] = [nums(inputs, `numerator${i}`), nums(inputs, `denominator${i}`)];
      return pairedMoments(
        momentsOf(m),
        momentsOf(d),
        m.reduce((t, x, k) => t + x * (d[k] ?? NaN), 0),
      );
    };
    const means = [1 as const, 2 as const].map((i) => {
      const answer = ratioMean(arm(i));
      if ("kind" in answer) throw new Error(answer.message);
      return answer;
    });
    const answer = accepted(ratioDifference(arm(1), arm(2), { confidence: 1 - num(inputs, "alpha") }));
    return {
      ratio1: means[0]?.ratio ?? null,
      ratio2: means[1]?.ratio ?? null,
      variance1: means[0]?.variancePerUnit ?? null,
      variance2: means[1]?.variancePerUnit ?? null,
      difference: answer.estimate,
      standard_error: answer.standardError,
      ci: pair(answer.interval),
      p_value: answer.pValue,
    };
  },
};
