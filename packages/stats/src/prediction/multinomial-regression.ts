import { Matrix } from "ml-matrix";
import { scaledCholesky } from "../numerics/scaled-cholesky.ts";
import { refuse, type Refused } from "../refused.ts";
import {
  denseRows,
  rowCount,
  rowsTimes,
  weightedSquares,
  weightedSum,
  type DenseRows,
  type Rows,
} from "./dense-rows.ts";
import { packedNumbers } from "./logistic-data.ts";
import type { LogisticRefusal } from "./logistic-regression.ts";

/** Units with one of several outcomes, numbered 0, 1, … without a gap, for example lost, open, won. */
export interface MultinomialInput {
  readonly rows: Rows;
  readonly outcomes: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
}

/** log P(outcome) = intercept + Σ coefficient·column, less what makes the probabilities sum to 1. Both sum to 0 over outcomes. */
export interface MultinomialFit {
  readonly kind: "estimate";
  /** One an outcome. */
  readonly intercepts: readonly number[];
  /** One list of columns an outcome. */
  readonly coefficients: readonly (readonly number[])[];
  /** Weighted log-likelihood without the penalty. */
  readonly logLikelihood: number;
  readonly iterations: number;
}

const ITERATIONS_MAX = 100;
const HALVINGS_MAX = 40;
/** Squared length of the last step in standard errors: convergence is quadratic. */
const LAST_STEP = 1e-16;

/**
 * Multinomial (softmax) logistic regression with an optional ridge penalty, by Newton's method with step halving.
 *
 * Intercepts are not penalised. O(n·k²·outcomes²) an iteration.
 *
 * @param options.start - warm start: an earlier fit of the same columns and outcomes.
 * @returns `one-class` unless every outcome from 0 to the largest is seen; without a penalty also `separated` and `collinear`;
 * `too-few` without units or columns; `invalid-input` for unequal lengths, anything not finite or a negative weight.
 * @formula minimise −Σ wᵢ log pᵢ(yᵢ) + λ/2·Σ‖b_c‖²,  p_c ∝ exp(a_c + x·b_c)
 * @assumes log-odds between any two outcomes linear in the columns; independent units
 * @see Friedman, Hastie & Tibshirani (2010), "Regularization paths for generalized linear models via coordinate descent", section 4,
 * for the symmetric form; Böhning (1992), "Multinomial logistic regression algorithm", for the information.
 * @example
 * const fit = multinomialRegression({ rows: [[0], [0], [1], [1]], outcomes: [0, 1, 1, 0] }, { penalty: 1 });
 * multinomialProbabilities(fit, [1]) // => [0.5, 0.5]
 */
export function multinomialRegression(
  { rows, outcomes, weights }: MultinomialInput,
  {
    penalty,
    start,
  }: { readonly penalty: number; readonly start?: Pick<MultinomialFit, "intercepts" | "coefficients"> },
): MultinomialFit | Refused<LogisticRefusal> {
  const n = outcomes.length;
  const packed = denseRows(rows);
  if (packed === null || rowCount(rows) !== n || (weights ?? outcomes).length !== n)
    return refuse("invalid-input", "every unit needs as many finite columns as the others, an outcome and a weight");
  if (!(penalty >= 0 && penalty < Infinity))
    return refuse("invalid-input", `penalty must be 0 or more, got ${penalty}`);
  if (n === 0 || packed.columns === 0) return refuse("too-few", `${n} units and ${packed.columns} columns`);
  const shares = weights === undefined ? new Float64Array(n).fill(1) : packedNumbers(weights);
  const classes = classCount(packedNumbers(outcomes), shares);
  if (typeof classes !== "number") return classes;
  const problem = {
    rows: packed,
    outcomes: packedNumbers(outcomes),
    weights: shares,
    classes,
    penalty,
    anchors: anchors(packed, shares, classes),
  };
  const initial =
    start === undefined
      ? new Float64Array(classes * (packed.columns + 1))
      : Float64Array.from(start.intercepts.flatMap((a, c) => [a, ...(start.coefficients[c] ?? [])]));
  if (initial.length !== classes * (packed.columns + 1) || !initial.every(Number.isFinite))
    return refuse("invalid-input", "a warm start needs one finite intercept and coefficient an outcome and column");
  return newton(problem, initial);
}

