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
 * @formula AUC = Σ [s₊ > s₋] + ½[s₊ = s₋] over pairs/(m·n); variance = var(V₁₀)/m + var(V₀₁)/n of the placements
 * @assumes independent units
 * @see DeLong, DeLong & Clarke-Pearson (1988); by ranks as in Sun & Xu (2014), section III.
 * @example
 * auc([1, 2, 2, 3], [0, 0, 1, 1]).auc // => 0.875
 */
export function auc(scores: ArrayLike<number>, outcomes: ArrayLike<number>): AucEstimate | Refused<RankingRefusal> {
  const fault = rankingFault(scores, outcomes);
  if (fault !== null) return fault;
  const [positive, negative] = sortedByOutcome(scores, outcomes);
  const [m, n] = [positive.length, negative.length];
  if (m < 2 || n < 2) return refuse("one-class", `needs 2 units of each outcome, got ${m} and ${n}`);
  let won = 0;
  eachScore(positive, negative, (tied, others, { negativesBelow }) => (won += tied * (negativesBelow + others / 2)));
  const area = won / (m * n);
  let [spreadOfPositives, spreadOfNegatives] = [0, 0];
  eachScore(positive, negative, (tied, others, { positivesBelow, negativesBelow }) => {
    spreadOfPositives += tied * ((negativesBelow + others / 2) / n - area) ** 2;
    spreadOfNegatives += others * ((m - positivesBelow - tied / 2) / m - area) ** 2;
  });
  return {
    kind: "estimate",
    auc: area,
    variance: spreadOfPositives / (m - 1) / m + spreadOfNegatives / (n - 1) / n,
    positives: m,
    negatives: n,
  };
}

/**
 * Normal interval of an area, kept within [0, 1]; `zero-variance` for a perfect separation, where it would have no width.
 *
 * @part auc
 * @example
 * aucInterval({ kind: "estimate", auc: 0.8, variance: 0.01, positives: 20, negatives: 20 }, 0.95).lower // => 0.604004
 */
