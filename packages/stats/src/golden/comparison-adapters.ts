import { cochranMantelHaenszel } from "../cohorts/cochran-mantel-haenszel.ts";
import { chiSquaredTwoByTwo, fisherExact } from "../cohorts/exact-two-by-two.ts";
import { liftDifference } from "../cohorts/lift.ts";
import { mannWhitney } from "../prediction/mann-whitney.ts";
import { momentsOf } from "../cohorts/moments.ts";
import { binomialTest, proportionInterval, type ProportionIntervalMethod } from "../cohorts/one-proportion.ts";
import { pooledTDifference } from "../numerics/student-t.ts";
import type { Conversions } from "../anytime/two-by-two-e-process.ts";
import {
  differenceInterval,
  pooledZ,
  ratioInterval,
  type DifferenceMethod,
  type RatioMethod,
} from "../cohorts/two-proportions.ts";
import { welchDifference, type Alternative, type DifferenceEstimate } from "../cohorts/welch.ts";
import { accepted, isRefused, pair, type Adapter, type Adapters } from "./adapter.ts";
import { gbstatsMoments } from "./gbstats.ts";
import { statsmodelsScoreInterval } from "./statsmodels-score.ts";
import {
  bool,
  Disputed,
  matrix,
  num,
  nums,
  obj,
  str,
  toNumber,
  type Json,
  type JsonObject,
  type Produced,
} from "./json.ts";

function arm(inputs: JsonObject, index: 1 | 2): Conversions {
  return { n: num(inputs, `n${index}`), conversions: num(inputs, `x${index}`) };
}

function gbFixed(alternative: Alternative): Adapter {
  return (inputs) => {
    const control = gbstatsMoments(obj(inputs, "control"));
    const treatment = gbstatsMoments(obj(inputs, "treatment"));
    const options = { confidence: 1 - num(inputs, "alpha"), alternative };
    const answer =
      str(inputs, "difference_type") === "relative"
        ? liftDifference(control, treatment, options)
        : welchDifference(control, treatment, options);
    return answer.kind === "refused" ? answer : gbAnswer(answer);
  };
}

export function gbAnswer(answer: DifferenceEstimate): Readonly<Record<string, Produced>> {
  return {
    point_estimate: answer.estimate,
    standard_error: answer.standardError,
    ci: pair(answer.interval),
    p_value: answer.pValue,
    dof: answer.degreesOfFreedom,
  };
}

/** Difference intervals; the reference's Wald interval may have zero width where ours refuses. Emulated here only. */
function difference(inputs: JsonObject, method: DifferenceMethod): Produced {
  const [control, treatment] = [arm(inputs, 1), arm(inputs, 2)];
  const answer = differenceInterval(control, treatment, { alpha: num(inputs, "alpha"), method });
  const estimate = treatment.conversions / treatment.n - control.conversions / control.n;
  return isRefused(answer) ? [estimate, estimate] : pair(answer);
}

/** Ratio intervals, nulls where ours refuses; statsmodels then gives NaN, which the files hold as null. */
function ratio(inputs: JsonObject, method: RatioMethod): Produced {
  const answer = ratioInterval(arm(inputs, 1), arm(inputs, 2), { alpha: num(inputs, "alpha"), method });
  return isRefused(answer) ? [null, null] : pair(answer);
}

/**
 * statsmodels 0.13.5's score intervals go astray in two ways that show in their own ends. They leave out their own point estimate (30
 * of 30 against 25 of 30: ratio 0.833, "interval" [0.917, 0.953]). And where everybody converted in an arm, the root finder for the
 * ratio stops where the two roots of the likelihood equation meet and its square root turns NaN: at the ratio of the pooled rate to
 * that arm's rate of 1, whatever alpha is.
 */
function isAstray(inputs: JsonObject, compare: "difference" | "ratio"): (want: Json) => boolean {
  const [control, treatment] = [arm(inputs, 1), arm(inputs, 2)];
  const [p0, p1] = [control.conversions / control.n, treatment.conversions / treatment.n];
  const pooled = (control.conversions + treatment.conversions) / (control.n + treatment.n);
  const estimate = compare === "ratio" ? p1 / p0 : p1 - p0;
  const meeting = compare === "difference" ? NaN : p0 === 1 ? pooled : p1 === 1 ? 1 / pooled : NaN;
  return (want) => {
    const [lower = NaN, upper = NaN] = Array.isArray(want) ? want.map((x: unknown) => toNumber(x) ?? NaN) : [];
    const stuck = [lower, upper].some((end) => Math.abs(end - meeting) < 1e-5 * meeting);
    return lower > estimate || upper < estimate || stuck;
  };
}

