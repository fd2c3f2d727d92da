// Models that score, and measures of scores.
import { auc, isotonicRegression, isotonicValue, logisticRegression, rankingCurve } from "@ratchet/stats";
import { accepted } from "./accepted.mjs";

export function logisticRidge({ x, y }) {
  const input = { rows: { values: x, columns: x.length / y.length }, outcomes: y };
  return {
    run: () => accepted(logisticRegression(input, { penalty: 1 })),
    digest: ({ intercept, coefficients }) => [intercept, ...coefficients],
    note: (fit) => `largest gradient ${largestGradient(input, fit).toExponential(1)}, ${fit.iterations} iterations`,
  };
}

export function areaUnderCurve({ scores, outcomes }) {
  const [s, y] = [Array.from(scores), Array.from(outcomes)];
  return { run: () => accepted(auc(s, y)), digest: (answer) => [answer.auc] };
}

export function averagePrecision({ scores, outcomes }) {
  const [s, y] = [Array.from(scores), Array.from(outcomes)];
  return { run: () => accepted(rankingCurve(s, y)), digest: (curve) => [curve.averagePrecision] };
}

export function isotonic({ scores, outcomes }) {
  const [s, y] = [Array.from(scores), Array.from(outcomes)];
  return {
    run: () => accepted(isotonicRegression(s, y)),
    digest: (fit) => [0.1, 0.3, 0.5, 0.7, 0.9].map((score) => isotonicValue(fit, score)),
  };
}

/** A matrix stored row by row as arrays of numbers, one a unit. */
export function rowsOf(x, n) {
  const columns = x.length / n;
  return Array.from({ length: n }, (_, i) => Array.from(x.subarray(i * columns, (i + 1) * columns)));
}

/** Largest absolute derivative of summed log-loss + ‖b‖²/2 at a fit. */
function largestGradient({ rows: { values, columns }, outcomes }, { intercept, coefficients }) {
  const gradient = [0, ...coefficients];
  outcomes.forEach((y, i) => {
    const cells = values.subarray(i * columns, (i + 1) * columns);
    const excess = 1 / (1 + Math.exp(-cells.reduce((t, cell, k) => t + cell * coefficients[k], intercept))) - y;
    gradient[0] += excess;
    cells.forEach((cell, k) => (gradient[k + 1] += excess * cell));
  });
  return Math.max(...gradient.map(Math.abs));
}