/**
 * P(each outcome) of one unit under a fit; they sum to 1.
 *
 * @part multinomialRegression
 * @example
 * multinomialProbabilities({ intercepts: [0, 0], coefficients: [[1], [-1]] }, [0]) // => [0.5, 0.5]
 */
export function multinomialProbabilities(
  { intercepts, coefficients }: Pick<MultinomialFit, "intercepts" | "coefficients">,
  row: ArrayLike<number>,
): readonly number[] {
  const scores = intercepts.map((a, c) => (coefficients[c] ?? []).reduce((t, b, k) => t + b * (row[k] ?? NaN), a));
  const largest = Math.max(...scores);
  const odds = scores.map((s) => Math.exp(s - largest));
  const total = odds.reduce((t, o) => t + o, 0);
  return odds.map((o) => o / total);
}

interface Problem {
  readonly rows: DenseRows;
  readonly outcomes: Float64Array;
  readonly weights: Float64Array;
  readonly classes: number;
  readonly penalty: number;
  /** Adding one vector to all outcomes changes no probability: a cost on the sum over outcomes, 0 at the fit, settles it. */
  readonly anchors: Float64Array;
}

interface Point {
  readonly beta: Float64Array;
  readonly loss: number;
  readonly logLikelihood: number;
  /** P(outcome) of each unit, one array an outcome. */
  readonly probabilities: readonly Float64Array[];
}

function classCount(outcomes: Float64Array, weights: Float64Array): number | Refused<"invalid-input" | "one-class"> {
  if (!weights.every((w) => w >= 0 && w < Infinity))
    return refuse("invalid-input", "weights must be finite and not negative");
  if (!outcomes.every((y) => Number.isInteger(y) && y >= 0 && y < 1000))
    return refuse("invalid-input", "outcomes must be indices from 0, below 1,000");
  const seen = new Set(outcomes.filter((_, i) => (weights[i] ?? 0) > 0));
  const classes = Math.max(...seen) + 1;
  return seen.size >= 2 && seen.size === classes
    ? classes
    : refuse("one-class", "every outcome from 0 to the largest must be seen, and two at least");
}

function anchors(rows: DenseRows, weights: Float64Array, classes: number): Float64Array {
  const squares = weightedSum({ values: rows.values.map((x) => x * x), columns: rows.columns }, weights);
  const total = weights.reduce((t, w) => t + w, 0);
  return Float64Array.from([total, ...squares], (s) => (s > 0 ? s : 1) / classes ** 2);
}

function newton(problem: Problem, initial: Float64Array): MultinomialFit | Refused<LogisticRefusal> {
  let at = evaluate(problem, initial);
  for (let iteration = 1; iteration <= ITERATIONS_MAX; iteration++) {
    const solver = scaledCholesky(information(problem, at.probabilities));
    if (solver === null) return iteration === 1 ? collinear() : separated();
    const slope = gradient(problem, at);
    const step = solver.solve(slope);
    const next = descend(problem, at, step);
    const left = step.reduce((t, s, k) => t + s * (slope[k] ?? 0), 0);
    at = next ?? at;
    if (next !== null && left > LAST_STEP) continue;
    if (problem.penalty === 0 && at.logLikelihood > -1e-6 * problem.outcomes.length) return separated();
    const size = problem.rows.columns + 1;
    const parts = Array.from({ length: problem.classes }, (_, c) => [...at.beta.subarray(c * size, (c + 1) * size)]);
    return {
      kind: "estimate",
      intercepts: parts.map((part) => part[0] ?? NaN),
      coefficients: parts.map((part) => part.slice(1)),
      logLikelihood: at.logLikelihood,
      iterations: iteration,
    };
  }
  return problem.penalty === 0
    ? separated()
    : refuse("not-converged", `Newton's method did not settle in ${ITERATIONS_MAX} steps`);
}

