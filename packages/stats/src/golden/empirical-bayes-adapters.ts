import { betaBinomial } from "../bayes/beta-binomial.ts";
import { cochranQ, normalNormal } from "../bayes/empirical-bayes.ts";
import type { HeterogeneityMethod } from "../bayes/heterogeneity.ts";
import { randomIntercept } from "../cohorts/random-intercept.ts";
import { chiSquaredSf, normalQuantile } from "../numerics/special-functions.ts";
import { accepted, type Adapters } from "./adapter.ts";
import { nums, str } from "./json.ts";

export const empiricalBayesAdapters: Adapters = {
  normal_normal: (inputs) => {
    const estimates = nums(inputs, "y");
    const variances = nums(inputs, "v");
    const fit = accepted(normalNormal({ estimates, variances, method: method(str(inputs, "method")) }));
    const q = cochranQ(estimates, variances);
    const half = -normalQuantile(0.025) * Math.sqrt(fit.tau2 + fit.muStandardError ** 2);
    return {
      mu: fit.mu,
      se: fit.muStandardError,
      tau2: fit.tau2,
      Q: q,
      Qp: chiSquaredSf(q, estimates.length - 1),
      I2: heterogeneityShare(variances, fit.tau2, { q, fixed: str(inputs, "method") === "FE" }),
      blup: fit.effects.map((effect) => effect.mean),
      blup_se: fit.effects.map((effect) => effect.standardError),
      prediction_interval: [fit.mu - half, fit.mu + half],
    };
  },
  random_intercept: (inputs) => {
    const fit = accepted(randomIntercept(nums(inputs, "y"), nums(inputs, "g")));
    const groups = fit.groups.toSorted((a, b) => a.group - b.group);
    return {
      mu: fit.mean,
      var_group: fit.betweenVariance,
      var_resid: fit.withinVariance,
      group: groups.map(({ group }) => String(group)),
      ranef: groups.map(({ deviation }) => deviation),
      cond_sd: groups.map(({ standardDeviation }) => standardDeviation),
    };
  },
  beta_binomial: (inputs) => {
    const sizes = nums(inputs, "n");
    const fit = accepted(
      betaBinomial(nums(inputs, "s").map((conversions, i) => ({ n: sizes[i] ?? NaN, conversions }))),
    );
    return {
      mu: fit.mean,
      rho: fit.correlation,
      alpha: fit.alpha,
      beta: fit.beta,
      posterior_mean: fit.rates.map((rate) => rate.mean),
      posterior_sd: fit.rates.map((rate) => rate.standardDeviation),
      loglik_full: fit.logLikelihood,
      loglik: fit.logLikelihood,
    };
  },
};

/** metafor's I² in percent: τ² against a typical sampling variance; from Q where τ² is fixed at 0. */
function heterogeneityShare(
  variances: readonly number[],
  tau2: number,
  { q, fixed }: { readonly q: number; readonly fixed: boolean },
): number {
  const k = variances.length;
  if (fixed) return Math.max(0, (100 * (q - (k - 1))) / q);
  const weights = variances.map((v) => 1 / v);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const squares = weights.reduce((sum, w) => sum + w * w, 0);
  const typical = ((k - 1) * total) / (total * total - squares);
  return (100 * tau2) / (tau2 + typical);
}

function method(name: string): HeterogeneityMethod {
  switch (name) {
    case "FE":
    case "DL":
    case "PM":
    case "EB":
    case "REML":
    case "ML":
    case "HE":
    case "HS":
    case "SJ":
      return name;
    // metafor's names of the model without heterogeneity.
    case "EE":
    case "CE":
      return "FE";
    default:
      throw new TypeError(`unknown method ${name}`);
  }
}
