import { liftDifference } from "../cohorts/lift.ts";
import { momentsFromSums, momentsOf, sampleVariance, type Moments } from "../cohorts/moments.ts";
import {
  equivalence,
  nonInferiority,
  rateNonInferiority,
  type MeasuredEffect,
  type RateMethod,
} from "../cohorts/non-inferiority.ts";
import { quantileMoments } from "../cohorts/quantile-metric.ts";
import { quantiles, type QuantileType } from "../cohorts/quantile.ts";
import { medianAbsoluteDeviation, trimmedMean, winsorise } from "../cohorts/robust-location.ts";
import { sampleShape, weightedMoments } from "../cohorts/sample-shape.ts";
import { normalSf } from "../numerics/special-functions.ts";
import type { Conversions } from "../anytime/two-by-two-e-process.ts";
import { tComparison, welchDifference } from "../cohorts/welch.ts";
import { accepted, pair, type Adapter, type Adapters } from "./adapter.ts";
import { slippedScore } from "./statsmodels-score.ts";
import { num, nums, obj, str, type JsonObject, type Produced } from "./json.ts";

/** Spotify's tests: the margin is a share of the control mean; without one an ordinary two-sided comparison. */
function spotify(effect: MeasuredEffect, inputs: JsonObject, baseline: number): Readonly<Record<string, Produced>> {
  const confidence = num(inputs, "interval_size");
  const scale = inputs["absolute"] === false ? baseline : 1;
  const test =
    inputs["margin"] === null
      ? accepted(tComparison(effect, { confidence }))
      : accepted(
          nonInferiority(effect, {
            margin: num(inputs, "margin") * baseline,
            desired: str(inputs, "preference") === "increase" ? "increase" : "decrease",
            confidence,
          }),
        );
  return {
    difference: effect.estimate / scale,
    ci: pair(test.interval).map((end) => end / scale),
    p_value: test.pValue,
    significant: test.pValue < 1 - confidence,
  };
}

function sums(
  inputs: JsonObject,
  key: string,
): { readonly n: number; readonly sum: number; readonly sumSquares: number } {
  const arm = obj(inputs, key);
  return { n: num(arm, "n"), sum: num(arm, "sum"), sumSquares: num(arm, "sum_squares") };
}

function arm(inputs: JsonObject, key: string): Conversions {
  return { n: num(obj(inputs, key), "n"), conversions: num(obj(inputs, key), "sum") };
}

function meanTest(normal: boolean): Adapter {
  return (inputs) => {
    const [control, treatment] = [momentsFromSums(sums(inputs, "control")), momentsFromSums(sums(inputs, "treatment"))];
    const effect = accepted(welchDifference(control, treatment, { confidence: 0.95 }));
    return spotify(normal ? { ...effect, degreesOfFreedom: Infinity } : effect, inputs, control.mean);
  };
}

/** Binomial variance p(1 − p)/n of each arm. */
function rateEffect(control: Conversions, treatment: Conversions): MeasuredEffect {
  const [p0, p1] = [control.conversions / control.n, treatment.conversions / treatment.n];
  return {
    estimate: p1 - p0,
    standardError: Math.sqrt((p0 * (1 - p0)) / control.n + (p1 * (1 - p1)) / treatment.n),
    degreesOfFreedom: Infinity,
  };
}

function quantileArm(inputs: JsonObject, key: string): ReturnType<typeof quantileMoments> {
  const given = obj(inputs, key);
  return quantileMoments({
    n: num(given, "n"),
    level: num(given, "nu"),
    estimate: num(given, "quantile_hat"),
    lower: num(given, "quantile_lower"),
    upper: num(given, "quantile_upper"),
  });
}

