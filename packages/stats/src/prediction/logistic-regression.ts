import { scaledCholesky } from "../numerics/scaled-cholesky.ts";
import { refuse, type Refused } from "../refused.ts";
import { logisticData, type LogisticInput } from "./logistic-data.ts";
import {
  lastStep,
  logistic,
  logisticDescent,
  logisticInformation,
  type LogisticPoint,
  type LogisticProblem,
} from "./logistic-likelihood.ts";
import { logisticStart } from "./logistic-start.ts";

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
  /**
   * Inverse of the penalised information; the intercept first where there is one. With a penalty: Laplace's posterior.
   *
   * Large penalised fits work it out when it is first read, from the rows, which must not have been written over by then: it costs
   * as much as the fit, and forecasts do not need it. NaN where a penalty is too small to tell columns apart.
   */
  readonly covariance: readonly (readonly number[])[];
  /** Weighted log-likelihood without the penalty. */
  readonly logLikelihood: number;
  /** Newton steps over all units; 0 when the start, found from a sample and corrected by all, was the fit. */
  readonly iterations: number;
}

/** Why no finite, unique fit exists. */
export type LogisticRefusal = "invalid-input" | "too-few" | "one-class" | "separated" | "collinear" | "not-converged";

const ITERATIONS_MAX = 100;
/** Log-odds that no data of a sane size support: odds of 1 in 10¹³. */
const EXTREME_LOG_ODDS = 30;

/**
 * Logistic regression with an optional ridge penalty, by Newton's method with step halving, to some 10⁻⁸ of a standard error or closer.
 *
 * Standardise the columns first if the penalty should treat them alike. O(n·k²) an iteration; with many units a start is found
 * from a sample, so that one or two iterations over all of them do, or with a penalty none.
 *
 * @param input.rows - n rows of k numbers, without a column of ones; for large n best packed (`DenseRows`).
 * @returns `one-class` when all outcomes are alike and the intercept would run away; without a penalty also `separated` (some
 * combination of columns divides the outcomes: no finite maximum) and `collinear`; `too-few` without units, columns or weight;
 * `invalid-input` for unequal lengths, anything not finite, an outcome outside [0, 1] or a negative weight.
 * @formula minimise −Σ wᵢ[yᵢ log pᵢ + (1 − yᵢ) log(1 − pᵢ)] + λ/2·‖b‖²,  log(pᵢ/(1 − pᵢ)) = b₀ + xᵢ·b + offsetᵢ
 * @assumes log-odds linear in the columns; independent units
 * @see McCullagh & Nelder (1989), "Generalized Linear Models", section 4.4; le Cessie & van Houwelingen (1992), "Ridge estimators
 * in logistic regression"; Albert & Anderson (1984), "On the existence of maximum likelihood estimates in logistic regression".
 * @example
 * const rows = [[0], [0], [0], [0], [1], [1], [1], [1]];
 * const fit = logisticRegression({ rows, outcomes: [1, 0, 0, 0, 1, 1, 1, 0] }, { penalty: 0 });
 * fit.coefficients[0] // => 2.197225
 * fit.intercept // => -1.098612
 */
export function logisticRegression(
  input: LogisticInput,
  { penalty, intercept = true, start }: LogisticOptions,
): LogisticFit | Refused<LogisticRefusal> {
  if (!(penalty >= 0) || !Number.isFinite(penalty))
    return refuse("invalid-input", `penalty must be a number of 0 or more, got ${penalty}`);
  const data = logisticData(input, intercept);
  if ("kind" in data) return data;
  const problem = { ...data, intercept, penalty, scratch: new Float64Array(data.outcomes.length) };
  const given =
    start === undefined
      ? null
      : Float64Array.from(intercept ? [start.intercept, ...start.coefficients] : start.coefficients);
  const size = problem.rows.columns + (intercept ? 1 : 0);
  if (given !== null && !(given.length === size && given.every(Number.isFinite)))
    return refuse("invalid-input", "a warm start needs one finite coefficient a column");
  const { at, fit } = logisticStart(problem, given);
  if (fit === null) return newton(problem, at);
  return fitted({ ...at, beta: fit }, { intercept, iterations: 0, covariance: () => covarianceAt(problem, fit) });
}

function newton(problem: LogisticProblem, start: LogisticPoint): LogisticFit | Refused<LogisticRefusal> {
  let at = start;
  for (let iteration = 1; iteration <= ITERATIONS_MAX; iteration++) {
    const solver = scaledCholesky(logisticInformation(problem, at.beta));
    if (solver === null) return iteration === 1 ? collinear() : separated();
    const step = solver.solve(at.gradient);
    const left = step.reduce((t, s, k) => t + s * (at.gradient[k] ?? 0), 0);
    const next = logisticDescent(problem, at, step);
    at = next ?? at;
    if (next !== null && left > lastStep(problem)) continue;
    if (problem.penalty === 0 && at.largestLogOdds > EXTREME_LOG_ODDS) return separated();
    return fitted(at, { intercept: problem.intercept, iterations: iteration, covariance: solver.inverse });
  }
  return problem.penalty === 0
    ? separated()
    : refuse("not-converged", `Newton's method did not settle in ${ITERATIONS_MAX} steps`);
}

/**
 * P(outcome = 1) of one unit under a fit.
 *
 * @part logisticRegression
 * @example
 * logisticProbability({ intercept: 0, coefficients: [1] }, [0]) // => 0.5
 */
export function logisticProbability(
  { intercept, coefficients }: Pick<LogisticFit, "intercept" | "coefficients">,
  row: ArrayLike<number>,
  offset = 0,
): number {
  let logOdds = intercept + offset;
  for (let k = 0; k < coefficients.length; k++) logOdds += (coefficients[k] ?? 0) * (row[k] ?? NaN);
  return logistic(logOdds);
}

interface HowFitted {
  readonly intercept: boolean;
  readonly iterations: number;
  readonly covariance: () => LogisticFit["covariance"];
}

function fitted({ beta, logLikelihood }: LogisticPoint, { intercept, iterations, covariance }: HowFitted): LogisticFit {
  let known: LogisticFit["covariance"] | null = null;
  return {
    kind: "estimate",
    intercept: intercept ? (beta[0] ?? NaN) : 0,
    coefficients: [...(intercept ? beta.subarray(1) : beta)],
    get covariance() {
      return (known ??= covariance());
    },
    logLikelihood,
    iterations,
  };
}

function covarianceAt(problem: LogisticProblem, beta: Float64Array): LogisticFit["covariance"] {
  const solver = scaledCholesky(logisticInformation(problem, beta));
  return solver?.inverse() ?? Array.from(beta, () => Array.from(beta, () => NaN));
}

function collinear(): Refused<"collinear"> {
  return refuse("collinear", "a column is a combination of the others; drop it or set a penalty");
}

function separated(): Refused<"separated"> {
  return refuse("separated", "some combination of columns divides the outcomes perfectly; set a penalty");
}
