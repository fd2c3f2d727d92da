import { Matrix } from "ml-matrix";
import { refuse, type Refused } from "../refused.ts";

/** Donors' shares (not negative, sum 1) and how well their mix follows the treated unit before the treatment. */
export interface SyntheticControl {
  readonly kind: "estimate";
  readonly weights: readonly number[];
  /** Root mean squared difference over the periods, in units of the outcome. */
  readonly fitError: number;
}

const ITERATIONS_MAX = 100_000;

/**
 * Weights of the donors whose mix is closest to the treated unit before treatment: least squares on the simplex, by accelerated
 * projected gradient.
 *
 * No standard error: judge an effect by giving the treatment to each donor in turn (placebo), and distrust a poor fit.
 *
 * @param donors - one row a period, one column a donor.
 * @returns `too-few` without periods or donors, `not-converged` when the weights do not settle, `invalid-input` otherwise.
 * @see Abadie, Diamond & Hainmueller (2010), eq. 6, with V the identity; Beck & Teboulle (2009) for the acceleration; Duchi et al.
 * (2008) for the projection.
 */
export function syntheticControl(
  treated: readonly number[],
  donors: readonly (readonly number[])[],
): SyntheticControl | Refused<"invalid-input" | "too-few" | "not-converged"> {
  const count = donors[0]?.length ?? 0;
  if (treated.length === 0 || count === 0) return refuse("too-few", "needs a period and a donor");
  if (donors.length !== treated.length || !donors.every((row) => row.length === count && row.every(Number.isFinite)))
    return refuse("invalid-input", "every period needs a finite outcome of every donor");
  if (!treated.every(Number.isFinite)) return refuse("invalid-input", "outcomes must be finite");
  const x = new Matrix(donors.map((row) => [...row]));
  const gram = x.transpose().mmul(x);
  const target = x
    .transpose()
    .mmul(Matrix.columnVector([...treated]))
    .to1DArray();
  const weights = simplexLeastSquares(gram.to2DArray(), target);
  if (weights === null) return refuse("not-converged", `the weights did not settle in ${ITERATIONS_MAX} steps`);
  const squares = treated.reduce((t, y, i) => {
    const mix = (donors[i] ?? []).reduce((s, d, k) => s + d * (weights[k] ?? 0), 0);
    return t + (y - mix) ** 2;
  }, 0);
  return { kind: "estimate", weights, fitError: Math.sqrt(squares / treated.length) };
}

/** Minimises w'Gw/2 − t'w on the simplex; restarts its momentum whenever it points uphill. */
function simplexLeastSquares(
  gram: readonly (readonly number[])[],
  target: readonly number[],
): readonly number[] | null {
  const slope = (w: readonly number[]): number[] =>
    gram.map((row, k) => row.reduce((t, g, l) => t + g * (w[l] ?? 0), 0) - (target[k] ?? 0));
  // The trace bounds the largest eigenvalue, so a step of its inverse never overshoots.
  const step =
    1 /
    Math.max(
      gram.reduce((t, row, k) => t + (row[k] ?? 0), 0),
      Number.MIN_VALUE,
    );
  let weights: readonly number[] = target.map(() => 1 / target.length);
  let ahead = weights;
  let momentum = 1;
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
    const gradient = slope(ahead);
    const next = ontoSimplex(ahead.map((w, k) => w - step * (gradient[k] ?? 0)));
    const move = next.map((w, k) => w - (weights[k] ?? 0));
    const uphill = move.reduce((t, m, k) => t + m * ((ahead[k] ?? 0) - (next[k] ?? 0)), 0) > 0;
    const following = uphill ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const push = uphill ? 0 : (momentum - 1) / following;
    const settled =
      !uphill && Math.max(...move.map(Math.abs), ...ahead.map((w, k) => Math.abs(w - (next[k] ?? 0)))) < 1e-14;
    ahead = next.map((w, k) => w + push * (move[k] ?? 0));
    weights = next;
    momentum = following;
    if (settled) return weights;
  }
  return null;
}

function ontoSimplex(point: readonly number[]): readonly number[] {
  const sorted = point.toSorted((a, b) => b - a);
  let [sum, shift] = [0, 0];
  sorted.forEach((value, k) => {
    sum += value;
    if (value - (sum - 1) / (k + 1) > 0) shift = (sum - 1) / (k + 1);
  });
  return point.map((value) => Math.max(0, value - shift));
}
