import { Matrix } from "ml-matrix";
import { linearRegression } from "../cohorts/linear-regression.ts";
import { scaledCholesky } from "../numerics/scaled-cholesky.ts";
import { logisticProbability, logisticRegression } from "../prediction/logistic-regression.ts";

/** What a model says of a unit it may not have seen. */
export type Predictor = (row: readonly number[]) => number;

/** Ridge regression: linear, or logistic for outcomes of 0 and 1; null when it cannot be fitted. */
export function ridgeModel(
  rows: readonly (readonly number[])[],
  outcomes: readonly number[],
  { binary, penalty }: { readonly binary: boolean; readonly penalty: number },
): Predictor | null {
  if (binary) {
    const fit = logisticRegression({ rows, outcomes }, { penalty });
    if (fit.kind === "estimate") return (row) => logisticProbability(fit, row);
    return fit.reason === "one-class" ? () => outcomes[0] ?? NaN : null;
  }
  return penalty === 0 ? leastSquares(rows, outcomes) : linearRidge(rows, outcomes, penalty);
}

function leastSquares(rows: readonly (readonly number[])[], outcomes: readonly number[]): Predictor | null {
  const fit = linearRegression(
    rows.map((row) => [1, ...row]),
    outcomes,
  );
  if (fit.kind === "refused") return null;
  const [intercept = 0, ...slopes] = fit.coefficients;
  return (row) => row.reduce((t, x, k) => t + x * (slopes[k] ?? 0), intercept);
}

/** Normal equations: the penalty keeps them well conditioned, also where a column is constant in an arm. O(n·k²). */
function linearRidge(
  rows: readonly (readonly number[])[],
  outcomes: readonly number[],
  penalty: number,
): Predictor | null {
  const [n, columns] = [rows.length, rows[0]?.length ?? 0];
  const centre = outcomes.reduce((t, y) => t + y / n, 0);
  const centres = Array.from({ length: columns }, (_, k) => rows.reduce((t, row) => t + (row[k] ?? NaN) / n, 0));
  const gram = Matrix.zeros(columns, columns);
  const target = new Float64Array(columns);
  const deviations = new Float64Array(columns);
  const sums = new Float64Array(columns * columns);
  rows.forEach((row, i) => {
    const y = (outcomes[i] ?? NaN) - centre;
    for (let k = 0; k < columns; k++) {
      const x = (row[k] ?? NaN) - (centres[k] ?? NaN);
      deviations[k] = x;
      target[k] = (target[k] ?? 0) + x * y;
      for (let l = 0; l <= k; l++) {
        const place = k * columns + l;
        sums[place] = (sums[place] ?? 0) + x * (deviations[l] ?? 0);
      }
    }
  });
  for (let k = 0; k < columns; k++)
    for (let l = 0; l <= k; l++) {
      const value = (sums[k * columns + l] ?? NaN) + (k === l ? penalty : 0);
      gram.set(k, l, value);
      gram.set(l, k, value);
    }
  const slopes = scaledCholesky(gram)?.solve(target);
  if (slopes === undefined || !slopes.every(Number.isFinite)) return null;
  return (row) => row.reduce((t, x, k) => t + (x - (centres[k] ?? 0)) * (slopes[k] ?? 0), centre);
}

/** From hardly any to one that leaves little but the mean of a few hundred units. */
const PENALTIES: readonly number[] = [1, 3, 10, 30, 100];

/**
 * The penalty under which units of other folds are predicted best (least squared error, or log loss of 0 and 1).
 *
 * One number out of five, chosen on all units: what a unit adds to the choice is nothing against what it adds to its own model, which
 * is what cross-fitting keeps apart.
 */
export function crossValidatedPenalty(
  rows: readonly (readonly number[])[],
  outcomes: readonly number[],
  { fold, folds, binary }: { readonly fold: ArrayLike<number>; readonly folds: number; readonly binary: boolean },
): number {
  let [best, least] = [PENALTIES[0] ?? 1, Infinity];
  for (const penalty of PENALTIES) {
    let loss = 0;
    for (let k = 0; k < folds; k++) {
      const train = (_: unknown, i: number): boolean => fold[i] !== k;
      const model = ridgeModel(rows.filter(train), outcomes.filter(train), { binary, penalty });
      if (model === null) loss = Infinity;
      else
        rows.forEach((row, i) => {
          if (fold[i] === k) loss += lossOf(outcomes[i] ?? NaN, model(row), binary);
        });
    }
    if (loss < least) [best, least] = [penalty, loss];
  }
  return best;
}

function lossOf(outcome: number, predicted: number, binary: boolean): number {
  if (!binary) return (outcome - predicted) ** 2;
  const p = Math.min(1 - 1e-12, Math.max(1e-12, predicted));
  return outcome === 1 ? -Math.log(p) : -Math.log1p(-p);
}