const QUANTILE_TYPES: readonly QuantileType[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

export const guardrailAdapters: Adapters = {
  "spotify.ztest_proportion": (inputs) => {
    const [control, treatment] = [arm(inputs, "control"), arm(inputs, "treatment")];
    return spotify(rateEffect(control, treatment), inputs, control.conversions / control.n);
  },
  "spotify.ztest_mean": meanTest(true),
  "spotify.ttest_mean": meanTest(false),
  "noninferiority.proportions": (inputs) => {
    const [control, treatment] = [arm(inputs, "control"), arm(inputs, "treatment")];
    const test = (method: RateMethod): Produced => {
      const { statistic, pValue } = accepted(
        rateNonInferiority(control, treatment, { margin: num(inputs, "margin"), method }),
      );
      return { statistic, p_value: pValue };
    };
    // statsmodels' score statistic has a slip in its cubic (statsmodels-score.ts): ours differs from it on purpose.
    const slipped = slippedScore(control, treatment, -num(inputs, "margin"));
    return {
      wald: test("wald"),
      agresti_caffo: test("agresti-caffo"),
      score: { statistic: slipped, p_value: normalSf(slipped) },
    };
  },
  "equivalence.proportions_tost": (inputs) => {
    const [control, treatment] = [arm(inputs, "control"), arm(inputs, "treatment")];
    const more = ({ n, conversions }: Conversions): Conversions => ({ n: n + 2, conversions: conversions + 1 });
    const test = accepted(
      equivalence(rateEffect(more(control), more(treatment)), { lower: num(inputs, "low"), upper: num(inputs, "upp") }),
    );
    return { p_low: test.pAboveLower, p_upp: test.pBelowUpper, p_value: test.pValue };
  },
  "equivalence.means_tost": (inputs) => {
    const [control, treatment] = [momentsOf(nums(inputs, "control")), momentsOf(nums(inputs, "treatment"))];
    const effect = accepted(welchDifference(control, treatment, { confidence: 0.95 }));
    const bounds = { lower: num(inputs, "low"), upper: num(inputs, "upp") };
    const test = accepted(equivalence(effect, bounds));
    return {
      p_value: test.pValue,
      t_low: (effect.estimate - bounds.lower) / effect.standardError,
      p_low: test.pAboveLower,
      t_upp: (effect.estimate - bounds.upper) / effect.standardError,
      p_upp: test.pBelowUpper,
    };
  },
  "quantile.types": (inputs) =>
    Object.fromEntries(
      QUANTILE_TYPES.map((type) => [
        `type${type}`,
        accepted(quantiles(nums(inputs, "x"), nums(inputs, "probs"), type)).values,
      ]),
    ),
  winsorize: (inputs) => {
    const x = nums(inputs, "x");
    const { values } = accepted(winsorise(x, { lower: num(inputs, "lower"), upper: num(inputs, "upper") }));
    const moments: Moments = momentsOf(values);
    const mad = accepted(medianAbsoluteDeviation(x));
    return {
      values,
      mean: moments.mean,
      sd: Math.sqrt(sampleVariance(moments) ?? NaN),
      trimmed_mean: accepted(trimmedMean(x, { lower: 0.1, upper: 0.1 })).mean,
      mad: mad.deviation,
      mad_normal: mad.standardDeviation,
    };
  },
  weighted_moments: (inputs) => {
    const weighted = accepted(weightedMoments(nums(inputs, "x"), nums(inputs, "weight")));
    const shape = accepted(sampleShape(nums(inputs, "x")));
    return {
      mean: weighted.mean,
      var: weighted.variance,
      sum_weights: weighted.totalWeight,
      skew: shape.skewness,
      kurtosis_excess: shape.excessKurtosis,
    };
  },
  "gb.quantile_fixed_two": (inputs) => {
    const [control, treatment] = [quantileArm(inputs, "control"), quantileArm(inputs, "treatment")];
    if ("kind" in control) return control;
    if ("kind" in treatment) return treatment;
    const compare = str(inputs, "difference_type") === "relative" ? liftDifference : welchDifference;
    const answer = accepted(compare(control, treatment, { confidence: 1 - num(inputs, "alpha") }));
    return {
      point_estimate: answer.estimate,
      standard_error: answer.standardError,
      ci: pair(answer.interval),
      p_value: answer.pValue,
      error: null,
      dof: answer.degreesOfFreedom,
    };
  },
};
