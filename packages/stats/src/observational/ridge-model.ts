import { linearRegression } from "../cohorts/linear-regression.ts";
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
  // A ridge is least squares with one more unit a column, of outcome 0 at √λ; so a column that is constant in an arm does no harm.
  const columns = rows[0]?.length ?? 0;
  const centre = outcomes.reduce((t, y) => t + y, 0) / outcomes.length;
  const extra = penalty === 0 ? [] : Array.from({ length: columns }, (_, k) => ridgeRow(columns, k, penalty));
  const fit = linearRegression(
    [...rows.map((row) => [1, ...row]), ...extra],
    [...outcomes.map((y) => y - centre), ...extra.map(() => 0)],
  );
  if (fit.kind === "refused") return null;
  const [intercept = 0, ...slopes] = fit.coefficients;
  return (row) => row.reduce((t, x, k) => t + x * (slopes[k] ?? 0), centre + intercept);
}

function ridgeRow(columns: number, k: number, penalty: number): readonly number[] {
  return Array.from({ length: columns + 1 }, (_, j) => (j === k + 1 ? Math.sqrt(penalty) : 0));
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
