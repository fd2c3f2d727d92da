import type { Arithmetic, EdgeCalls, EdgeTable } from "../honest-answer.contract.ts";
import { denseRows, type Rows } from "./dense-rows.ts";
import { isotonicRegression, isotonicValue } from "./isotonic-regression.ts";
import { logisticElasticNet } from "./logistic-elastic-net.ts";
import { logistic } from "./logistic-likelihood.ts";
import { logisticProbability, logisticRegression } from "./logistic-regression.ts";
import { mannWhitney } from "./mann-whitney.ts";
import { multinomialProbabilities, multinomialRegression } from "./multinomial-regression.ts";
import { plattProbability, plattScaling } from "./platt-scaling.ts";
import { normalisedGain, rankingCurve, topK } from "./ranking-curve.ts";
import { reliability } from "./reliability.ts";
import { auc, aucDifference, aucInterval } from "./roc-auc.ts";
import { calibrationLine, forecastScores } from "./scoring-rules.ts";

/** Scores with outcomes: none, one, all alike, all or none converted, huge, tiny, not finite, not matching. */
const SCORED: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[0.5], [1]],
  [[0.5], [0]],
  [
    [0.2, 0.2, 0.2, 0.2],
    [0, 1, 0, 1],
  ],
  [
    [0.1, 0.4, 0.6, 0.9],
    [1, 1, 1, 1],
  ],
  [
    [0.1, 0.4, 0.6, 0.9],
    [0, 0, 0, 0],
  ],
  [
    [0.1, 0.4, 0.6, 0.9],
    [0, 0, 1, 1],
  ],
  [
    [0.1, 0.9, 0.4, 0.6],
    [0, 0, 1, 1],
  ],
  [
    [0, 1, 0, 1],
    [1, 0, 0, 1],
  ],
  [
    [1e12, 1e12 + 1, 1e12 + 2, 1e12 + 3],
    [0, 1, 0, 1],
  ],
  [
    [1e300, -1e300, 5, -5],
    [0, 1, 0, 1],
  ],
  [
    [5e-324, 0, -0, 1e-300],
    [0, 1, 0, 1],
  ],
  [
    [NaN, 0.2],
    [0, 1],
  ],
  [
    [Infinity, 0.2, -Infinity],
    [0, 1, 1],
  ],
  [
    [0.1, 0.2],
    [0, NaN],
  ],
  [
    [0.1, 0.2],
    [0, 2],
  ],
  [[0.1, 0.2, 0.3], [0]],
];

const eachScored = (call: (scores: readonly number[], outcomes: readonly number[]) => unknown): EdgeCalls =>
  SCORED.map(
    ([scores, outcomes]) =>
      () =>
        call(scores, outcomes),
  );

