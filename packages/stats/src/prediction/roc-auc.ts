import { ascendingOrder } from "../numerics/ascending-order.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";
import { normalQuantile, normalSf } from "../numerics/special-functions.ts";

/** Chance that a random converter is scored above a random non-converter (ties count half), with DeLong's variance. */
export interface AucEstimate {
  readonly kind: "estimate";
  readonly auc: number;
  /** 0 when the scores separate the outcomes perfectly: `aucInterval` refuses then. */
  readonly variance: number;
  readonly positives: number;
  readonly negatives: number;
}

/** Difference of the areas of two scores on the same units: first minus second. */
export interface AucDifference {
  readonly kind: "estimate";
  readonly estimate: number;
  readonly standardError: number;
  readonly z: number;
  readonly pValue: number;
}

/** Why ranking quality cannot be told. */
export type RankingRefusal = "invalid-input" | "one-class" | "zero-variance";

/**
 * Area under the ROC curve with DeLong's variance. O(n log n); ties count half.
 *
 * @param outcomes - 0 or 1 each, as many as scores.
 * @returns `one-class` with fewer than two units of either outcome; `invalid-input` for NaN scores, other outcomes, unequal lengths.
 * @see DeLong, DeLong & Clarke-Pearson (1988); placements by ranks as in Sun & Xu (2014), section III.
 */
export function auc(scores: readonly number[], outcomes: readonly number[]): AucEstimate | Refused<RankingRefusal> {
  const fault = rankingFault(scores, outcomes);
  if (fault !== null) return fault;
  const { positive, negative } = placements(scores, outcomes);
  if (positive.length < 2 || negative.length < 2)
    return refuse("one-class", `needs 2 units of each outcome, got ${positive.length} and ${negative.length}`);
  return {
    kind: "estimate",
    auc: mean(positive),
    variance: covariance(positive, positive) / positive.length + covariance(negative, negative) / negative.length,
    positives: positive.length,
    negatives: negative.length,
  };
}

/** Normal interval of an area, kept within [0, 1]; `zero-variance` for a perfect separation, where it would have no width. */
export function aucInterval(
  { auc, variance }: AucEstimate,
  confidence: number,
): Interval | Refused<"zero-variance" | "invalid-input"> {
  if (!(confidence > 0 && confidence < 1))
    return refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`);
  if (variance === 0) return refuse("zero-variance", "the scores separate these few units perfectly; wait for more");
  const half = -normalQuantile((1 - confidence) / 2) * Math.sqrt(variance);
  return { lower: Math.max(0, auc - half), upper: Math.min(1, auc + half) };
}

/**
 * Champion against challenger on the same units (DeLong's paired test).
 *
 * @returns refusals as `auc`; `zero-variance` when both rank alike or both separate perfectly.
 * @see DeLong, DeLong & Clarke-Pearson (1988), section 3.
 */
export function aucDifference(
  first: readonly number[],
  second: readonly number[],
  outcomes: readonly number[],
): AucDifference | Refused<RankingRefusal> {
  const fault = rankingFault(first, outcomes) ?? rankingFault(second, outcomes);
  if (fault !== null) return fault;
  const [a, b] = [placements(first, outcomes), placements(second, outcomes)];
  if (a.positive.length < 2 || a.negative.length < 2) return refuse("one-class", "needs 2 units of each outcome");
  const positive = a.positive.map((v, i) => v - (b.positive[i] ?? NaN));
  const negative = a.negative.map((v, i) => v - (b.negative[i] ?? NaN));
  const estimate = mean(a.positive) - mean(b.positive);
  const variance = covariance(positive, positive) / positive.length + covariance(negative, negative) / negative.length;
  if (!(variance > 0)) return refuse("zero-variance", "the two scores place every unit alike");
  const standardError = Math.sqrt(variance);
  const z = estimate / standardError;
  return { kind: "estimate", estimate, standardError, z, pValue: 2 * normalSf(Math.abs(z)) };
}

/** The first thing wrong with scores and outcomes, or null. */
export function rankingFault(
  scores: readonly number[],
  outcomes: readonly number[],
  weights?: readonly number[],
): Refused<"invalid-input"> | null {
  if (scores.length !== outcomes.length || (weights ?? scores).length !== scores.length)
    return refuse("invalid-input", "scores, outcomes and weights must be equally many");
  if (scores.some(Number.isNaN)) return refuse("invalid-input", "a score is not a number");
  if (!outcomes.every((y) => y === 0 || y === 1)) return refuse("invalid-input", "outcomes must be 0 or 1");
  return weights?.every((w) => w >= 0 && w < Infinity) === false
    ? refuse("invalid-input", "weights must be finite and not negative")
    : null;
}

/** For each converter the share of non-converters it is scored above; for each of those the share of converters above it. */
function placements(
  scores: readonly number[],
  outcomes: readonly number[],
): { readonly positive: Float64Array; readonly negative: Float64Array } {
  const total = outcomes.reduce((t, y) => t + y, 0);
  const [positive, negative] = [new Float64Array(total), new Float64Array(scores.length - total)];
  const slot = new Uint32Array(scores.length);
  let [p, n] = [0, 0];
  outcomes.forEach((y, i) => (slot[i] = y === 1 ? p++ : n++));
  const order = ascendingOrder(scores);
  let [positivesBelow, negativesBelow] = [0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    let tied = 0;
    const score = scores[order[start] ?? 0];
    for (; end < order.length && scores[order[end] ?? 0] === score; end++) tied += outcomes[order[end] ?? 0] ?? 0;
    const others = end - start - tied;
    for (let k = start; k < end; k++) {
      const i = order[k] ?? 0;
      if (outcomes[i] === 1) positive[slot[i] ?? 0] = (negativesBelow + others / 2) / negative.length;
      else negative[slot[i] ?? 0] = (total - positivesBelow - tied / 2) / total;
    }
    positivesBelow += tied;
    negativesBelow += others;
    start = end;
  }
  return { positive, negative };
}

function mean(xs: Float64Array): number {
  return xs.reduce((t, x) => t + x, 0) / xs.length;
}

function covariance(xs: Float64Array, ys: Float64Array): number {
  const [mx, my] = [mean(xs), mean(ys)];
  return xs.reduce((t, x, i) => t + (x - mx) * ((ys[i] ?? NaN) - my), 0) / (xs.length - 1);
}
