import { Matrix } from "ml-matrix";
import { refuse, type Refused } from "../refused.ts";
import { scaledCholesky } from "../numerics/scaled-cholesky.ts";

/** Units of a logistic model. `outcomes` are 0 or 1, or a probability in between; weights are not negative. */
export interface LogisticInput {
  readonly rows: readonly (readonly number[])[];
  readonly outcomes: readonly number[];
  readonly weights?: readonly number[];
  /** Known part of each unit's log-odds, for example the log-odds of a champion model or a shift of the base rate. */
  readonly offsets?: readonly number[];
}

/** `penalty` λ ≥ 0 adds λ/2·‖b‖² to the summed log-loss (scikit-learn's 1/C); the intercept is never penalised. */
export interface LogisticOptions {
  readonly penalty: number;
  readonly intercept?: boolean;
  /** Warm start: an earlier fit of the same columns. */
  readonly start?: Pick<LogisticFit, "intercept" | "coefficients">;
}

/** Log-odds = intercept + Σ coefficient·column (+ offset). */
export interface LogisticFit {
  readonly kind: "estimate";
  readonly intercept: number;
  readonly coefficients: readonly number[];
  /** Inverse of the penalised information; the intercept first where there is one. With a penalty: Laplace's posterior. */
  readonly covariance: readonly (readonly number[])[];
  /** Weighted log-likelihood without the penalty. */
  readonly logLikelihood: number;
  readonly iterations: number;
}

/** Why no finite, unique fit exists. */
export type LogisticRefusal = "invalid-input" | "too-few" | "one-class" | "separated" | "collinear" | "not-converged";

const ITERATIONS_MAX = 100;
const HALVINGS_MAX = 40;
/** Log-odds that no data of a sane size support: odds of 1 in 10¹³. */
const EXTREME_LOG_ODDS = 30;

/**
 * Logistic regression with an optional ridge penalty, by Newton's method with step halving, to machine precision.
 *
 * Standardise the columns first if the penalty should treat them alike. O(n·k²) an iteration.
 *
 * @returns `one-class` when all outcomes are alike and the intercept would run away; without a penalty also `separated` (some
 * combination of columns divides the outcomes: no finite maximum) and `collinear`; `too-few` without units or columns;
 * `invalid-input` for unequal lengths, anything not finite, an outcome outside [0, 1] or a negative weight.
 * @see McCullagh & Nelder (1989), "Generalized Linear Models", section 4.4; le Cessie & van Houwelingen (1992) for the ridge;
 * Albert & Anderson (1984) for separation.
 */
export function logisticRegression(
  input: LogisticInput,
  { penalty, intercept = true, start }: LogisticOptions,
): LogisticFit | Refused<LogisticRefusal> {
  const fault = logisticFault(input, intercept);
  if (fault !== null) return fault;
  if (!(penalty >= 0) || !Number.isFinite(penalty))
    return refuse("invalid-input", `penalty must be a number of 0 or more, got ${penalty}`);
  const problem = logisticProblem(input, { penalty, intercept });
  const initial =
    start === undefined
      ? new Float64Array(problem.columns)
      : Float64Array.from(intercept ? [start.intercept, ...start.coefficients] : start.coefficients);
  if (initial.length !== problem.columns || initial.some((b) => !Number.isFinite(b)))
    return refuse("invalid-input", "a warm start needs one finite coefficient a column");
  let at = evaluate(problem, initial);
  for (let iteration = 1; iteration <= ITERATIONS_MAX; iteration++) {
    const solver = scaledCholesky(at.information);
    if (solver === null) {
      return iteration === 1
        ? refuse("collinear", "a column is a combination of the others; drop it or set a penalty")
        : separated();
    }
    const step = solver.solve(at.gradient);
    const next = descend(problem, at, step);
    const moved = next === null ? 0 : relativeMove(at.beta, next.beta);
    if (next !== null) at = next;
    if (moved > 1e-11) continue;
    if (penalty === 0 && at.largestLogOdds > EXTREME_LOG_ODDS) return separated();
    const final = scaledCholesky(at.information);
    return final === null ? separated() : fitted(at, { intercept, iterations: iteration, covariance: final.inverse() });
  }
  return penalty === 0
    ? separated()
    : refuse("not-converged", `Newton's method did not settle in ${ITERATIONS_MAX} steps`);
}

/** P(outcome = 1) of one unit under a fit. */
export function logisticProbability(
  { intercept, coefficients }: Pick<LogisticFit, "intercept" | "coefficients">,
  row: readonly number[],
  offset = 0,
): number {
  let logOdds = intercept + offset;
  for (let k = 0; k < coefficients.length; k++) logOdds += (coefficients[k] ?? 0) * (row[k] ?? NaN);
  return logistic(logOdds);
}

/** 1/(1 + e^−x), without overflow. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** The first thing wrong with the units, or null. Shared by every logistic model of this package. */
export function logisticFault(
  { rows, outcomes, weights, offsets }: LogisticInput,
  intercept: boolean,
): Refused<"invalid-input" | "too-few" | "one-class"> | null {
  const n = outcomes.length;
  const columns = rows[0]?.length ?? 0;
  if (n === 0 || (columns === 0 && !intercept)) return refuse("too-few", `${n} units and ${columns} columns`);
  if (rows.length !== n || (weights ?? outcomes).length !== n || (offsets ?? outcomes).length !== n)
    return refuse("invalid-input", "rows, outcomes, weights and offsets must be equally many");
  for (const row of rows)
    if (row.length !== columns || !row.every(Number.isFinite))
      return refuse("invalid-input", "every unit needs as many finite columns as the others");
  if (!outcomes.every((y) => y >= 0 && y <= 1)) return refuse("invalid-input", "outcomes must be in [0, 1]");
  if (weights?.every((w) => w >= 0 && w < Infinity) === false)
    return refuse("invalid-input", "weights must be finite and not negative");
  if (offsets?.every(Number.isFinite) === false) return refuse("invalid-input", "offsets must be finite");
  const matters = (i: number): boolean => weights === undefined || (weights[i] ?? 0) > 0;
  const found = outcomes.some((y, i) => y > 0 && matters(i)) && outcomes.some((y, i) => y < 1 && matters(i));
  return found || !intercept ? null : refuse("one-class", "all outcomes are alike; wait for one of the other kind");
}