/** Rows that no model can, or can hardly, be fitted to; each with as many outcomes as it has rows unless that is the point. */
const TABLES: readonly { readonly rows: Rows; readonly outcomes: readonly number[] }[] = [
  { rows: [], outcomes: [] },
  { rows: [[1]], outcomes: [1] },
  { rows: [[]], outcomes: [1] },
  { rows: [[], [], []], outcomes: [0, 1, 0] },
  { rows: [[1], [1], [1], [1]], outcomes: [0, 1, 0, 1] },
  { rows: [[0], [0], [0], [0]], outcomes: [0, 1, 0, 1] },
  { rows: [[1], [2], [3], [4]], outcomes: [1, 1, 1, 1] },
  { rows: [[1], [2], [3], [4]], outcomes: [0, 0, 0, 0] },
  { rows: [[1], [2], [3], [4]], outcomes: [0, 0, 1, 1] },
  { rows: [[1], [2], [3], [4]], outcomes: [0, 1, 0, 1] },
  { rows: [[1e12], [2e12], [3e12], [4e12]], outcomes: [0, 1, 0, 1] },
  { rows: [[1e300], [-1e300], [3], [4]], outcomes: [0, 1, 0, 1] },
  { rows: [[1e-300], [2e-300], [3e-300], [4e-300]], outcomes: [0, 1, 0, 1] },
  { rows: [[1e12 + 1], [1e12 + 2], [1e12 + 3], [1e12 + 4]], outcomes: [0, 1, 0, 1] },
  { rows: [[1, 2], [2, 4], [3, 6], [4, 8]], outcomes: [0, 1, 0, 1] }, // prettier-ignore
  { rows: [[1], [NaN], [3], [4]], outcomes: [0, 1, 0, 1] },
  { rows: [[1], [Infinity], [3], [4]], outcomes: [0, 1, 0, 1] },
  { rows: [[1], [2, 3], [3], [4]], outcomes: [0, 1, 0, 1] },
  { rows: [[1], [2]], outcomes: [0, 1, 0] },
  { rows: [[1], [2]], outcomes: [0, NaN] },
  { rows: [[1], [2]], outcomes: [0, -1] },
  { rows: { values: new Float64Array(3), columns: 2 }, outcomes: [0, 1] },
  { rows: { values: new Float64Array(0), columns: 0 }, outcomes: [] },
  { rows: { values: new Float64Array(2), columns: NaN }, outcomes: [0, 1] },
];

const good = { rows: [[1], [2], [3], [4]], outcomes: [0, 1, 0, 1] };
const WEIGHTS: readonly (readonly number[])[] = [
  [0, 0, 0, 0],
  [1, -1, 1, 1],
  [1, NaN, 1, 1],
  [1, Infinity, 1, 1],
  [1],
  [1e12, 1e12, 1e12, 1e12],
  [1e-12, 1e-12, 1e-12, 1e-12],
  [1, 0, 1, 0],
];

