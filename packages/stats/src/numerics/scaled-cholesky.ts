import { CholeskyDecomposition, Matrix } from "ml-matrix";

/** A factored positive definite matrix. */
export interface Factored {
  readonly solve: (right: ArrayLike<number>) => Float64Array;
  readonly inverse: () => readonly (readonly number[])[];
}

/**
 * Cholesky on a unit diagonal, so that badly scaled columns are not taken for collinear ones.
 *
 * @returns null when the matrix is singular to about seven digits, or not positive definite.
 */
export function scaledCholesky(matrix: Matrix): Factored | null {
  const scale = matrix.diag().map((d) => 1 / Math.sqrt(d));
  if (!scale.every(Number.isFinite)) return null;
  const unit = Matrix.zeros(scale.length, scale.length);
  scale.forEach((r, i) => scale.forEach((c, j) => unit.set(i, j, matrix.get(i, j) * (r * c))));
  if (!unit.to1DArray().every(Number.isFinite)) return null;
  const cholesky = new CholeskyDecomposition(unit);
  if (!cholesky.isPositiveDefinite() || !cholesky.lowerTriangularMatrix.diag().every((d) => d > 1e-7)) return null;
  return {
    solve: (right) => {
      const solved = cholesky.solve(Matrix.columnVector(scale.map((s, i) => s * (right[i] ?? NaN))));
      return Float64Array.from(scale, (s, i) => s * solved.get(i, 0));
    },
    inverse: () => {
      const inverted = cholesky.solve(Matrix.eye(scale.length));
      return scale.map((r, i) => scale.map((c, j) => inverted.get(i, j) * (r * c)));
    },
  };
}