interface Problem {
  readonly design: Float64Array;
  readonly columns: number;
  readonly outcomes: Float64Array;
  readonly weights: Float64Array;
  readonly offsets: Float64Array;
  /** λ of each column. */
  readonly penalties: Float64Array;
}

interface Point {
  readonly beta: Float64Array;
  /** Penalised loss, its negative gradient and its second derivative. */
  readonly loss: number;
  readonly logLikelihood: number;
  readonly gradient: Float64Array;
  readonly information: Matrix;
  readonly largestLogOdds: number;
}

function logisticProblem(
  { rows, outcomes, weights, offsets }: LogisticInput,
  { penalty, intercept }: { readonly penalty: number; readonly intercept: boolean },
): Problem {
  const first = intercept ? 1 : 0;
  const columns = (rows[0]?.length ?? 0) + first;
  const design = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    if (intercept) design[i * columns] = 1;
    design.set(row, i * columns + first);
  });
  const penalties = new Float64Array(columns).fill(penalty);
  if (intercept) penalties[0] = 0;
  const n = outcomes.length;
  return {
    design,
    columns,
    outcomes: Float64Array.from(outcomes),
    weights: weights === undefined ? new Float64Array(n).fill(1) : Float64Array.from(weights),
    offsets: offsets === undefined ? new Float64Array(n) : Float64Array.from(offsets),
    penalties,
  };
}

function evaluate({ design, columns, outcomes, weights, offsets, penalties }: Problem, beta: Float64Array): Point {
  const gradient = new Float64Array(columns);
  const information = new Float64Array(columns * columns);
  let logLikelihood = 0;
  let largestLogOdds = 0;
  for (let i = 0, base = 0; i < outcomes.length; i++, base += columns) {
    let logOdds = offsets[i] ?? 0;
    for (let k = 0; k < columns; k++) logOdds += (design[base + k] ?? 0) * (beta[k] ?? 0);
    const [y, w] = [outcomes[i] ?? 0, weights[i] ?? 0];
    const p = logistic(logOdds);
    if (w > 0) largestLogOdds = Math.max(largestLogOdds, Math.abs(logOdds));
    logLikelihood += w * (y * logOdds - Math.max(0, logOdds) - Math.log1p(Math.exp(-Math.abs(logOdds))));
    const residual = w * (y - p);
    const curvature = w * p * (1 - p);
    for (let k = 0; k < columns; k++) {
      const x = design[base + k] ?? 0;
      gradient[k] = (gradient[k] ?? 0) + residual * x;
      const scaled = curvature * x;
      if (scaled === 0) continue;
      const row = k * columns;
      for (let l = 0; l <= k; l++)
        information[row + l] = (information[row + l] ?? 0) + scaled * (design[base + l] ?? 0);
    }
  }
  let loss = -logLikelihood;
  for (let k = 0; k < columns; k++) {
    const [b, lambda] = [beta[k] ?? 0, penalties[k] ?? 0];
    loss += (lambda / 2) * b * b;
    gradient[k] = (gradient[k] ?? 0) - lambda * b;
    information[k * columns + k] = (information[k * columns + k] ?? 0) + lambda;
  }
  return { beta, loss, logLikelihood, gradient, information: symmetric(information, columns), largestLogOdds };
}

function symmetric(lower: Float64Array, size: number): Matrix {
  const full = Matrix.zeros(size, size);
  for (let k = 0; k < size; k++)
    for (let l = 0; l <= k; l++) {
      full.set(k, l, lower[k * size + l] ?? 0);
      full.set(l, k, lower[k * size + l] ?? 0);
    }
  return full;
}

/** Halves the Newton step until the loss does not rise; null when no part of it helps any more. */
function descend(problem: Problem, from: Point, step: Float64Array): Point | null {
  const slack = 1e-14 * (1 + Math.abs(from.loss));
  let share = 1;
  for (let halving = 0; halving < HALVINGS_MAX; halving++, share /= 2) {
    const next = evaluate(
      problem,
      from.beta.map((b, k) => b + share * (step[k] ?? 0)),
    );
    if (next.loss <= from.loss + slack) return next;
  }
  return null;
}

function relativeMove(from: Float64Array, to: Float64Array): number {
  let size = 0;
  let move = 0;
  to.forEach((b, k) => {
    size = Math.max(size, Math.abs(b));
    move = Math.max(move, Math.abs(b - (from[k] ?? 0)));
  });
  return move / (size + 1e-12);
}

function fitted(
  { beta, logLikelihood }: Point,
  {
    intercept,
    iterations,
    covariance,
  }: { readonly intercept: boolean; readonly iterations: number } & Pick<LogisticFit, "covariance">,
): LogisticFit {
  return {
    kind: "estimate",
    intercept: intercept ? (beta[0] ?? NaN) : 0,
    coefficients: [...(intercept ? beta.subarray(1) : beta)],
    covariance,
    logLikelihood,
    iterations,
  };
}

function separated(): Refused<"separated"> {
  return refuse("separated", "some combination of columns divides the outcomes perfectly; set a penalty");
}
