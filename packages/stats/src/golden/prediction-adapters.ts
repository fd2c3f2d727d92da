import { isotonicRegression, isotonicValue } from "../prediction/isotonic-regression.ts";
import { logisticElasticNet } from "../prediction/logistic-elastic-net.ts";
import { logisticProbability, logisticRegression } from "../prediction/logistic-regression.ts";
import { plattProbability, plattScaling } from "../prediction/platt-scaling.ts";
import { normalisedGain, rankingCurve, topK } from "../prediction/ranking-curve.ts";
import { reliability } from "../prediction/reliability.ts";
import { auc, aucDifference, aucInterval } from "../prediction/roc-auc.ts";
import { forecastScores } from "../prediction/scoring-rules.ts";
import { accepted, isRefused, pair, type Adapters } from "./adapter.ts";
import { bool, Disputed, matrix, num, nums, str, toNumber, type Json, type JsonObject, type Produced } from "./json.ts";

function optional(inputs: JsonObject, key: string): { readonly weights?: readonly number[] } {
  return Array.isArray(inputs[key]) ? { weights: nums(inputs, key) } : {};
}

/** scikit-learn's class_weight "balanced": n/(2·n_class). */
function balanced(outcomes: readonly number[]): readonly number[] {
  const positives = outcomes.reduce((t, y) => t + y, 0);
  return outcomes.map((y) => outcomes.length / (2 * (y === 1 ? positives : outcomes.length - positives)));
}

function hasNoWidth(want: Json): boolean {
  return Array.isArray(want) && toNumber(want[0]) === toNumber(want[1]);
}

const AT = [1, 5, 10];

export const predictionAdapters: Adapters = {
  "logistic.l2": (inputs) => {
    const [rows, outcomes] = [matrix(inputs, "X"), nums(inputs, "y")];
    const weights =
      inputs["class_weight"] === "balanced" ? { weights: balanced(outcomes) } : optional(inputs, "sample_weight");
    const intercept = bool(inputs, "fit_intercept");
    const fit = accepted(
      logisticRegression({ rows, outcomes, ...weights }, { penalty: 1 / num(inputs, "C"), intercept }),
    );
    return {
      coef: fit.coefficients,
      intercept: fit.intercept,
      prob_first_3: rows.slice(0, 3).map((row) => logisticProbability(fit, row)),
    };
  },
  "logistic.glm": (inputs) => {
    const fit = accepted(
      logisticRegression({ rows: matrix(inputs, "X"), outcomes: nums(inputs, "y") }, { penalty: 0 }),
    );
    return {
      coef: [fit.intercept, ...fit.coefficients],
      se: fit.covariance.map((row, k) => Math.sqrt(row[k] ?? NaN)),
      deviance: -2 * fit.logLikelihood,
      loglik: fit.logLikelihood,
    };
  },
  "logistic.glmnet": (inputs) => {
    const fit = accepted(
      logisticElasticNet(
        { rows: matrix(inputs, "X"), outcomes: nums(inputs, "y") },
        { lambda: num(inputs, "lambda"), mix: num(inputs, "mix") },
      ),
    );
    return { coef: [fit.intercept, ...fit.coefficients] };
  },
  isotonic: (inputs) => {
    const x = nums(inputs, "x");
    const fit = accepted(isotonicRegression(x, nums(inputs, "y"), optional(inputs, "weight").weights));
    const value = (at: number): number => isotonicValue(fit, at);
    return { fitted: x.map(value), predict: nums(inputs, "query").map(value) };
  },
  isotonic_order: (inputs) => {
    const y = nums(inputs, "y");
    return {
      fit: accepted(
        isotonicRegression(
          y.map((_, i) => i),
          y,
        ),
      ).y,
    };
  },
  platt: (inputs) => {
    const scores = nums(inputs, "score");
    const fit = accepted(plattScaling(scores, nums(inputs, "y")));
    return {
      a: -fit.slope,
      b: -fit.intercept,
      calibrated_first_5: scores.slice(0, 5).map((s) => plattProbability(fit, s)),
    };
  },
  reliability: (inputs) => {
    const by = str(inputs, "strategy") === "uniform" ? "equal-width" : "equal-mass";
    const report = accepted(reliability(nums(inputs, "p"), nums(inputs, "y"), { bins: num(inputs, "bins"), by }));
    return {
      observed: report.bins.map((bin) => bin.observed),
      predicted: report.bins.map((bin) => bin.predicted),
      count: report.bins.map((bin) => bin.n),
      ece: report.expectedError,
      mce: report.largestError,
    };
  },
  scoring_rules: (inputs) => {
    const [p, y] = [nums(inputs, "p"), nums(inputs, "y")];
    const plain = accepted(forecastScores(p, y));
    const { weights } = optional(inputs, "weight");
    const weighted = accepted(forecastScores(p, y, weights));
    return {
      brier: plain.brier,
      log_loss: plain.logLoss,
      brier_weighted: weighted.brier,
      log_loss_weighted: weighted.logLoss,
    };
  },
  ranking: (inputs) => {
    const [y, score] = [nums(inputs, "y"), nums(inputs, "score")];
    const curve = accepted(rankingCurve(score, y));
    const weighted = accepted(rankingCurve(score, y, optional(inputs, "weight").weights));
    const at = (k: number): Produced => {
      const { precision, recall, lift } = accepted(topK(score, y, k));
      return { precision, recall, lift };
    };
    return {
      auc: curve.auc,
      average_precision: curve.averagePrecision,
      auc_weighted: weighted.auc,
      average_precision_weighted: weighted.averagePrecision,
      ndcg: accepted(normalisedGain(score, y)).gain,
      ndcg_at_10: accepted(normalisedGain(score, y, 10)).gain,
      at_k: Object.fromEntries(AT.filter((k) => k <= y.length).map((k) => [String(k), at(k)])),
    };
  },
  curves: (inputs) => {
    const { points } = accepted(rankingCurve(nums(inputs, "score"), nums(inputs, "y")));
    const rising = points.toReversed();
    return {
      fpr: points.map((point) => point.falsePositiveRate),
      tpr: points.map((point) => point.truePositiveRate),
      thresholds: points.map((point) => point.threshold),
      precision: [...rising.map((point) => point.precision), 1],
      recall: [...rising.map((point) => point.truePositiveRate), 0],
      pr_thresholds: rising.map((point) => point.threshold),
    };
  },
  delong: (inputs) => {
    const estimate = accepted(auc(nums(inputs, "s"), nums(inputs, "y")));
    const interval = aucInterval(estimate, 1 - num(inputs, "alpha"));
    return {
      auc: estimate.auc,
      delong_var: estimate.variance,
      // pROC gives [1, 1] for a perfect separation: certainty from a handful of units. We refuse that interval.
      ci: isRefused(interval) ? new Disputed(null, hasNoWidth) : pair(interval),
    };
  },
  delong_paired: (inputs) => {
    const [y, s1, s2] = [nums(inputs, "y"), nums(inputs, "s1"), nums(inputs, "s2")];
    const difference = accepted(aucDifference(s1, s2, y));
    return {
      auc1: accepted(auc(s1, y)).auc,
      auc2: accepted(auc(s2, y)).auc,
      z: difference.z,
      p_value: difference.pValue,
    };
  },
};