export const predictionEdges: EdgeTable = {
  denseRows: TABLES.map(
    ({ rows }) =>
      () =>
        denseRows(rows) === null,
  ),
  logisticRegression: [
    ...TABLES.flatMap((input) =>
      [0, 1].flatMap((penalty) =>
        [true, false].map((intercept) => () => logisticRegression(input, { penalty, intercept })),
      ),
    ),
    ...WEIGHTS.flatMap((weights) =>
      [0, 1].map((penalty) => () => logisticRegression({ ...good, weights }, { penalty })),
    ),
    ...[-1, NaN, Infinity].map((penalty) => () => logisticRegression(good, { penalty })),
    () => logisticRegression({ ...good, offsets: [0, NaN, 0, 0] }, { penalty: 0 }),
    () => logisticRegression({ ...good, offsets: [1e6, -1e6, 1e6, -1e6] }, { penalty: 1 }),
    () => logisticRegression(good, { penalty: 1, start: { intercept: NaN, coefficients: [0] } }),
    () => logisticRegression(good, { penalty: 1, start: { intercept: 0, coefficients: [] } }),
    () => logisticRegression(good, { penalty: 1, start: { intercept: 1e3, coefficients: [-1e3] } }),
  ],
  logisticElasticNet: [
    ...TABLES.flatMap((input) => [0, 0.5, 1].map((mix) => () => logisticElasticNet(input, { lambda: 0.1, mix }))),
    ...WEIGHTS.map((weights) => () => logisticElasticNet({ ...good, weights }, { lambda: 0.1, mix: 1 })),
    ...[0, -1, NaN, Infinity].map((lambda) => () => logisticElasticNet(good, { lambda, mix: 1 })),
    ...[-1, 2, NaN].map((mix) => () => logisticElasticNet(good, { lambda: 1, mix })),
  ],
  multinomialRegression: [
    ...TABLES.flatMap((input) => [0, 1].map((penalty) => () => multinomialRegression(input, { penalty }))),
    ...WEIGHTS.flatMap((weights) =>
      [0, 1].map((penalty) => () => multinomialRegression({ ...good, weights }, { penalty })),
    ),
    ...[-1, NaN, Infinity].map((penalty) => () => multinomialRegression(good, { penalty })),
    () => multinomialRegression({ ...good, outcomes: [0, 1, 0, 1e12] }, { penalty: 1 }),
    () => multinomialRegression(good, { penalty: 1, start: { intercepts: [0], coefficients: [[0]] } }),
  ],
  multinomialProbabilities: [
    () => multinomialProbabilities({ intercepts: [0, 0], coefficients: [[1], [-1]] }, [1e12]),
    () => multinomialProbabilities({ intercepts: [], coefficients: [] }, [1]),
  ],
  logisticProbability: [NaN, 1e12, -1e12, 0].map(
    (x) => () => logisticProbability({ intercept: 0, coefficients: [1] }, [x]),
  ),
  logistic: [NaN, Infinity, -Infinity, 1e12, -1e12].map((x) => () => logistic(x)),
  isotonicRegression: [
    ...eachScored((scores, outcomes) => isotonicRegression(scores, outcomes)),
    ...WEIGHTS.map((weights) => () => isotonicRegression([1, 2, 3, 4], good.outcomes, weights)),
  ],
  isotonicValue: [NaN, Infinity, -Infinity, 1e300].map(
    (score) => () => isotonicValue({ kind: "estimate", x: [1, 2], y: [0, 1] }, score),
  ),
  plattScaling: eachScored((scores, outcomes) => plattScaling(scores, outcomes)),
  plattProbability: [NaN, 1e300, -1e300].map(
    (score) => () => plattProbability({ kind: "estimate", slope: 1, intercept: 0 }, score),
  ),
  auc: eachScored((scores, outcomes) => auc(scores, outcomes)),
  aucDifference: eachScored((scores, outcomes) => aucDifference(scores, scores.toReversed(), outcomes)),
  aucInterval: [0, 1, NaN, 0.95].flatMap((confidence) =>
    [0, NaN, 0.01, 1e-300].map(
      (variance) => () => aucInterval({ kind: "estimate", auc: 0.8, variance, positives: 2, negatives: 2 }, confidence),
    ),
  ),
  rankingCurve: [
    ...eachScored((scores, outcomes) => rankingCurve(scores, outcomes)),
    ...WEIGHTS.map((weights) => () => rankingCurve([1, 2, 3, 4], good.outcomes, weights)),
  ],
  topK: [0, 1, 2, 1.5, NaN, Infinity].flatMap((k) => eachScored((scores, outcomes) => topK(scores, outcomes, k))),
  normalisedGain: [0, 1, NaN, Infinity].flatMap((depth) =>
    eachScored((scores, outcomes) => normalisedGain(scores, outcomes, depth)),
  ),
  reliability: [0, 1, 10, NaN, Infinity].flatMap((bins) =>
    (["equal-width", "equal-mass"] as const).flatMap((by) =>
      eachScored((scores, outcomes) => reliability(scores, outcomes, { bins, by })),
    ),
  ),
  calibrationLine: eachScored((scores, outcomes) => calibrationLine(scores, outcomes)),
  forecastScores: [
    ...eachScored((scores, outcomes) => forecastScores(scores, outcomes)),
    ...WEIGHTS.map((weights) => () => forecastScores([0.1, 0.2, 0.3, 0.4], good.outcomes, weights)),
  ],
  mannWhitney: [[], [1], [1, 1], [NaN, 1], [Infinity, 1], [1e300, -1e300], [1e12, 1e12 + 1]].flatMap((control) =>
    [[], [1], [1, 2], [NaN]].map((treatment) => () => mannWhitney(control, treatment, { correct: true })),
  ),
};

export const predictionArithmetic: Arithmetic = {
  isotonicValue: "a value of a fitted function; NaN for a score that is NaN",
  logistic: "a function of one number",
  logisticProbability: "a value of a fitted function; NaN for a row that is not finite",
  plattProbability: "a value of a fitted function; NaN for a score that is NaN",
};
