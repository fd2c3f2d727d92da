import { bisect } from "../numerics/bisect.ts";
import { refuse, type Refused } from "../refused.ts";

/** Mean of a group shrunk towards the mean of all, as a deviation from it, with its posterior standard deviation. */
export interface GroupDeviation {
  readonly group: number;
  readonly n: number;
  readonly deviation: number;
  /** Takes the mean and the variances as known; 0 when groups do not differ at all. */
  readonly standardDeviation: number;
}

/** y = mean + deviation of the group + residual. */
export interface RandomIntercept {
  readonly kind: "estimate";
  readonly mean: number;
  readonly betweenVariance: number;
  readonly withinVariance: number;
  /** In the order in which groups first appear. */
  readonly groups: readonly GroupDeviation[];
}

/**
 * One-way random effects by restricted maximum likelihood, with the best linear predictions of the groups: segments from raw outcomes.
 * O(n) once, then a root in one variable.
 *
 * Assumes equal spread within groups. Where only effects and their errors are known use `normalNormal`.
 *
 * @param groups - a label a unit.
 * @returns `too-few` with one group or as many groups as units, `zero-variance` when nothing varies within groups, `invalid-input`.
 * @see Patterson & Thompson (1971) for the likelihood; Searle, Casella & McCulloch (1992), "Variance Components", chapters 3 and 7.
 * @formula y_ij = μ + u_i + e_ij; u_i predicted by ρn_i/(1 + ρn_i)·(ȳ_i − μ), ρ = σ_u²/σ_e²
 * @assumes groups are a sample of like groups; one spread within all
 * @example
 * randomIntercept([1, 2, 5, 7, 3, 4], [1, 1, 2, 2, 3, 3]) // => { mean: 3.6667, betweenVariance: 4.5833, withinVariance: 1 }
 */
export function randomIntercept(
  outcomes: readonly number[],
  groups: readonly number[],
): RandomIntercept | Refused<"invalid-input" | "too-few" | "zero-variance"> {
  if (outcomes.length !== groups.length || !outcomes.every(Number.isFinite) || groups.some(Number.isNaN))
    return refuse("invalid-input", "every unit needs a finite outcome and a group");
  const cells = grouped(outcomes, groups);
  const within = outcomes.reduce((t, y, i) => t + (y - (cells.get(groups[i] ?? NaN)?.mean ?? NaN)) ** 2, 0);
  const all = [...cells.values()];
  if (all.length < 2 || all.length === outcomes.length)
    return refuse("too-few", `${outcomes.length} units in ${all.length} groups cannot tell groups from units`);
  if (!(within < Infinity)) return refuse("invalid-input", "outcomes are too large for doubles");
  if (!(within > 0)) return refuse("zero-variance", "outcomes do not vary within groups");
  const n = outcomes.length;
  // Slope of the restricted likelihood in the log of the ratio of variances: one sign change at most matters.
  const slope = (logRatio: number): number => likelihoodSlope(all, { ratio: Math.exp(logRatio), within, n });
  const ratio = slope(-25) <= 0 ? 0 : Math.exp(bisect(slope, -25, 25));
  const { mean, spread } = atRatio(all, ratio);
  const withinVariance = (within + spread) / (n - 1);
  return {
    kind: "estimate",
    mean,
    betweenVariance: ratio * withinVariance,
    withinVariance,
    groups: all.map((cell) => ({
      group: cell.group,
      n: cell.n,
      deviation: ((ratio * cell.n) / (1 + ratio * cell.n)) * (cell.mean - mean),
      standardDeviation: Math.sqrt((ratio * withinVariance) / (1 + ratio * cell.n)),
    })),
  };
}

interface Cell {
  readonly group: number;
  n: number;
  mean: number;
}

function grouped(outcomes: readonly number[], groups: readonly number[]): ReadonlyMap<number, Cell> {
  const cells = new Map<number, Cell>();
  outcomes.forEach((y, i) => {
    const group = groups[i] ?? NaN;
    const cell = cells.get(group) ?? { group, n: 0, mean: 0 };
    cell.n++;
    cell.mean += (y - cell.mean) / cell.n;
    cells.set(group, cell);
  });
  return cells;
}

/** Weighted mean of the groups, and their weighted spread around it, at a ratio of variances. */
function atRatio(cells: readonly Cell[], ratio: number): { readonly mean: number; readonly spread: number } {
  let [total, sum] = [0, 0];
  for (const { n, mean } of cells) {
    total += n / (1 + ratio * n);
    sum += (n / (1 + ratio * n)) * mean;
  }
  const mean = sum / total;
  return { mean, spread: cells.reduce((t, c) => t + (c.n / (1 + ratio * c.n)) * (c.mean - mean) ** 2, 0) };
}

/** d/d ratio of the restricted log-likelihood, the within variance profiled out; up to a positive factor. */
function likelihoodSlope(
  cells: readonly Cell[],
  { ratio, within, n }: { readonly ratio: number; readonly within: number; readonly n: number },
): number {
  const { mean, spread } = atRatio(cells, ratio);
  let [weights, squares, pull] = [0, 0, 0];
  for (const cell of cells) {
    const w = cell.n / (1 + ratio * cell.n);
    weights += w;
    squares += w * w;
    pull += w * w * (cell.mean - mean) ** 2;
  }
  return ((n - 1) * pull) / (within + spread) - weights + squares / weights;
}
