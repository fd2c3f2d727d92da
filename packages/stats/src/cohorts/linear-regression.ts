import { Matrix, QrDecomposition, inverse } from "ml-matrix";
import { refuse, type Refused } from "../refused.ts";

/** Which variance of the coefficients: classical (equal spread), or robust to unequal spread, HC2 being the default for experiments. */
export type CovarianceKind = "classical" | "HC0" | "HC1" | "HC2" | "HC3";

/** A fitted linear model; coefficients in the order of the columns. */
export interface LinearFit {
  readonly kind: "estimate";
  readonly coefficients: readonly number[];
  readonly degreesOfFreedom: number;
  readonly standardErrors: (covariance: CovarianceKind) => readonly number[];
  /**
   * Robust to anything shared within a cluster (CR1, one label a unit); NaN with fewer than two clusters. Too small below about 30.
   *
   * @see Liang & Zeger (1986); Cameron & Miller (2015), "A practitioner's guide to cluster-robust inference", eq. 11-12.
   */
  readonly clusteredErrors: (clusters: readonly number[]) => readonly number[];
  /**
   * Robust to autocorrelation up to a lag (Bartlett weights), rows in time order.
   *
   * @see Newey & West (1987).
   */
  readonly neweyWestErrors: (lag: number) => readonly number[];
}

/** Levels that were taken out of the outcomes and of every column before the fit: they count as coefficients though none is shown. */
export interface AbsorbedEffects {
  readonly parameters: number;
  /** Pull of every row on its own fit by the levels alone. */
  readonly leverages: ArrayLike<number>;
}

/**
 * Ordinary least squares with robust standard errors.
 *
 * @param rows - one row a unit, a column a regressor; include a column of ones for an intercept.
 * @param absorbed - what was taken out of rows and outcomes beforehand, as a panel's levels are; nothing unless given.
 * @returns `too-few` unless there are more units than columns, `collinear` when a column is a combination of others,
 * `invalid-input` for anything not finite.
 * @see MacKinnon & White (1985), "Some heteroskedasticity-consistent covariance matrix estimators"; Lin (2013) for HC2 in
 * experiments.
 * @formula b = (X'X)⁻¹X'y; var = (X'X)⁻¹ (Σ w_i e_i² x_i x_i') (X'X)⁻¹, w_i = 1/(1 − h_i) for HC2
 * @assumes rows independent, or clustered as told; the mean is linear in the columns
 * @example
 * const fit = linearRegression([[1, 0], [1, 0], [1, 1], [1, 1]], [1, 3, 4, 8]);
 * fit.coefficients // => [2, 4]
 * fit.standardErrors("HC2") // => [1, 2.2361]
 */
export function linearRegression(
  rows: readonly (readonly number[])[],
  outcomes: readonly number[],
  absorbed: AbsorbedEffects = { parameters: 0, leverages: [] },
): LinearFit | Refused<"too-few" | "collinear" | "invalid-input"> {
  const columns = rows[0]?.length ?? 0;
  if (
    rows.length !== outcomes.length ||
    rows.some((row) => row.length !== columns || row.some((x) => !Number.isFinite(x))) ||
    outcomes.some((y) => !Number.isFinite(y))
  ) {
    return refuse("invalid-input", "every unit needs an outcome and as many finite regressors as the others");
  }
  const parameters = columns + absorbed.parameters;
  const degreesOfFreedom = rows.length - parameters;
  if (columns === 0 || degreesOfFreedom < 1)
    return refuse(
      "too-few",
      `${rows.length} units cannot fit ${parameters} coefficients and leave any to judge them by`,
    );
  const x = new Matrix(rows.map((row) => [...row]));
  const qr = new QrDecomposition(x);
  if (!qr.isFullRank()) return refuse("collinear", "a regressor is a linear combination of the others");
  const rInverse = inverse(qr.upperTriangularMatrix);
  const bread = rInverse.mmul(rInverse.transpose());
  const q = qr.orthogonalMatrix;
  const coefficients = qr.solve(Matrix.columnVector([...outcomes])).to1DArray();
  const residuals = rows.map(
    (row, i) => (outcomes[i] ?? 0) - row.reduce((t, v, k) => t + v * (coefficients[k] ?? 0), 0),
  );
  const leverages = rows.map((_, i) => q.getRow(i).reduce((t, v) => t + v * v, absorbed.leverages[i] ?? 0));
  return {
    kind: "estimate",
    coefficients,
    degreesOfFreedom,
    standardErrors: (kind) => {
      if (kind === "classical") {
        const variance = residuals.reduce((t, e) => t + e * e, 0) / degreesOfFreedom;
        return bread.diag().map((v) => Math.sqrt(v * variance));
      }
      const weights = residuals.map(
        (e, i) => e * e * inflation(kind, leverages[i] ?? 0, rows.length / degreesOfFreedom),
      );
      const meat = x.transpose().mmul(new Matrix(rows.map((row, i) => row.map((v) => v * (weights[i] ?? 0)))));
      return sandwich(bread, meat);
    },
    clusteredErrors: (clusters) => {
      const scores = sumByLabel(scoresOf(rows, residuals), clusters);
      if (scores.length < 2) return coefficients.map(() => NaN);
      const small = (scores.length / (scores.length - 1)) * ((rows.length - 1) / degreesOfFreedom);
      const summed = new Matrix(scores);
      return sandwich(bread, summed.transpose().mmul(summed).mul(small));
    },
    neweyWestErrors: (lag) => sandwich(bread, autocorrelatedMeat(new Matrix(scoresOf(rows, residuals)), lag)),
  };
}

function autocorrelatedMeat(scores: Matrix, lag: number): Matrix {
  const meat = scores.transpose().mmul(scores);
  for (let shift = 1; shift <= Math.min(lag, scores.rows - 1); shift++) {
    const early = scores.subMatrix(0, scores.rows - shift - 1, 0, scores.columns - 1);
    const late = scores.subMatrix(shift, scores.rows - 1, 0, scores.columns - 1);
    const cross = late.transpose().mmul(early);
    const weight = 1 - shift / (lag + 1);
    meat.add(Matrix.mul(cross, weight)).add(Matrix.mul(cross.transpose(), weight));
  }
  return meat;
}

function sandwich(bread: Matrix, meat: Matrix): readonly number[] {
  return bread.mmul(meat).mmul(bread).diag().map(Math.sqrt);
}

/** What each unit adds to the slope of the loss. */
function scoresOf(rows: readonly (readonly number[])[], residuals: readonly number[]): number[][] {
  return rows.map((row, i) => row.map((v) => v * (residuals[i] ?? 0)));
}

function sumByLabel(scores: readonly (readonly number[])[], labels: readonly number[]): number[][] {
  const sums = new Map<number, number[]>();
  scores.forEach((score, i) => {
    const label = labels[i] ?? NaN;
    const sum = sums.get(label);
    if (sum === undefined) sums.set(label, [...score]);
    else score.forEach((v, k) => (sum[k] = (sum[k] ?? 0) + v));
  });
  return [...sums.values()];
}

/** Correction of a squared residual for the pull of its own unit on the fit. */
function inflation(kind: Exclude<CovarianceKind, "classical">, leverage: number, small: number): number {
  switch (kind) {
    case "HC0":
      return 1;
    case "HC1":
      return small;
    case "HC2":
      return 1 / (1 - leverage);
    case "HC3":
      return 1 / (1 - leverage) ** 2;
  }
}
