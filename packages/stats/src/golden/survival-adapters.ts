import { aalenJohansen } from "../survival/aalen-johansen.ts";
import { kaplanMeier, survivalPoints, type SurvivalCurve, type SurvivalScale } from "../survival/kaplan-meier.ts";
import { logRank } from "../survival/log-rank.ts";
import { nelsonAalen } from "../survival/nelson-aalen.ts";
import { proportionalHazards } from "../survival/proportional-hazards.ts";
import { survivalDistribution, type SurvivalFamily } from "../survival/survival-distribution.ts";
import type { SurvivalInput } from "../survival/survival-data.ts";
import { restrictedMean, survivalQuantile } from "../survival/survival-summaries.ts";
import { accepted, type Adapter, type Adapters } from "./adapter.ts";
import { num, nums, str, type JsonObject, type Produced } from "./json.ts";

function followed(inputs: JsonObject): SurvivalInput {
  return { times: nums(inputs, "time"), events: nums(inputs, "event") };
}

function scale(name: string): SurvivalScale {
  if (name === "plain" || name === "log" || name === "log-log") return name;
  throw new TypeError(`unknown interval ${name}`);
}

function family(name: string): SurvivalFamily {
  if (name === "exponential" || name === "weibull") return name;
  if (name === "lognormal") return "log-normal";
  throw new TypeError(`unknown distribution ${name}`);
}

function quartiles(curve: SurvivalCurve): Readonly<Record<string, Produced>> {
  const found = [0.25, 0.5, 0.75].map((share) => survivalQuantile(curve, share));
  return {
    quantile_25_50_75: found.map((q) => q.time),
    quantile_lower: found.map((q) => q.lower),
    quantile_upper: found.map((q) => q.upper),
  };
}

const logRankAdapter: Adapter = (inputs) => {
  const strata = Array.isArray(inputs["strata"]) ? { strata: nums(inputs, "strata") } : {};
  const test = accepted(
    logRank({ ...followed(inputs), groups: nums(inputs, "group"), ...strata }, { rho: num(inputs, "rho") }),
  );
  return {
    chi2: test.chiSquared,
    df: test.degreesOfFreedom,
    p_value: test.pValue,
    observed: test.observed,
    expected: test.expected,
  };
};

export const survivalAdapters: Adapters = {
  km: (inputs) => {
    const curve = accepted(
      kaplanMeier(followed(inputs), {
        confidence: 1 - num(inputs, "alpha"),
        scale: scale(str(inputs, "conf_type")),
      }),
    );
    const points = survivalPoints(curve);
    const mean = accepted(restrictedMean(curve, num(inputs, "tau")));
    return {
      time: points.map((p) => p.time),
      n_risk: points.map((p) => p.atRisk),
      n_event: points.map((p) => p.events),
      n_censor: points.map((p) => p.censored),
      survival: points.map((p) => p.survival),
      std_error_greenwood: points.map((p) => p.standardError ?? NaN),
      lower: points.map((p) => p.interval?.lower ?? NaN),
      upper: points.map((p) => p.interval?.upper ?? NaN),
      ...quartiles(curve),
      rmst: mean.estimate,
      // R reports an error of 0 where no spread was seen; we report none.
      rmst_se: mean.standardError ?? 0,
    };
  },
  nelson_aalen: (inputs) => {
    const { times, cumulativeHazards, standardErrors } = accepted(nelsonAalen(followed(inputs)));
    return { time: [...times], cumhaz: [...cumulativeHazards], std_chaz: [...standardErrors] };
  },
  logrank: logRankAdapter,
  logrank_stratified: logRankAdapter,
  aalen_johansen: (inputs) => {
    const { points } = accepted(aalenJohansen(followed(inputs), 2));
    return {
      time: points.map((p) => p.time),
      cif1: points.map((p) => p.incidence[0] ?? NaN),
      cif2: points.map((p) => p.incidence[1] ?? NaN),
      se1: points.map((p) => p.standardErrors[0] ?? NaN),
      se2: points.map((p) => p.standardErrors[1] ?? NaN),
    };
  },
  cox: (inputs) => {
    const [x1, x2] = [nums(inputs, "x1"), nums(inputs, "x2")];
    const fit = accepted(
      proportionalHazards(
        { ...followed(inputs), rows: x1.map((x, i) => [x, x2[i] ?? NaN]) },
        { ties: str(inputs, "ties") === "breslow" ? "breslow" : "efron" },
      ),
    );
    return {
      coef: fit.coefficients,
      se: fit.standardErrors,
      loglik: [fit.nullLogLikelihood, fit.logLikelihood],
    };
  },
  aft: (inputs) => {
    const fit = accepted(survivalDistribution(followed(inputs), family(str(inputs, "dist"))));
    return { intercept: fit.location, scale: fit.scale, loglik: fit.logLikelihood };
  },
};
