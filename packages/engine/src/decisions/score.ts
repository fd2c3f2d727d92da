import type { Context } from "../context.ts";
import type { ActionId } from "../ids.ts";
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

/** The features of a lever, a column a property: numbers that lie side by side are read without making an object of each. */
interface FeatureColumns {
  readonly isNumeric: readonly boolean[];
  readonly field: readonly string[];
  readonly centre: Float64Array;
  readonly scale: Float64Array;
  readonly missing: Float64Array;
}

const COLUMNS = new WeakMap<readonly Feature[], FeatureColumns>();

function columnsOf(features: readonly Feature[]): FeatureColumns {
  const known = COLUMNS.get(features);
  if (known !== undefined) return known;
  const made: FeatureColumns = {
    isNumeric: features.map(({ kind }) => kind === "numeric"),
    field: features.map(({ field }) => field),
    centre: Float64Array.from(features, (feature) => (feature.kind === "numeric" ? feature.centre : 0)),
    scale: Float64Array.from(features, (feature) => (feature.kind === "numeric" ? feature.scale : 1)),
    missing: Float64Array.from(features, ({ missing }) => missing),
  };
  COLUMNS.set(features, made);
  return made;
}

/** What each feature adds to the score: weight · x, in the order of the features, which is that of the weights. */
export function pointsOf(
  features: readonly Feature[],
  weights: readonly number[],
  context: Context,
): readonly number[] {
  const { isNumeric, field, centre, scale, missing } = columnsOf(features);
  // Begun as a copy of the weights: it has its length and holds fractions from the start, so that it is never made over while it fills.
  const points = weights.slice();
  for (let i = 0; i < points.length; i++) {
    const weight = points[i] ?? 0;
    const feature = features[i];
    if (isNumeric[i] === true) {
      points[i] = weight * numericValue(context[field[i] ?? ""], centre[i] ?? 0, scale[i] ?? 1, missing[i] ?? 0);
    } else if (feature !== undefined) points[i] = weight * featureValue(feature, context);
  }
  return points;
}

/** The score that the points make: added from left to right, beginning with the intercept, so that it can be added up again to the bit. */
export function totalOf(intercept: number, points: readonly number[]): number {
  let total = intercept;
  for (const point of points) total += point;
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

/** The first band, best first, that a calibrated score reaches. Bands that were checked end at 0, so there is one. */
export function bandOf(bands: readonly Band[], calibrated: number): ActionId | null {
  for (const band of bands) if (calibrated >= band.atLeast) return band.name;
  return null;
}