export function aucInterval(
  { auc, variance }: AucEstimate,
  confidence: number,
): Interval | Refused<"zero-variance" | "invalid-input"> {
  if (!(confidence > 0 && confidence < 1))
    return refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`);
  if (!(variance >= 0 && variance < Infinity))
    return refuse("invalid-input", `variance must be finite, got ${variance}`);
  if (auc + Math.sqrt(variance) === auc)
    return refuse("zero-variance", "the scores separate these few units perfectly; wait for more");
  const half = -normalQuantile((1 - confidence) / 2) * Math.sqrt(variance);
  return { lower: Math.max(0, auc - half), upper: Math.min(1, auc + half) };
}

/**
 * Champion against challenger on the same units (DeLong's paired test).
 *
 * @returns refusals as `auc`; `zero-variance` when both rank alike or both separate perfectly.
 * @formula z = (AUC₁ − AUC₂)/√(var of the paired differences of placements)
 * @assumes independent units, both scores on the same ones
 * @see DeLong, DeLong & Clarke-Pearson (1988), section 3.
 * @example
 * aucDifference([3, 1, 2, 4, 0, 5], [1, 2, 3, 4, 5, 6], [1, 0, 0, 1, 0, 1]).estimate // => 0.444444
 */
export function aucDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  outcomes: ArrayLike<number>,
): AucDifference | Refused<RankingRefusal> {
  const fault = rankingFault(first, outcomes) ?? rankingFault(second, outcomes);
  if (fault !== null) return fault;
  const [a, b] = [placements(first, outcomes), placements(second, outcomes)];
  if (a.positive.length < 2 || a.negative.length < 2) return refuse("one-class", "needs 2 units of each outcome");
  const positive = a.positive.map((v, i) => v - (b.positive[i] ?? NaN));
  const negative = a.negative.map((v, i) => v - (b.negative[i] ?? NaN));
  const estimate = mean(a.positive) - mean(b.positive);
  const spread = variance(positive) / positive.length + variance(negative) / negative.length;
  if (!(spread > 0)) return refuse("zero-variance", "the two scores place every unit alike");
  const standardError = Math.sqrt(spread);
  const z = estimate / standardError;
  return { kind: "estimate", estimate, standardError, z, pValue: 2 * normalSf(Math.abs(z)) };
}

/** The first thing wrong with scores and outcomes, or null. */
export function rankingFault(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Refused<"invalid-input"> | null {
  const n = scores.length;
  if (n !== outcomes.length || (weights ?? scores).length !== n)
    return refuse("invalid-input", "scores, outcomes and weights must be equally many");
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(scores[i])) return refuse("invalid-input", `scores must be finite, got ${scores[i]}`);
    if (outcomes[i] !== 0 && outcomes[i] !== 1) return refuse("invalid-input", "outcomes must be 0 or 1");
    const weight = weights === undefined ? 1 : (weights[i] ?? NaN);
    if (!(weight >= 0 && weight < Infinity)) return refuse("invalid-input", "weights must be finite and not negative");
  }
  return null;
}

/** Scores of those who converted and of those who did not, each ascending: no order of units is needed for one score. */
function sortedByOutcome(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
): readonly [Float64Array, Float64Array] {
  const positive = new Float64Array(scores.length);
  const negative = new Float64Array(scores.length);
  let found = 0;
  for (let i = 0; i < scores.length; i++)
    if (outcomes[i] === 1) positive[found++] = scores[i] ?? NaN;
    else negative[i - found] = scores[i] ?? NaN;
  return [positive.subarray(0, found).sort(), negative.subarray(0, scores.length - found).sort()];
}

/** Visits each distinct score from the lowest: converters and others who have it, and how many of each lie below. */
function eachScore(
  positive: Float64Array,
  negative: Float64Array,
  visit: (
    tied: number,
    others: number,
    below: { readonly positivesBelow: number; readonly negativesBelow: number },
  ) => void,
): void {
  for (let p = 0, n = 0; p < positive.length || n < negative.length;) {
    const [positivesBelow, negativesBelow] = [p, n];
    const score = Math.min(positive[p] ?? Infinity, negative[n] ?? Infinity);
    while (p < positive.length && positive[p] === score) p++;
    while (n < negative.length && negative[n] === score) n++;
    visit(p - positivesBelow, n - negativesBelow, { positivesBelow, negativesBelow });
  }
}

interface Placements {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** For each converter the share of non-converters it is scored above; for each of those the share of converters above it. */
function placements(scores: ArrayLike<number>, outcomes: ArrayLike<number>): Placements {
  const n = scores.length;
  // Place of each unit among those of its outcome, so that the placements of two scores can be paired.
  const slot = new Uint32Array(n);
  let total = 0;
  for (let i = 0; i < n; i++) {
    slot[i] = outcomes[i] === 1 ? total : i - total;
    if (outcomes[i] === 1) total++;
  }
  const positive = new Float64Array(total);
  const negative = new Float64Array(n - total);
  const order = ascendingOrder(scores);
  let positivesBelow = 0;
  let negativesBelow = 0;
  for (let start = 0; start < n;) {
    const score = scores[order[start] ?? 0];
    let end = start;
    let tied = 0;
    for (; end < n && scores[order[end] ?? 0] === score; end++) tied += outcomes[order[end] ?? 0] ?? 0;
    const others = end - start - tied;
    for (let k = start; k < end; k++) {
      const i = order[k] ?? 0;
      const at = slot[i] ?? 0;
      if (outcomes[i] === 1) positive[at] = (negativesBelow + others / 2) / negative.length;
      else negative[at] = (total - positivesBelow - tied / 2) / total;
    }
    positivesBelow += tied;
    negativesBelow += others;
    start = end;
  }
  return { positive, negative };
}

function mean(xs: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += xs[i] ?? 0;
  return sum / xs.length;
}

function variance(xs: Float64Array): number {
  const centre = mean(xs);
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += ((xs[i] ?? 0) - centre) ** 2;
  return sum / (xs.length - 1);
}
