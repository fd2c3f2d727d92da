import { Matrix, QrDecomposition, inverse } from "ml-matrix";
import { refuse, type Refused } from "./refused.ts";

/** Which variance of the coefficients: classical (equal spread), or robust to unequal spread, HC2 being the default for experiments. */
export type CovarianceKind = "classical" | "HC0" | "HC1" | "HC2" | "HC3";

/** A fitted linear model; coefficients in the order of the columns. */
export interface LinearFit {
  readonly kind: "estimate";
  readonly coefficients: readonly number[];
  readonly degreesOfFreedom: number;
  readonly standardErrors: (covariance: CovarianceKind) => readonly number[];
}

/**
 * Ordinary least squares with robust standard errors.
 *
 * @param rows - one row a unit, a column a regressor; include a column of ones for an intercept.
 * @returns `too-few` unless there are more units than columns, `collinear` when a column is a combination of others,
 * `invalid-input` for anything not finite.
 * @see MacKinnon & White (1985), "Some heteroskedasticity-consistent covariance matrix estimators"; Lin (2013) for HC2 in
 * experiments.
 */
export function linearRegression(
  rows: readonly (readonly number[])[],
  outcomes: readonly number[],
): LinearFit | Refused<"too-few" | "collinear" | "invalid-input"> {
  const columns = rows[0]?.length ?? 0;
  if (
    rows.length !== outcomes.length ||
    rows.some((row) => row.length !== columns || row.some((x) => !Number.isFinite(x))) ||
    outcomes.some((y) => !Number.isFinite(y))
  ) {
    return refuse("invalid-input", "every unit needs an outcome and as many finite regressors as the others");
  }
  const degreesOfFreedom = rows.length - columns;
  if (columns === 0 || degreesOfFreedom < 1)
    return refuse("too-few", `${rows.length} units cannot fit ${columns} coefficients and leave any to judge them by`);
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
  const leverages = rows.map((_, i) => q.getRow(i).reduce((t, v) => t + v * v, 0));
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
      return bread.mmul(meat).mmul(bread).diag().map(Math.sqrt);
    },
  };
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
