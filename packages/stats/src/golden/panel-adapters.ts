import {
  differenceInDifferences,
  twoWayFixedEffects,
  type PanelEffect,
} from "../observational/difference-in-differences.ts";
import { linearRegression, type CovarianceKind } from "../cohorts/linear-regression.ts";
import { effectTrend } from "../drift/novelty-trend.ts";
import { syntheticControl } from "../observational/synthetic-control.ts";
import { accepted, type Adapters } from "./adapter.ts";
import { matrix, num, nums } from "./json.ts";

function error({ fit, coefficient }: PanelEffect, kind: CovarianceKind): number {
  return fit.standardErrors(kind)[coefficient] ?? NaN;
}

export const panelAdapters: Adapters = {
  "did.two_by_two": (inputs) => {
    const effect = accepted(
      differenceInDifferences({
        outcomes: nums(inputs, "y"),
        treated: nums(inputs, "treated"),
        post: nums(inputs, "post"),
        units: nums(inputs, "unit"),
      }),
    );
    return {
      did: effect.estimate,
      se_ols: error(effect, "classical"),
      se_hc1: error(effect, "HC1"),
      se_cluster: effect.standardError,
    };
  },
  "did.twoway_fe": (inputs) => {
    const effect = accepted(
      twoWayFixedEffects({
        outcomes: nums(inputs, "y"),
        treated: nums(inputs, "treated"),
        units: nums(inputs, "unit"),
        periods: nums(inputs, "period"),
      }),
    );
    return { effect: effect.estimate, se_ols: error(effect, "classical"), se_cluster: effect.standardError };
  },
  "novelty.trend": (inputs) => {
    const daily = { days: nums(inputs, "day"), effects: nums(inputs, "effect"), variances: nums(inputs, "variance") };
    const trend = accepted(effectTrend(daily));
    const log = accepted(effectTrend(daily, { time: "log-days" }));
    return {
      intercept: trend.intercept,
      slope: trend.slope,
      slope_se: trend.slopeStandardError,
      z: trend.z,
      p_value: trend.pValue,
      log_slope: log.slope,
      log_slope_se: log.slopeStandardError,
    };
  },
  "synthetic_control.weights": (inputs) => {
    const { weights, fitError } = accepted(syntheticControl(nums(inputs, "treated"), matrix(inputs, "donors")));
    return { weights, fit_rmse: fitError };
  },
  robust_se: (inputs) => {
    const [w, x] = [nums(inputs, "w"), nums(inputs, "x")];
    const fit = accepted(
      linearRegression(
        w.map((wi, i) => [1, wi, x[i] ?? NaN]),
        nums(inputs, "y"),
      ),
    );
    return {
      coef: fit.coefficients,
      ols: fit.standardErrors("classical"),
      HC0: fit.standardErrors("HC0"),
      HC1: fit.standardErrors("HC1"),
      HC2: fit.standardErrors("HC2"),
      HC3: fit.standardErrors("HC3"),
      cluster_CR1: fit.clusteredErrors(nums(inputs, "cluster")),
      newey_west: fit.neweyWestErrors(num(inputs, "lag")),
    };
  },
};
