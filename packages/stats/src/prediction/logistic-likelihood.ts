import { Matrix } from "ml-matrix";
import { rowsTimes, weightedSquares, weightedSum, type DenseRows } from "./dense-rows.ts";

/** A penalised logistic likelihood, ready to be evaluated. The intercept, where there is one, is the first coefficient. */
export interface LogisticProblem {
  /** Without a column for the intercept. */
  readonly rows: DenseRows;
  readonly intercept: boolean;
  readonly outcomes: Float64Array;
  readonly weights: Float64Array;
  readonly offsets: Float64Array;
  /** λ of every coefficient but the intercept. */
  readonly penalty: number;
  /** One place a unit, overwritten by every evaluation: fresh memory would cost as much as the arithmetic. */
  readonly scratch: Float64Array;
}

/** The likelihood at one point. */
export interface LogisticPoint {
  readonly beta: Float64Array;
  /** Negative log-likelihood with the penalty. */
  readonly loss: number;
  readonly logLikelihood: number;
  /** Of the log-likelihood less the penalty: zero at the fit. */
  readonly gradient: Float64Array;
  readonly largestLogOdds: number;
}

const HALVINGS_MAX = 40;
/** Numbers of the table taken at a time: half a megabyte. */
const CACHED = 65_536;

/**
 * 1/(1 + e^−x), without overflow.
 *
 * @part logisticRegression
 * @example
 * logistic(0) // => 0.5
 */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** Value and slope of the likelihood. O(n·k), in pieces of the table that fit a processor's cache, as each number is needed twice. */
export function logisticPoint(problem: LogisticProblem, beta: Float64Array): LogisticPoint {
  const { rows, intercept, outcomes, penalty } = problem;
  const first = intercept ? 1 : 0;
  const sums = { gradient: new Float64Array(beta.length), logLikelihood: 0, largestLogOdds: 0 };
  const piece = Math.ceil(CACHED / (rows.columns + 1));
  for (let from = 0; from < outcomes.length; from += piece)
    addPiece(sums, pieceOf(problem, from, Math.min(from + piece, outcomes.length)), beta);
  const { gradient, logLikelihood, largestLogOdds } = sums;
  let loss = -logLikelihood;
  for (let k = first; k < beta.length; k++) {
    const b = beta[k] ?? 0;
    gradient[k] = (gradient[k] ?? 0) - penalty * b;
    loss += (penalty / 2) * b * b;
  }
  return { beta, loss, logLikelihood, gradient, largestLogOdds };
}

interface Sums {
  readonly gradient: Float64Array;
  logLikelihood: number;
  largestLogOdds: number;
}

function addPiece(sums: Sums, problem: LogisticProblem, beta: Float64Array): void {
  const { rows, intercept, outcomes, weights, offsets, scratch: residuals } = problem;
  const first = intercept ? 1 : 0;
  const base = intercept ? (beta[0] ?? 0) : 0;
  rowsTimes(rows, beta.subarray(first), residuals);
  let logLikelihood = 0;
  let largestLogOdds = 0;
  let residual = 0;
  for (let i = 0; i < outcomes.length; i++) {
    const y = outcomes[i] ?? 0;
    const w = weights[i] ?? 0;
    const logOdds = base + (residuals[i] ?? 0) + (offsets[i] ?? 0);
    residuals[i] = 0;
    if (w === 0) continue;
    const size = Math.abs(logOdds);
    const small = Math.exp(-size);
    const p = (logOdds >= 0 ? 1 : small) / (1 + small);
    largestLogOdds = Math.max(largestLogOdds, size);
    logLikelihood += w * (y * logOdds - Math.max(0, logOdds) - Math.log1p(small));
    residuals[i] = w * (y - p);
    residual += w * (y - p);
  }
  sums.logLikelihood += logLikelihood;
  sums.largestLogOdds = Math.max(sums.largestLogOdds, largestLogOdds);
  const { gradient } = sums;
  if (intercept) gradient[0] = (gradient[0] ?? 0) + residual;
  weightedSum(rows, residuals).forEach((value, k) => (gradient[k + first] = (gradient[k + first] ?? 0) + value));
}

/** The units `from` to `to` of a problem, in the same memory. */
function pieceOf(problem: LogisticProblem, from: number, to: number): LogisticProblem {
  const { values, columns } = problem.rows;
  return {
    ...problem,
    rows: { values: values.subarray(from * columns, to * columns), columns },
    outcomes: problem.outcomes.subarray(from, to),
    weights: problem.weights.subarray(from, to),
    offsets: problem.offsets.subarray(from, to),
    scratch: problem.scratch.subarray(from, to),
  };
}

/** Second derivative of the loss (observed and Fisher information are one here). O(n·k²). */
export function logisticInformation(problem: LogisticProblem, beta: Float64Array): Matrix {
  const { rows, intercept, weights, offsets, penalty, scratch: curvatures } = problem;
  const first = intercept ? 1 : 0;
  const base = intercept ? (beta[0] ?? 0) : 0;
  rowsTimes(rows, beta.subarray(first), curvatures);
  let curvature = 0;
  for (let i = 0; i < curvatures.length; i++) {
    const small = Math.exp(-Math.abs(base + (curvatures[i] ?? 0) + (offsets[i] ?? 0)));
    const w = ((weights[i] ?? 0) * small) / ((1 + small) * (1 + small));
    curvatures[i] = w;
    curvature += w;
  }
  const { columns } = rows;
  const squares = weightedSquares(rows, curvatures);
  const information = Matrix.zeros(columns + first, columns + first);
  const set = (k: number, l: number, value: number): void => {
    information.set(k, l, value);
    information.set(l, k, value);
  };
  for (let k = 0; k < columns; k++)
    for (let l = 0; l <= k; l++) set(k + first, l + first, (squares[k * columns + l] ?? 0) + (k === l ? penalty : 0));
  if (intercept) {
    set(0, 0, curvature);
    weightedSum(rows, curvatures).forEach((value, k) => set(0, k + 1, value));
  }
  return information;
}

/** Halves a step until the loss does not rise; null when no part of it helps any more. */
export function logisticDescent(
  problem: LogisticProblem,
  from: LogisticPoint,
  step: Float64Array,
): LogisticPoint | null {
  // What rounding may do to a sum of so many terms.
  const slack = 4 * Number.EPSILON * Math.sqrt(problem.outcomes.length) * (1 + Math.abs(from.loss));
  let share = 1;
  for (let halving = 0; halving < HALVINGS_MAX; halving++, share /= 2) {
    const next = logisticPoint(
      problem,
      from.beta.map((b, k) => b + share * (step[k] ?? 0)),
    );
    if (next.loss <= from.loss + slack) return next;
  }
  return null;
}

/**
 * Squared length of a Newton step, in standard errors, after which the next would be lost in rounding.
 *
 * Convergence is quadratic. A step of so many standard errors changes the curvatures by that over √n.
 */
export function lastStep({ outcomes }: LogisticProblem): number {
  return 1e-16 * outcomes.length;
}