function oneProportion(sample: Conversions, alpha: number, method: ProportionIntervalMethod): Produced {
  const answer = proportionInterval(sample, { confidence: 1 - alpha, method });
  // The reference's Wald interval has zero width at no and at all conversions; ours refuses. Emulated here only.
  return answer.kind === "refused"
    ? [sample.conversions / sample.n, sample.conversions / sample.n]
    : pair(answer.interval);
}

export const comparisonAdapters: Adapters = {
  "ttest.welch_from_stats": (inputs) => {
    const arms = [1, 2].map((i) => {
      const n = num(inputs, `n${i}`);
      return { n, mean: num(inputs, `mean${i}`), m2: num(inputs, `sd${i}`) ** 2 * (n - 1) };
    });
    const [control, treatment] = arms;
    if (control === undefined || treatment === undefined) throw new Error("two arms");
    const answer = accepted(welchDifference(control, treatment, { confidence: 0.95 }));
    return { t: answer.estimate / answer.standardError, p_value: answer.pValue };
  },
  "ttest.raw": (inputs) => {
    const compare = bool(inputs, "pooled") ? pooledTDifference : welchDifference;
    const answer = accepted(
      compare(momentsOf(nums(inputs, "a")), momentsOf(nums(inputs, "b")), { confidence: 1 - num(inputs, "alpha") }),
    );
    return {
      t: answer.estimate / answer.standardError,
      df: answer.degreesOfFreedom,
      p_value: answer.pValue,
      ci: pair(answer.interval),
    };
  },
  "gb.fixed_two": gbFixed("two-sided"),
  "gb.fixed_greater": gbFixed("greater"),
  "gb.fixed_lesser": gbFixed("less"),
  "prop.ztest_pooled": (inputs) => {
    const { z, pValue } = accepted(pooledZ(arm(inputs, 1), arm(inputs, 2)));
    return { z, p_value: pValue };
  },
  "prop.ci_two": (inputs) => {
    const alpha = num(inputs, "alpha");
    return {
      wald: difference(inputs, "wald"),
      newcomb: difference(inputs, "newcombe"),
      agresti_caffo: difference(inputs, "agresti-caffo"),
      score: new Disputed(
        statsmodelsScoreInterval(arm(inputs, 1), arm(inputs, 2), alpha),
        isAstray(inputs, "difference"),
      ),
      ratio_log: ratio(inputs, "log"),
      ratio_log_adjusted: ratio(inputs, "log-adjusted"),
      ratio_score: new Disputed(ratio(inputs, "score"), isAstray(inputs, "ratio")),
    };
  },
  "prop.ci_one": (inputs) => {
    const sample = { n: num(inputs, "n"), conversions: num(inputs, "x") };
    const interval = (method: ProportionIntervalMethod): Produced =>
      oneProportion(sample, num(inputs, "alpha"), method);
    return {
      wilson: interval("wilson"),
      beta: interval("clopper-pearson"),
      agresti_coull: interval("agresti-coull"),
      jeffreys: interval("jeffreys"),
      normal: interval("wald"),
    };
  },
  "prop.binom_test": (inputs) => {
    const sample = { n: num(inputs, "n"), conversions: num(inputs, "x") };
    const interval = (method: ProportionIntervalMethod): Produced =>
      oneProportion(sample, num(inputs, "alpha"), method);
    return {
      p_value: binomialTest(sample, num(inputs, "p0")),
      clopper_pearson: interval("clopper-pearson"),
      wilson: interval("wilson"),
    };
  },
  "prop.chisq_yates": (inputs) => {
    const answer = accepted(
      chiSquaredTwoByTwo(arm(inputs, 1), arm(inputs, 2), {
        confidence: 1 - num(inputs, "alpha"),
        correct: bool(inputs, "correct"),
      }),
    );
    return { chi2: answer.chiSquared, p_value: answer.pValue, ci: pair(answer.interval) };
  },
  "prop.fisher": (inputs) => {
    const answer = accepted(fisherExact(arm(inputs, 1), arm(inputs, 2), { confidence: 1 - num(inputs, "alpha") }));
    return { p_value: answer.pValue, odds_ratio: answer.oddsRatio, ci: pair(answer.interval) };
  },
  ranksum: (inputs) => {
    const answer = accepted(mannWhitney(nums(inputs, "a"), nums(inputs, "b"), { correct: bool(inputs, "correct") }));
    return { W: answer.u, p_value: answer.pValue };
  },
  mantel_haenszel: (inputs) => {
    const strata = matrix(inputs, "table").map(([a = 0, c = 0, b = 0, d = 0]) => ({ a, b, c, d }));
    const answer = accepted(cochranMantelHaenszel(strata, { confidence: 0.95, correct: bool(inputs, "correct") }));
    return { chi2: answer.chiSquared, p_value: answer.pValue, common_or: answer.oddsRatio, ci: pair(answer.interval) };
  },
};
