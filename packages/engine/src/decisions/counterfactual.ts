import type { Context } from "../context.ts";
import type { ActionId } from "../ids.ts";
import type { Feature } from "./lever.ts";
import { featureValue, NUMERIC_REACH } from "./score.ts";

/** The nearest single change that would have given another action, the draw being what it was. */
export type Counterfactual =
  /** Another value of one field of the context; `to` names a segment's bin where the field is cut into bins. */
  | {
      readonly kind: "context";
      readonly field: string;
      readonly to: string | number | boolean;
      readonly action: ActionId;
    }
  | { readonly kind: "threshold"; readonly to: number; readonly action: ActionId }
  | { readonly kind: "weight"; readonly feature: string; readonly to: number; readonly action: ActionId }
  | { readonly kind: "none" };

export const NO_SINGLE_CHANGE: Counterfactual = { kind: "none" };

/** What stands for a value that no category of a field lists. */
const ANOTHER_VALUE = "(another)";

/** The features that read one field of the context, with their places in the lever's order. */
export interface FieldFeatures {
  readonly field: string;
  readonly features: readonly { readonly feature: Feature; readonly index: number }[];
  /** The values worth trying; null where the field is a number, and any value may be had. */
  readonly values: readonly (string | boolean)[] | null;
}

/**
 * The fields of a lever whose change moves the score and nothing else: those that also name the segment would bring other weights with
 * them, and those that are read as a number and as a word at once have no nearest value.
 */
export function movableFields(
  features: readonly Feature[],
  segmentFields: readonly string[],
): readonly FieldFeatures[] {
  const fields = [...new Set(features.map(({ field }) => field))].filter((field) => !segmentFields.includes(field));
  return fields.flatMap((field) => {
    const own = features.flatMap((feature, index) => (feature.field === field ? [{ feature, index }] : []));
    const kinds = new Set(own.map(({ feature }) => feature.kind));
    if (kinds.size > 1) return [];
    return [{ field, features: own, values: valuesOf(own.map(({ feature }) => feature)) }];
  });
}

function valuesOf(features: readonly Feature[]): FieldFeatures["values"] {
  const [first] = features;
  if (first === undefined || first.kind === "numeric") return null;
  if (first.kind === "flag") return [true, false];
  const listed = features.flatMap((feature) => (feature.kind === "category" ? feature.values : []));
  return [...new Set(listed), ANOTHER_VALUE];
}

/** A score that is to reach an edge, or to fall below it. */
export interface ScoreGap {
  readonly fields: readonly FieldFeatures[];
  readonly weights: readonly number[];
  readonly context: Context;
  readonly score: number;
  /** From here on the action is another one (rising), or below here (falling). */
  readonly edge: number;
  readonly rising: boolean;
}

/** A change of one field, and how far it is: in scales of a number, 1 for a word or a flag. */
export interface FieldChange {
  readonly field: string;
  readonly to: string | number | boolean;
  readonly distance: number;
}

/** Fields in the order in which they are tried. */
interface FieldOrder {
  /** Numbers, those first that have the least way to go for a point. */
  readonly numbers: readonly FieldFeatures[];
  /** Words and flags, in the order of the lever. */
  readonly words: readonly (FieldFeatures & { readonly values: NonNullable<FieldFeatures["values"]> })[];
}

/** By the weights that are served: worked out once for all units that get them. */
const ORDERS = new WeakMap<readonly number[], Map<readonly FieldFeatures[], FieldOrder>>();

function orderOf({ fields, weights }: Pick<ScoreGap, "fields" | "weights">): FieldOrder {
  const orders = ORDERS.get(weights) ?? new Map<readonly FieldFeatures[], FieldOrder>();
  ORDERS.set(weights, orders);
  const known = orders.get(fields);
  if (known !== undefined) return known;
  const steepness = ({ features }: FieldFeatures): number => {
    let [slope, narrowest] = [0, Infinity];
    for (const { feature, index } of features) {
      if (feature.kind !== "numeric") continue;
      slope += (weights[index] ?? 0) / feature.scale;
      narrowest = Math.min(narrowest, feature.scale);
    }
    return Math.abs(slope) * narrowest;
  };
  const made: FieldOrder = {
    numbers: fields
      .filter((field) => field.values === null && steepness(field) > 0)
      .toSorted((x, y) => steepness(y) - steepness(x)),
    words: fields.flatMap((field) => (field.values === null ? [] : [{ ...field, values: field.values }])),
  };
  orders.set(fields, made);
  return made;
}

/**
 * The nearest change of one field that carries the score over the edge; of equally near ones a number before a word, else the first. null
 * where none does.
 */
