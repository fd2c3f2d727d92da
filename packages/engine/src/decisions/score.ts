import type { Context } from "../context.ts";
import type { Band, Feature, Knot, WeightsValue } from "./lever.ts";

/** Furthest that a numeric feature reaches, in scales: one absurd value of a context must not be all of a score. */
export const NUMERIC_REACH = 1000;

/**
 * The number that a feature makes of a context. A value of another type than the feature's, or no finite number, counts as missing.
 */
export function featureValue(feature: Feature, context: Context): number {
  // A field may be called "constructor": what every object lends is no number, flag or text, and so counts as missing.
  const value = context[feature.field];
  switch (feature.kind) {
    case "numeric":
      return numericValue(value, feature.centre, feature.scale, feature.missing);
    case "flag":
      return value === true ? 1 : value === false ? 0 : feature.missing;
    case "category":
      return typeof value !== "string" || value === "" ? feature.missing : feature.values.includes(value) ? 1 : 0;
  }
}

function numericValue(value: Context[string] | undefined, centre: number, scale: number, missing: number): number {
  if (typeof value !== "number" || !Number.isFinite(value)) return missing;
  const x = (value - centre) / scale;
  return x > NUMERIC_REACH ? NUMERIC_REACH : x < -NUMERIC_REACH ? -NUMERIC_REACH : x;
}

/** The features of a lever with the weights that are served, a column a property: numbers that lie side by side are read without an object of each. */
interface FeatureColumns {
  readonly kinds: readonly Feature["kind"][];
  readonly field: readonly string[];
  readonly centre: Float64Array;
  readonly scale: Float64Array;
  readonly weights: Float64Array;
  /** Of categories: the words that count. */
  readonly words: readonly (readonly string[])[];
  /** What each adds where the context says nothing of it. */
  readonly unsaid: readonly number[];
}

const COLUMNS = new WeakMap<readonly number[], FeatureColumns>();

function columnsOf(features: readonly Feature[], weights: readonly number[]): FeatureColumns {
  const known = COLUMNS.get(weights);
  if (known !== undefined) return known;
  const made: FeatureColumns = {
    kinds: features.map(({ kind }) => kind),
    field: features.map(({ field }) => field),
    centre: Float64Array.from(features, (feature) => (feature.kind === "numeric" ? feature.centre : 0)),
    scale: Float64Array.from(features, (feature) => (feature.kind === "numeric" ? feature.scale : 1)),
    weights: Float64Array.from(features, (_, i) => weights[i] ?? 0),
    words: features.map((feature) => (feature.kind === "category" ? feature.values : [])),
    unsaid: fractions(features.map(({ missing }, i) => (weights[i] ?? 0) * missing)),
  };
  COLUMNS.set(weights, made);
  return made;
}

/** The same numbers in a list that holds fractions from the start, as its copies do: none is made over while it fills. */
function fractions(numbers: readonly number[]): readonly number[] {
  const list = [0.5];
  list.length = 0;
  for (const x of numbers) list.push(x);
  return list;
}

/**
 * What each feature adds to the score: weight · x, in the order of the features, which is that of the weights.
 *
 * @param weights - made for these features and no others: what is worked out of both is remembered by the weights.
 */
export function pointsOf(
  features: readonly Feature[],
  weights: readonly number[],
  context: Context,
): readonly number[] {
  const { kinds, field, centre, scale, words, weights: heavy, unsaid } = columnsOf(features, weights);
  const points = unsaid.slice();
  for (let i = 0; i < points.length; i++) {
    // As `featureValue`, written out and told by the value's type first: a number that is handed on is put in a box.
    const value = context[field[i] ?? ""];
    const weight = heavy[i] ?? 0;
    if (typeof value === "number") {
      if (kinds[i] !== "numeric" || !Number.isFinite(value)) continue;
      const x = (value - (centre[i] ?? 0)) / (scale[i] ?? 1);
      // `Math.min` rather than a condition, by which V8 boxes the number too.
      points[i] = weight * Math.max(-NUMERIC_REACH, Math.min(NUMERIC_REACH, x));
    } else if (typeof value === "boolean") {
      if (kinds[i] === "flag") points[i] = weight * (value ? 1 : 0);
    } else if (typeof value === "string" && value !== "" && kinds[i] === "category") {
      points[i] = weight * (words[i]?.includes(value) === true ? 1 : 0);
    }
  }
  return points;
}

/** The score that the points make: added from left to right, beginning with the intercept, so that it can be added up again to the bit. */
export function totalOf(intercept: number, points: readonly number[]): number {
  let total = intercept;
  // By place: an iterator puts every number in a box.
  for (let i = 0; i < points.length; i++) total += points[i] ?? 0;
  return total;
}

/** The weights of a value in the order of the features. */
export function weightsInOrder(features: readonly Feature[], value: WeightsValue): readonly number[] {
  return features.map(({ name }) => (Object.hasOwn(value.weights, name) ? (value.weights[name] ?? 0) : 0));
}

/** The probability that the calibration curve gives a score: straight lines between the knots, flat beyond the ends. */
export function calibrate(knots: readonly Knot[], score: number): number {
  let before = 0;
  let after = knots.length;
  while (before < after) {
    const middle = (before + after) >> 1;
    const knot = knots[middle];
    if (knot !== undefined && knot.score <= score) before = middle + 1;
    else after = middle;
  }
  const [left, right] = [knots[before - 1], knots[before]];
  if (left === undefined) return right?.probability ?? 0;
  if (right === undefined) return left.probability;
  const share = (score - left.score) / (right.score - left.score);
  return left.probability + share * (right.probability - left.probability);
}

/** The least score whose calibrated probability reaches this one; null where none does, or where every score does. */
export function scoreReaching(knots: readonly Knot[], probability: number): number | null {
  const at = knots.findIndex((knot) => knot.probability >= probability);
  const [left, right] = [knots[at - 1], knots[at]];
  if (left === undefined || right === undefined) return null;
  return (
    left.score +
    ((probability - left.probability) / (right.probability - left.probability)) * (right.score - left.score)
  );
}

/** Place of the first band, best first, that a calibrated score reaches; −1 where none does. Bands that were checked end at 0, so there is one. */
export function bandAt(bands: readonly Band[], calibrated: number): number {
  for (let i = 0; i < bands.length; i++) if (calibrated >= (bands[i]?.atLeast ?? Infinity)) return i;
  return -1;
}
