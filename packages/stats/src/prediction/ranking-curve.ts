import { ascendingOrder } from "../numerics/ascending-order.ts";
import { refuse, type Refused } from "../refused.ts";
import { packedNumbers } from "./logistic-data.ts";
import { rankingFault } from "./roc-auc.ts";

/** Acting on every unit scored at least `threshold`. Rates of the two outcomes, `precision` of what was acted on. */
export interface OperatingPoint {
  readonly threshold: number;
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
  readonly precision: number;
}

/** Points by falling threshold, one a distinct score; areas by weight. */
export interface RankingCurve {
  readonly kind: "estimate";
  readonly points: readonly OperatingPoint[];
  readonly auc: number;
  /** Σ (rise of recall) × precision: no interpolation, which would flatter. */
  readonly averagePrecision: number;
}

/** Acting on the best k units: share that converts, share of converters found, and lift over acting at random. */
export interface TopK {
  readonly kind: "estimate";
  readonly precision: number;
  readonly recall: number;
  readonly lift: number;
}

/** Why there is no curve. */
export type CurveRefusal = "invalid-input" | "one-class";

/**
 * ROC and precision-recall curve with their areas; tied scores move together. O(n log n).
 *
 * @param weights - not negative; 1 each when left out.
 * @returns `one-class` without weight on both outcomes; `invalid-input` for NaN scores or outcomes other than 0 and 1.
 * @formula recall = found/positives, false-alarm rate = alarms/negatives, precision = found/acted on; AP = Σ Δrecall·precision
 * @assumes none; a description of one ranking
 * @see Fawcett (2006), "An introduction to ROC analysis", algorithm 1; Davis & Goadrich (2006) against linear interpolation of
 * precision.
 * @example
 * rankingCurve([5, 4, 3, 2, 1], [1, 0, 1, 0, 0]).auc // => 0.833333
 */
export function rankingCurve(
  scores: readonly number[],
  outcomes: readonly number[],
  weights?: readonly number[],
): RankingCurve | Refused<CurveRefusal> {
  const fault = rankingFault(scores, outcomes, weights);
  if (fault !== null) return fault;
  const n = scores.length;
  const [s, y] = [packedNumbers(scores), packedNumbers(outcomes)];
  const w = weights === undefined ? new Float64Array(n).fill(1) : packedNumbers(weights);
  let [positives, negatives] = [0, 0];
  for (let i = 0; i < n; i++) {
    positives += (y[i] ?? 0) * (w[i] ?? 0);
    negatives += (1 - (y[i] ?? 0)) * (w[i] ?? 0);
  }
  if (!(positives > 0 && negatives > 0)) return refuse("one-class", "a curve needs units of both outcomes");
  const order = ascendingOrder(s);
  const steps = { threshold: new Float64Array(n), found: new Float64Array(n), alarms: new Float64Array(n), size: 0 };
  let [found, alarms, area, averagePrecision] = [0, 0, 0, 0];
  for (let end = n; end > 0; steps.size++) {
    const threshold = s[order[end - 1] ?? 0] ?? NaN;
    let [tied, others] = [0, 0];
    for (; end > 0 && s[order[end - 1] ?? 0] === threshold; end--) {
      const i = order[end - 1] ?? 0;
      if (y[i] === 1) tied += w[i] ?? 0;
      else others += w[i] ?? 0;
    }
    area += others * (found + tied / 2);
    found += tied;
    alarms += others;
    averagePrecision += (tied / positives) * precisionOf(found, alarms);
    steps.threshold[steps.size] = threshold;
    steps.found[steps.size] = found;
    steps.alarms[steps.size] = alarms;
  }
  let points: readonly OperatingPoint[] | null = null;
  return {
    kind: "estimate",
    // An object a unit costs more than the order of the units, and who wants an area does not read them.
    get points() {
      return (points ??= pointsOf(steps, positives, negatives));
    },
    auc: area / (positives * negatives),
    averagePrecision,
  };
}

/** What is found at each threshold, in columns. */
interface Steps {
  readonly threshold: Float64Array;
  readonly found: Float64Array;
  readonly alarms: Float64Array;
  readonly size: number;
}

