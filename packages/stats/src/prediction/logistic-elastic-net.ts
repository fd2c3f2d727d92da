import { refuse, type Refused } from "../refused.ts";
import type { DenseRows } from "./dense-rows.ts";
import { logisticData, type LogisticData, type LogisticInput } from "./logistic-data.ts";
import { logistic } from "./logistic-likelihood.ts";
import type { LogisticFit, LogisticRefusal } from "./logistic-regression.ts";

/** `lambda` > 0 is the size of the penalty, `mix` in [0, 1] its share of the lasso (1 = lasso, 0 = ridge). */
export interface ElasticNetOptions {
  readonly lambda: number;
  readonly mix: number;
  readonly start?: Pick<LogisticFit, "intercept" | "coefficients">;
}

/** Coefficients that the penalty put to rest are exactly 0. */
export interface ElasticNetFit {
  readonly kind: "estimate";
  readonly intercept: number;
  readonly coefficients: readonly number[];
  readonly iterations: number;
}

const OUTER_MAX = 200;
const SWEEPS_MAX = 2000;
const TOLERANCE = 1e-11;

/**
 * Logistic regression that minimises the weighted mean log-loss + λ·(mix·‖b‖₁ + (1 − mix)/2·‖b‖²), the intercept unpenalised.
 *
 * Coordinate descent on the quadratic approximation at each outer step. Columns are used as they come: standardise them first
 * so that the penalty treats them alike. No standard errors: those of a lasso are not the ordinary ones.
 *
 * @returns refusals as `logisticRegression`; `not-converged` when the outer steps do not settle.
 * @formula minimise −Σ wᵢ log-likelihoodᵢ/Σ wᵢ + λ·(mix·‖b‖₁ + (1 − mix)/2·‖b‖²)
 * @assumes log-odds linear in the columns; few of them matter where mix is near 1
 * @see Friedman, Hastie & Tibshirani (2010), "Regularization paths for generalized linear models via coordinate descent", §3.
 * @example
 * const input = { rows: [[1], [2], [3], [4]], outcomes: [0, 1, 0, 1] };
 * logisticElasticNet(input, { lambda: 1, mix: 1 }).coefficients // => [0]
 */
export function logisticElasticNet(
  input: LogisticInput,
  { lambda, mix, start }: ElasticNetOptions,
): ElasticNetFit | Refused<LogisticRefusal> {
  const data = logisticData(input, true);
  if ("kind" in data) return data;
  if (!(lambda > 0 && lambda < Infinity) || !(mix >= 0 && mix <= 1))
    return refuse("invalid-input", `lambda must be positive and mix in [0, 1], got ${lambda} and ${mix}`);
  const columns = transposed(data.rows, data.outcomes.length);
  const beta = Float64Array.from([start?.intercept ?? 0, ...(start?.coefficients ?? columns.map(() => 0))]);
  if (beta.length !== columns.length + 1 || !beta.every(Number.isFinite))
    return refuse("invalid-input", "a warm start needs one finite coefficient a column");
  const total = data.weights.reduce((t, w) => t + w, 0);
  const shares = data.weights.map((w) => w / total);
  for (let iteration = 1; iteration <= OUTER_MAX; iteration++) {
    const working = workingResponse(data, { beta, columns, shares });
    const moved = sweepToRest(beta, columns, { ...working, lasso: lambda * mix, ridge: lambda * (1 - mix) });
    if (moved < TOLERANCE * (1 + beta.reduce((m, b) => Math.max(m, Math.abs(b)), 0)))
      return {
        kind: "estimate",
        intercept: beta[0] ?? NaN,
        coefficients: [...beta.subarray(1)],
        iterations: iteration,
      };
  }
  return refuse("not-converged", `coordinate descent did not settle in ${OUTER_MAX} outer steps`);
}

function transposed({ values, columns }: DenseRows, n: number): readonly Float64Array[] {
  return Array.from({ length: columns }, (_, k) => new Float64Array(n).map((_, i) => values[i * columns + k] ?? 0));
}

/** Weights of the quadratic approximation, and the working residual z − η at the current coefficients. */
function workingResponse(
  { outcomes, offsets }: LogisticData,
  {
    beta,
    columns,
    shares,
  }: { readonly beta: Float64Array; readonly columns: readonly Float64Array[]; readonly shares: Float64Array },
): { readonly weights: Float64Array; readonly residuals: Float64Array } {
  const weights = new Float64Array(outcomes.length);
  const residuals = new Float64Array(outcomes.length);
  for (let i = 0; i < outcomes.length; i++) {
    let logOdds = (beta[0] ?? 0) + (offsets[i] ?? 0);
    for (let k = 0; k < columns.length; k++) logOdds += (columns[k]?.[i] ?? 0) * (beta[k + 1] ?? 0);
    const p = logistic(logOdds);
    // A floor keeps a fitted 0 or 1 from dividing by nothing; the fixed point does not depend on it.
    const curvature = Math.max(p * (1 - p), 1e-5);
    weights[i] = (shares[i] ?? 0) * curvature;
    residuals[i] = ((outcomes[i] ?? 0) - p) / curvature;
  }
  return { weights, residuals };
}

/** Cycles over the coordinates until none moves; changes `beta`. Returns how far the furthest coefficient went in all. */
function sweepToRest(
  beta: Float64Array,
  columns: readonly Float64Array[],
  {
    weights,
    residuals,
    lasso,
    ridge,
  }: {
    readonly weights: Float64Array;
    readonly residuals: Float64Array;
    readonly lasso: number;
    readonly ridge: number;
  },
): number {
  const before = beta.slice();
  const ones = new Float64Array(weights.length).fill(1);
  const all = [ones, ...columns];
  const curvatures = all.map((x) => x.reduce((t, v, i) => t + (weights[i] ?? 0) * v * v, 0));
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let furthest = 0;
    all.forEach((x, k) => {
      const [old, curvature] = [beta[k] ?? 0, curvatures[k] ?? 0];
      let slope = 0;
      for (let i = 0; i < x.length; i++) slope += (weights[i] ?? 0) * (x[i] ?? 0) * (residuals[i] ?? 0);
      const target = slope + curvature * old;
      const shrunk = k === 0 ? target : Math.sign(target) * Math.max(0, Math.abs(target) - lasso);
      const divisor = k === 0 ? curvature : curvature + ridge;
      const next = divisor > 0 ? shrunk / divisor : 0;
      if (next === old) return;
      for (let i = 0; i < x.length; i++) residuals[i] = (residuals[i] ?? 0) - (next - old) * (x[i] ?? 0);
      beta[k] = next;
      furthest = Math.max(furthest, Math.abs(next - old));
    });
    if (furthest < TOLERANCE) break;
  }
  return beta.reduce((m, b, k) => Math.max(m, Math.abs(b - (before[k] ?? 0))), 0);
}
