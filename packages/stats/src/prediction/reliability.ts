import { refuse, type Refused } from "../refused.ts";
import { forecastFault } from "./scoring-rules.ts";

/** One bin of a reliability diagram: mean forecast, share that converted, units. */
export interface ReliabilityBin {
  readonly predicted: number;
  readonly observed: number;
  readonly n: number;
}

/** Bins without units are left out. */
export interface Reliability {
  readonly kind: "estimate";
  readonly bins: readonly ReliabilityBin[];
  /** Mean |observed − predicted| over units (ECE), and the largest over bins (MCE). */
  readonly expectedError: number;
  readonly largestError: number;
}

/** `equal-width` cuts [0, 1] evenly; `equal-mass` at quantiles of the forecasts: prefer it, as lead scores crowd near 0. */
export interface ReliabilityOptions {
  readonly bins: number;
  readonly by: "equal-width" | "equal-mass";
}

/**
 * Reliability diagram and calibration errors of probability forecasts. A forecast on an inner edge falls in the lower bin.
 *
 * Binned errors are biased upwards when bins are small: compare models with the same bins on the same units only.
 *
 * @returns `too-few` without units; `invalid-input` for forecasts outside [0, 1], outcomes not 0 or 1, or bins not a count from 1.
 * @formula ECE = Σ_bins n_b/n·|observed_b − predicted_b|, MCE the largest of them
 * @assumes none; a description, biased upwards in small bins
 * @see Murphy & Winkler (1977); Naeini, Cooper & Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian
 * binning", section 3, for ECE and MCE.
 * @example
 * reliability([0.2, 0.2, 0.8, 0.8], [0, 0, 1, 1], { bins: 2, by: "equal-width" }).expectedError // => 0.2
 */
export function reliability(
  forecasts: readonly number[],
  outcomes: readonly number[],
  { bins, by }: ReliabilityOptions,
): Reliability | Refused<"invalid-input" | "too-few"> {
  const fault = forecastFault(forecasts, outcomes);
  if (fault !== null) return fault;
  if (!Number.isSafeInteger(bins) || bins < 1) return refuse("invalid-input", `bins must be a count, got ${bins}`);
  const inner = by === "equal-width" ? evenEdges(bins) : massEdges(forecasts, bins);
  const sums = Array.from({ length: bins }, () => ({ predicted: 0, observed: 0, n: 0 }));
  forecasts.forEach((p, i) => {
    const bin = sums[edgesBelow(inner, p)];
    if (bin === undefined) throw new Error("a forecast fell outside every bin");
    bin.predicted += p;
    bin.observed += outcomes[i] ?? NaN;
    bin.n++;
  });
  const filled = sums
    .filter(({ n }) => n > 0)
    .map(({ predicted, observed, n }) => ({ predicted: predicted / n, observed: observed / n, n }));
  const gaps = filled.map(({ predicted, observed }) => Math.abs(predicted - observed));
  return {
    kind: "estimate",
    bins: filled,
    expectedError: gaps.reduce((t, gap, k) => t + (gap * (filled[k]?.n ?? 0)) / forecasts.length, 0),
    largestError: Math.max(...gaps),
  };
}

function evenEdges(bins: number): readonly number[] {
  return Array.from({ length: bins - 1 }, (_, k) => (k + 1) * (1 / bins));
}

function massEdges(forecasts: readonly number[], bins: number): readonly number[] {
  const sorted = forecasts.toSorted((a, b) => a - b);
  return evenEdges(bins).map((share) => {
    const at = ((share * 100) / 100) * (sorted.length - 1);
    const low = Math.floor(at);
    const [a, b] = [sorted[low] ?? NaN, sorted[Math.min(low + 1, sorted.length - 1)] ?? NaN];
    // From the nearer end, as NumPy does it: a forecast equal to an edge must fall on the same side of it.
    return at - low < 0.5 ? a + (b - a) * (at - low) : b - (b - a) * (1 - (at - low));
  });
}

function edgesBelow(edges: readonly number[], p: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? NaN) < p) low = middle + 1;
    else high = middle;
  }
  return low;
}