function pointsOf(
  { threshold, found, alarms, size }: Steps,
  positives: number,
  negatives: number,
): readonly OperatingPoint[] {
  return Array.from({ length: size }, (_, k) => ({
    threshold: threshold[k] ?? NaN,
    truePositiveRate: (found[k] ?? NaN) / positives,
    falsePositiveRate: (alarms[k] ?? NaN) / negatives,
    precision: precisionOf(found[k] ?? NaN, alarms[k] ?? NaN),
  }));
}

function precisionOf(found: number, alarms: number): number {
  return found + alarms > 0 ? found / (found + alarms) : 1;
}

/**
 * What acting on the k best-scored units brings. Units tied at the border count by their average.
 *
 * @param k - a count from 1 to the number of units.
 * @returns `one-class` without converters (lift has nothing to compare with); `invalid-input` otherwise.
 * @formula precision@k = found/k, recall@k = found/positives, lift@k = precision@k/base rate
 * @assumes none; a description of one ranking
 * @see Provost & Fawcett (2013), "Data Science for Business", chapter 8, for lift.
 * @example
 * topK([5, 4, 3, 2, 1], [1, 1, 0, 0, 0], 2).lift // => 2.5
 */
export function topK(scores: readonly number[], outcomes: readonly number[], k: number): TopK | Refused<CurveRefusal> {
  const fault = rankingFault(scores, outcomes);
  if (fault !== null) return fault;
  if (!Number.isSafeInteger(k) || k < 1 || k > scores.length)
    return refuse("invalid-input", `k must be a count from 1 to ${scores.length}, got ${k}`);
  const positives = outcomes.reduce((t, y) => t + y, 0);
  if (positives === 0) return refuse("one-class", "no unit converted; there is nothing to find");
  const found = expectedGains(scores, outcomes)
    .slice(0, k)
    .reduce((t, gain) => t + gain, 0);
  return {
    kind: "estimate",
    precision: found / k,
    recall: found / positives,
    lift: found / k / (positives / scores.length),
  };
}

/**
 * Normalised discounted cumulative gain: gain of the unit at rank r discounted by log₂(r + 1), against the best possible order.
 *
 * @param depth - ranks that count; all when left out.
 * @returns `one-class` when no unit converted; `invalid-input` otherwise.
 * @formula Σ gainᵣ/log₂(r + 1) over ranks r ≤ depth, divided by the same sum in the best order
 * @assumes none; a description of one ranking
 * @see Järvelin & Kekäläinen (2002); ties averaged as in McSherry & Najork (2008), section 2.
 * @example
 * normalisedGain([2, 1], [0, 1]).gain // => 0.63093
 */
export function normalisedGain(
  scores: readonly number[],
  outcomes: readonly number[],
  depth = Infinity,
): { readonly kind: "estimate"; readonly gain: number } | Refused<CurveRefusal> {
  const fault = rankingFault(scores, outcomes);
  if (fault !== null) return fault;
  if (!(depth >= 1)) return refuse("invalid-input", `depth must be 1 or more, got ${depth}`);
  const best = discounted(
    outcomes.toSorted((a, b) => b - a),
    depth,
  );
  if (best === 0) return refuse("one-class", "no unit converted; there is nothing to rank");
  return { kind: "estimate", gain: discounted(expectedGains(scores, outcomes), depth) / best };
}

/** Outcome expected at each rank, best first: ties share the mean of their group. */
function expectedGains(scores: readonly number[], outcomes: readonly number[]): readonly number[] {
  const order = ascendingOrder(scores);
  const gains: number[] = [];
  for (let end = order.length; end > 0;) {
    const score = scores[order[end - 1] ?? 0];
    let [sum, size] = [0, 0];
    for (; end > 0 && scores[order[end - 1] ?? 0] === score; end--, size++) sum += outcomes[order[end - 1] ?? 0] ?? 0;
    for (let k = 0; k < size; k++) gains.push(sum / size);
  }
  return gains;
}

function discounted(gains: readonly number[], depth: number): number {
  return gains.reduce((t, gain, rank) => (rank < depth ? t + gain / Math.log2(rank + 2) : t), 0);
}
