import { anytimeCoefficient } from "../anytime/anytime-valid-linear-model.ts";
import { allUnitsSlope, cuped } from "../cohorts/cuped.ts";
import { linearRegression, type CovarianceKind, type LinearFit } from "../cohorts/linear-regression.ts";
import { momentsOf } from "../cohorts/moments.ts";
import { pairedMoments, type PairedMoments } from "../cohorts/ratio-metric.ts";
import { tComparison } from "../cohorts/welch.ts";
import { accepted, pair, type Adapters } from "./adapter.ts";
import { num, nums, type JsonObject } from "./json.ts";

function covariance(name: unknown): CovarianceKind {
  switch (name) {
    case undefined:
    case null:
      return "classical";
    case "HC0":
    case "HC1":
    case "HC2":
    case "HC3":
      return name;
    default:
      throw new TypeError(`unknown covariance ${JSON.stringify(name)}`);
  }
}

function paired(ys: readonly number[], xs: readonly number[]): PairedMoments {
  return pairedMoments(
    momentsOf(ys),
    momentsOf(xs),
    ys.reduce((t, y, i) => t + y * (xs[i] ?? NaN), 0),
  );
}

/** Units of both arms, control first, as outcome, arm and centred covariate. */
function units(inputs: JsonObject): {
  readonly y: readonly number[];
  readonly w: readonly number[];
  readonly x: readonly number[];
} {
  const [yc, yt, xc, xt] = [
    nums(inputs, "y_control"),
    nums(inputs, "y_treatment"),
    nums(inputs, "x_control"),
    nums(inputs, "x_treatment"),
  ];
  const mean = momentsOf([...xc, ...xt]).mean;
  return { y: [...yc, ...yt], w: [...yc.map(() => 0), ...yt.map(() => 1)], x: [...xc, ...xt].map((x) => x - mean) };
}

function errors(fit: LinearFit, kind: CovarianceKind): number {
  return fit.standardErrors(kind)[1] ?? NaN;
}

export const regressionAdapters: Adapters = {
  "avlm.treatment_coefficient": (inputs) => {
    const [y, w] = [nums(inputs, "y"), nums(inputs, "w")];
    const x = Array.isArray(inputs["x"]) ? nums(inputs, "x") : null;
    const fit = accepted(
      linearRegression(
        w.map((wi, i) => (x === null ? [1, wi] : [1, wi, x[i] ?? NaN])),
        y,
      ),
    );
    const estimate = fit.coefficients[1] ?? NaN;
    const standardError = errors(fit, covariance(inputs["vcov"]));
    const answer = accepted(
      anytimeCoefficient({
        estimate,
        standardError,
        n: y.length,
        degreesOfFreedom: fit.degreesOfFreedom,
        g: num(inputs, "g"),
        alpha: num(inputs, "alpha"),
      }),
    );
    return {
      estimate,
      std_error: standardError,
      t: estimate / standardError,
      p_value: answer.pValue,
      ci: pair(answer.interval),
    };
  },
  "cuped.unit_level": (inputs) => {
    const control = paired(nums(inputs, "y_control"), nums(inputs, "x_control"));
    const treatment = paired(nums(inputs, "y_treatment"), nums(inputs, "x_treatment"));
    const adjusted = accepted(cuped(control, treatment, { scale: "absolute", slope: allUnitsSlope }));
    const { interval } = accepted(tComparison(adjusted, { confidence: 1 - num(inputs, "alpha") }));
    const { y, w, x } = units(inputs);
    const ancova = accepted(
      linearRegression(
        w.map((wi, i) => [1, wi, x[i] ?? NaN]),
        y,
      ),
    );
    const lin = accepted(
      linearRegression(
        w.map((wi, i) => [1, wi, x[i] ?? NaN, wi * (x[i] ?? NaN)]),
        y,
      ),
    );
    return {
      cuped: {
        theta: adjusted.theta,
        difference: adjusted.estimate,
        standard_error: adjusted.standardError,
        ci: pair(interval),
      },
      ancova: { estimate: ancova.coefficients[1] ?? NaN, se_hc2: errors(ancova, "HC2") },
      lin: {
        estimate: lin.coefficients[1] ?? NaN,
        se_hc0: errors(lin, "HC0"),
        se_hc1: errors(lin, "HC1"),
        se_hc2: errors(lin, "HC2"),
        se_hc3: errors(lin, "HC3"),
      },
    };
  },
};
