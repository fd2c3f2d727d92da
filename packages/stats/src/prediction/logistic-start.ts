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
/** Squared length of a step, in standard errors and a coefficient, after which a sample's own error is the larger one: steps square. */
const ROUGH = 100;

/**
 * Squared distance from the fit, in standard errors, below which a start is the fit: for 100,000 units some 10⁻⁸ of one. With fewer
 * units closer, as a gradient more costs less; what is measured is how steps shrink, so the distance itself may be some times that.
 */
const settled = (units: number): number => 1e-25 * units * units;

/** One step may by luck be far better than the next: more than this is not counted on. */
const SHRINKAGE_MIN = 1e-3;

/** Where to go on from. */
export interface LogisticStart {
  readonly at: LogisticPoint;
  /** `at` has come so close that one step, known already, ends at this: the fit itself. Null where it has not. */
  readonly fit: Float64Array | null;
}

interface RoughFit {
  readonly beta: Float64Array;
  /** Inverse second derivative near there. */
  readonly solve: Solve;
}

type Solve = (right: Float64Array) => Float64Array;

/**
 * A point from which Newton's method on all units has one step left to take, or with a penalty none.
 *
 * The second derivative, O(n·k²), is the whole cost of a large fit and Newton needs one an iteration. So: fit a sample first, take
 * the sample's second derivative for that of all units, and let each gradient, O(n·k), correct it (L-BFGS). Where that does not
 * settle, no harm is done: Newton's method goes on from wherever it is.
 *
 * @see Nocedal & Wright (2006), "Numerical Optimization", algorithm 7.4; Byrd et al. (2011), "On the use of stochastic Hessian
 * information in optimization methods for machine learning", for the second derivative of a sample.
 */
export function logisticStart(problem: LogisticProblem, given: Float64Array | null): LogisticStart {
  const initial = given ?? new Float64Array(problem.rows.columns + (problem.intercept ? 1 : 0));
  const n = problem.outcomes.length;
  if (n < MANY || n < MANY_PER_COLUMN * initial.length) return unsettled(logisticPoint(problem, initial));
  const sample = thinned(problem);
  const rough = given === null ? roughFit(sample, initial) : newtonStep(sample, given);
  if (rough === null) return unsettled(logisticPoint(problem, initial));
  return quasiNewton(problem, logisticPoint(problem, given ?? rough.beta), rough.solve);
}

/** Newton's method, beginning at the fit of a still smaller sample, to the precision that a sample is worth. */
function roughFit(problem: LogisticProblem, initial: Float64Array): RoughFit | null {
  const small = problem.outcomes.length < MANY_PER_COLUMN * initial.length;
  const start = small ? null : roughFit(thinned(problem), initial);
  let fit = newtonStep(problem, start?.beta ?? initial);
  for (let iteration = 1; fit !== null && fit.left > ROUGH * initial.length && iteration < STEPS_MAX; iteration++)
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

function unsettled(at: LogisticPoint): LogisticStart {
  return { at, fit: null };
}

/** A step that was taken, and how far it turned the gradient. */
interface Pair {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
  readonly product: number;
}

/** L-BFGS that takes `solve` for the inverse second derivative to begin with. */
function quasiNewton(problem: LogisticProblem, start: LogisticPoint, solve: Solve): LogisticStart {
  const pairs: Pair[] = [];
  let at = start;
  let before: number | null = null;
  for (let iteration = 0; iteration < STEPS_MAX; iteration++) {
    const step = stepFrom(at.gradient, pairs, solve);
    const next = logisticDescent(problem, at, step);
    if (next === null) break;
    const moved = next.beta.map((b, k) => b - (at.beta[k] ?? 0));
    const turned = at.gradient.map((g, k) => g - (next.gradient[k] ?? 0));
    const product = inner(moved, turned);
    const left = inner(step, at.gradient);
    at = next;
    if (!(product > 0)) break;
    pairs.push({ moved, turned, product });
    // What is left will shrink about as much again; one gradient too many costs less than one second derivative.
    const shrinkage = before === null ? 1 : Math.max(left / before, SHRINKAGE_MIN);
    before = left;
    if (problem.penalty === 0) {
      // Whether there is a fit at all, Newton's method tells: it is to be left a last step.
      if (left * shrinkage < lastStep(problem) / 100) break;
    } else if (left * shrinkage * shrinkage < settled(problem.outcomes.length)) {
      const last = stepFrom(at.gradient, pairs, solve);
      return { at, fit: at.beta.map((b, k) => b + (last[k] ?? 0)) };
    }
  }
  return unsettled(at);
}

function stepFrom(gradient: Float64Array, pairs: readonly Pair[], solve: Solve): Float64Array {
  const shares: number[] = [];
  const right = gradient.slice();
  for (const { moved, turned, product } of pairs.toReversed()) {
    const share = inner(moved, right) / product;
    shares.push(share);
    addTo(right, turned, -share);
  }
  const step = solve(right);
  for (const { moved, turned, product } of pairs)
    addTo(step, moved, (shares.pop() ?? 0) - inner(turned, step) / product);
  return step;
}

/** One unit in eight at weight eight: each at a place of its own in its eight (multiples of the golden ratio), in step with no period. */
function thinned({ rows, intercept, outcomes, weights, offsets, penalty }: LogisticProblem): LogisticProblem {
  const { columns, values } = rows;
  const n = Math.floor(outcomes.length / THINNING);
  const chosen = new Uint32Array(n).map((_, i) => THINNING * (i + ((i * 0.618_033_988_749_894_9) % 1)));
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
