import { scaledCholesky } from "../numerics/scaled-cholesky.ts";
import {
  logisticDescent,
  logisticInformation,
  logisticPoint,
  lastStep,
  type LogisticPoint,
  type LogisticProblem,
} from "./logistic-likelihood.ts";

/** Units below which a second derivative of all of them costs less than what is done here to save some. */
const MANY = 10_000;
const MANY_PER_COLUMN = 64;
/** One unit in so many stands for all. */
const THINNING = 8;
const STEPS_MAX = 20;
/** Squared length of a step, in standard errors of the coefficients, after which a sample's own error is the larger one. */
const ROUGH = 100;

interface RoughFit {
  readonly beta: Float64Array;
  /** Inverse second derivative near there. */
  readonly solve: Solve;
}

type Solve = (right: Float64Array) => Float64Array;

/**
 * A point from which Newton's method on all units has one step left to take.
 *
 * The second derivative, O(n·k²), is the whole cost of a large fit and Newton needs one an iteration. So: fit a sample first, take
 * the sample's second derivative for that of all units, and let each gradient, O(n·k), correct it (L-BFGS). Where that does not
 * settle, no harm is done: Newton's method goes on from wherever it is.
 *
 * @see Nocedal & Wright (2006), "Numerical Optimization", algorithm 7.4; Byrd et al. (2011), "On the use of stochastic Hessian
 * information in optimization methods for machine learning", for the second derivative of a sample.
 */
export function logisticStart(problem: LogisticProblem, given: Float64Array | null): LogisticPoint {
  const initial = given ?? new Float64Array(problem.rows.columns + (problem.intercept ? 1 : 0));
  const n = problem.outcomes.length;
  if (n < MANY || n < MANY_PER_COLUMN * initial.length) return logisticPoint(problem, initial);
  const sample = thinned(problem);
  const rough = given === null ? roughFit(sample, initial) : newtonStep(sample, given);
  if (rough === null) return logisticPoint(problem, initial);
  return quasiNewton(problem, logisticPoint(problem, given ?? rough.beta), rough.solve);
}

/** Newton's method, beginning at the fit of a still smaller sample, to the precision that a sample is worth. */
function roughFit(problem: LogisticProblem, initial: Float64Array): RoughFit | null {
  const small = problem.outcomes.length < MANY_PER_COLUMN * initial.length;
  const start = small ? null : roughFit(thinned(problem), initial);
  let fit = newtonStep(problem, start?.beta ?? initial);
  for (let iteration = 1; fit !== null && fit.left > ROUGH && iteration < STEPS_MAX; iteration++)
    fit = newtonStep(problem, fit.beta);
  return fit;
}

/** One step; `left` is its squared length in standard errors. */
function newtonStep(problem: LogisticProblem, beta: Float64Array): (RoughFit & { readonly left: number }) | null {
  const solver = scaledCholesky(logisticInformation(problem, beta));
  if (solver === null) return null;
  const at = logisticPoint(problem, beta);
  const step = solver.solve(at.gradient);
  const next = logisticDescent(problem, at, step) ?? at;
  return { beta: next.beta, solve: solver.solve, left: inner(step, at.gradient) };
}

/** L-BFGS that takes `solve` for the inverse second derivative to begin with. */
function quasiNewton(problem: LogisticProblem, start: LogisticPoint, solve: Solve): LogisticPoint {
  const pairs: { readonly moved: Float64Array; readonly turned: Float64Array; readonly product: number }[] = [];
  let at = start;
  let before: number | null = null;
  for (let iteration = 0; iteration < STEPS_MAX; iteration++) {
    const shares: number[] = [];
    const right = at.gradient.slice();
    for (const { moved, turned, product } of pairs.toReversed()) {
      const share = inner(moved, right) / product;
      shares.push(share);
      addTo(right, turned, -share);
    }
    const step = solve(right);
    for (const { moved, turned, product } of pairs)
      addTo(step, moved, (shares.pop() ?? 0) - inner(turned, step) / product);
    const next = logisticDescent(problem, at, step);
    if (next === null) break;
    const moved = next.beta.map((b, k) => b - (at.beta[k] ?? 0));
    const turned = at.gradient.map((g, k) => g - (next.gradient[k] ?? 0));
    const product = inner(moved, turned);
    const left = inner(step, at.gradient);
    at = next;
    // What is left will shrink about as much again; one gradient too many costs less than one second derivative.
    const shrinkage = before === null ? 1 : left / before;
    if (!(product > 0) || left * shrinkage < lastStep(problem) / 100) break;
    before = left;
    pairs.push({ moved, turned, product });
  }
  return at;
}

/** One unit in eight at weight eight, spread evenly but in step with no period of the data (multiples of the golden ratio). */
function thinned({ rows, intercept, outcomes, weights, offsets, penalty }: LogisticProblem): LogisticProblem {
  const { columns, values } = rows;
  const n = Math.floor(outcomes.length / THINNING);
  const chosen = new Uint32Array(n).map((_, i) => ((i * 0.618_033_988_749_894_9) % 1) * outcomes.length);
  const packed = new Float64Array(n * columns);
  chosen.forEach((from, to) => packed.set(values.subarray(from * columns, (from + 1) * columns), to * columns));
  const pick = (of: Float64Array): Float64Array => new Float64Array(n).map((_, to) => of[chosen[to] ?? 0] ?? 0);
  return {
    rows: { values: packed, columns },
    intercept,
    outcomes: pick(outcomes),
    weights: pick(weights).map((w) => THINNING * w),
    offsets: pick(offsets),
    penalty,
    scratch: new Float64Array(n),
  };
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] ?? 0) * (b[k] ?? 0);
  return sum;
}

function addTo(target: Float64Array, added: Float64Array, share: number): void {
  for (let k = 0; k < target.length; k++) target[k] = (target[k] ?? 0) + share * (added[k] ?? 0);
}