function evaluate({ rows, outcomes, weights, classes, penalty, anchors: anchor }: Problem, beta: Float64Array): Point {
  const size = rows.columns + 1;
  const scores = Array.from({ length: classes }, (_, c) => {
    const score = new Float64Array(outcomes.length);
    rowsTimes(rows, beta.subarray(c * size + 1, (c + 1) * size), score);
    return score.map((s) => s + (beta[c * size] ?? 0));
  });
  let logLikelihood = 0;
  for (let i = 0; i < outcomes.length; i++) {
    let largest = -Infinity;
    for (const score of scores) largest = Math.max(largest, score[i] ?? 0);
    const own = scores[outcomes[i] ?? 0]?.[i] ?? NaN;
    let total = 0;
    for (const score of scores) {
      const odds = Math.exp((score[i] ?? 0) - largest);
      score[i] = odds;
      total += odds;
    }
    for (const score of scores) score[i] = (score[i] ?? 0) / total;
    logLikelihood += (weights[i] ?? 0) * (own - largest - Math.log(total));
  }
  let loss = -logLikelihood;
  for (let k = 0; k < size; k++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const b = beta[c * size + k] ?? 0;
      sum += b;
      if (k > 0) loss += (penalty / 2) * b * b;
    }
    loss += ((anchor[k] ?? 0) / 2) * sum * sum;
  }
  return { beta, loss, logLikelihood, probabilities: scores };
}

function gradient(
  { rows, outcomes, weights, classes, penalty, anchors: anchor }: Problem,
  { beta, probabilities }: Point,
): Float64Array {
  const size = rows.columns + 1;
  const slope = new Float64Array(classes * size);
  const sums = anchor.map((_, k) => probabilities.reduce((t, _p, c) => t + (beta[c * size + k] ?? 0), 0));
  probabilities.forEach((p, c) => {
    const residuals = p.map((share, i) => (weights[i] ?? 0) * (Number(outcomes[i] === c) - share));
    const parts = [residuals.reduce((t, r) => t + r, 0), ...weightedSum(rows, residuals)];
    parts.forEach((part, k) => {
      const shrink = k === 0 ? 0 : penalty * (beta[c * size + k] ?? 0);
      slope[c * size + k] = part - shrink - (anchor[k] ?? 0) * (sums[k] ?? 0);
    });
  });
  return slope;
}

function information(
  { rows, weights, classes, penalty, anchors: anchor }: Problem,
  probabilities: readonly Float64Array[],
): Matrix {
  const { columns } = rows;
  const size = columns + 1;
  const matrix = Matrix.zeros(classes * size, classes * size);
  for (let a = 0; a < classes; a++)
    for (let b = 0; b <= a; b++) {
      const other = probabilities[b];
      const shared = probabilities[a]?.map((p, i) => (weights[i] ?? 0) * p * (Number(a === b) - (other?.[i] ?? 0)));
      if (shared === undefined) continue;
      const [squares, sums] = [weightedSquares(rows, shared), weightedSum(rows, shared)];
      const total = shared.reduce((t, w) => t + w, 0);
      for (let k = 0; k < size; k++)
        for (let l = 0; l < size; l++) {
          const [high, low] = [Math.max(k, l), Math.min(k, l)];
          const value =
            high === 0 ? total : low === 0 ? (sums[high - 1] ?? 0) : (squares[(high - 1) * columns + low - 1] ?? 0);
          const diagonal = k === l ? (anchor[k] ?? 0) + (a === b && k > 0 ? penalty : 0) : 0;
          matrix.set(a * size + k, b * size + l, value + diagonal);
          matrix.set(b * size + l, a * size + k, value + diagonal);
        }
    }
  return matrix;
}

/** Halves the step until the loss does not rise; null when no part of it helps any more. */
function descend(problem: Problem, from: Point, step: Float64Array): Point | null {
  const slack = 4 * Number.EPSILON * Math.sqrt(problem.outcomes.length) * (1 + Math.abs(from.loss));
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

function collinear(): Refused<"collinear"> {
  return refuse("collinear", "a column is a combination of the others; drop it or set a penalty");
}

function separated(): Refused<"separated"> {
  return refuse("separated", "some combination of columns tells an outcome perfectly; set a penalty");
}