export function nearestFieldChange(gap: ScoreGap): FieldChange | null {
  const { numbers, words } = orderOf(gap);
  let nearest: FieldChange | null = null;
  for (const field of numbers) {
    const change = numericChange(gap, field);
    if (change === null) continue;
    if (nearest === null || change.distance < nearest.distance) nearest = change;
    // The steepest that is known is the nearest of those that are known; one that is not known is a word's distance away.
    if (change.isKnown) break;
  }
  if (nearest !== null && nearest.distance <= 1) return plain(nearest);
  for (const field of words) {
    const change = wordChange(gap, field, field.values);
    if (change !== null) return change;
  }
  return nearest === null ? null : plain(nearest);
}

function plain({ field, to, distance }: FieldChange): FieldChange {
  return { field, to, distance };
}

/** A little beyond the edge, so that rounding cannot leave the score on the wrong side. */
export function beyond(edge: number, rising: boolean): number {
  const step = 1e-7 * Math.max(1, Math.abs(edge));
  return rising ? edge + step : edge - step;
}

/** Solves Σ w·(v − centre) ÷ scale for v; several numeric features of one field are one straight line as long as none is cut off. */
function numericChange(
  { weights, context, score, edge, rising }: ScoreGap,
  own: FieldFeatures,
): (FieldChange & { readonly isKnown: boolean }) | null {
  let [slope, offset, points, narrowest] = [0, 0, 0, Infinity];
  for (const { feature, index } of own.features) {
    if (feature.kind !== "numeric") return null;
    const weight = weights[index] ?? 0;
    slope += weight / feature.scale;
    offset -= (weight * feature.centre) / feature.scale;
    points += weight * featureValue(feature, context);
    narrowest = Math.min(narrowest, feature.scale);
  }
  if (slope === 0 || !Number.isFinite(slope)) return null;
  const to = (beyond(edge, rising) - (score - points) - offset) / slope;
  const isCutOff = own.features.some(
    ({ feature }) => feature.kind === "numeric" && Math.abs(to - feature.centre) > NUMERIC_REACH * feature.scale,
  );
  if (!Number.isFinite(to) || isCutOff) return null;
  const value = context[own.field];
  const from = typeof value === "number" && Number.isFinite(value) ? value : null;
  // From nothing to something is as far as from one word to another.
  const distance = from === null ? 1 : Math.abs(to - from) / narrowest;
  return { field: own.field, to, distance, isKnown: from !== null };
}

function wordChange(
  { weights, context, score, edge, rising }: ScoreGap,
  { field, features }: FieldFeatures,
  values: readonly (string | boolean)[],
): FieldChange | null {
  let points = 0;
  for (const { feature, index } of features) points += (weights[index] ?? 0) * featureValue(feature, context);
  for (const to of values) {
    let other = score - points;
    for (const { feature, index } of features) other += (weights[index] ?? 0) * valueAt(feature, to);
    if (rising ? other >= beyond(edge, true) : other <= beyond(edge, false)) return { field, to, distance: 1 };
  }
  return null;
}

function valueAt(feature: Feature, to: string | boolean): number {
  if (feature.kind === "flag") return to === true ? 1 : 0;
  return feature.kind === "category" && typeof to === "string" && feature.values.includes(to) ? 1 : 0;
}

/** The nearest change of one weight that carries the score over the edge; null where every feature is 0. */
export function nearestWeightChange(
  { features, weights }: { readonly features: readonly Feature[]; readonly weights: readonly number[] },
  { context, score, edge, rising }: Omit<ScoreGap, "fields" | "weights">,
): { readonly feature: string; readonly to: number } | null {
  const missing = beyond(edge, rising) - score;
  let nearest: { readonly feature: string; readonly to: number; readonly distance: number } | null = null;
  for (const [i, feature] of features.entries()) {
    const x = featureValue(feature, context);
    if (x === 0) continue;
    const distance = Math.abs(missing / x);
    if (nearest === null || distance < nearest.distance)
      nearest = { feature: feature.name, to: (weights[i] ?? 0) + missing / x, distance };
  }
  return nearest === null ? null : { feature: nearest.feature, to: nearest.to };
}

/** The change in words, for people. */
export function counterfactualInWords(change: Counterfactual): string {
  switch (change.kind) {
    case "none":
      return "No single change of what was known would have given another action";
    case "context":
      return `Had ${change.field} been ${typeof change.to === "number" ? short(change.to) : String(change.to)}, it would have been "${change.action}"`;
    case "threshold":
      return `With the threshold at ${short(change.to)}, it would have been "${change.action}"`;
    case "weight":
      return `With a weight of ${short(change.to)} for ${change.feature}, it would have been "${change.action}"`;
  }
}

function short(x: number): string {
  return String(Number(x.toPrecision(4)));
}
