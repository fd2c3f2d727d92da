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

/** A score, and what it was made from. */
export interface ScoreMade {
  readonly fields: readonly FieldFeatures[];
  readonly weights: readonly number[];
  readonly context: Context;
  /** What each feature added to the score, in the order of the weights. */
  readonly points: readonly number[];
  readonly score: number;
}

/** What a score is to reach, or to fall below. */
interface ScoreEdge {
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

/** Of a field: where its features stand in the lever's order. */
interface FieldPlaces extends FieldFeatures {
  readonly places: readonly number[];
}

/** A field of numbers as one straight line: what it adds to a score is slope · value + offset. */
interface NumberField extends FieldPlaces {
  readonly slope: number;
  readonly offset: number;
  /** The narrowest scale of its features: distances are told in it. */
  readonly narrowest: number;
}

/** A field of words or flags with what each of its values adds to a score, and the least and the most of it. */
interface WordField extends FieldPlaces {
  readonly choices: readonly { readonly to: string | boolean; readonly adds: number }[];
  readonly least: number;
  readonly most: number;
}

/** Fields in the order in which they are tried. */
interface FieldOrder {
  /** Numbers, those first that have the least way to go for a point. */
  readonly numbers: readonly NumberField[];
  /** Words and flags, in the order of the lever. */
  readonly words: readonly WordField[];
}

/** By the weights that are served: worked out once for all units that get them. */
const ORDERS = new WeakMap<readonly number[], Map<readonly FieldFeatures[], FieldOrder>>();

function orderOf({ fields, weights }: ScoreMade): FieldOrder {
  const orders = ORDERS.get(weights) ?? new Map<readonly FieldFeatures[], FieldOrder>();
  ORDERS.set(weights, orders);
  const known = orders.get(fields);
  if (known !== undefined) return known;
  const steepness = ({ slope, narrowest }: NumberField): number => Math.abs(slope) * narrowest;
  const made: FieldOrder = {
    numbers: fields
      .filter(({ values }) => values === null)
      .map((field) => lineOf(field, weights))
      .filter((field) => steepness(field) > 0 && Number.isFinite(field.slope))
      .toSorted((x, y) => steepness(y) - steepness(x)),
    words: fields.flatMap((field) => (field.values === null ? [] : [choicesOf(field, field.values, weights)])),
  };
  orders.set(fields, made);
  return made;
}

function lineOf(field: FieldFeatures, weights: readonly number[]): NumberField {
  let [slope, offset, narrowest] = [0, 0, Infinity];
  for (const { feature, index } of field.features) {
    if (feature.kind !== "numeric") continue;
    const weight = weights[index] ?? 0;
    slope += weight / feature.scale;
    offset -= (weight * feature.centre) / feature.scale;
    narrowest = Math.min(narrowest, feature.scale);
  }
  return { ...field, places: placesOf(field), slope, offset, narrowest };
}

function choicesOf(field: FieldFeatures, values: readonly (string | boolean)[], weights: readonly number[]): WordField {
  const choices = values.map((to) => {
    let adds = 0;
    for (const { feature, index } of field.features) adds += (weights[index] ?? 0) * valueAt(feature, to);
    return { to, adds };
  });
  const all = choices.map(({ adds }) => adds);
  return { ...field, places: placesOf(field), choices, least: Math.min(...all), most: Math.max(...all) };
}

function placesOf({ features }: FieldFeatures): readonly number[] {
  return features.map(({ index }) => index);
}

/**
 * The nearest change of one field that carries the score over the edge; of equally near ones a number before a word, else the first. null
 * where none does.
 *
 * @param rising - from the edge on the action is another one; else below it.
 */
export function nearestFieldChange(made: ScoreMade, edge: number, rising: boolean): FieldChange | null {
  const { numbers, words } = orderOf(made);
  // A little beyond the edge, reckoned once.
  const aim = beyond(edge, rising);
  let nearest: FieldChange | null = null;
  for (const field of numbers) {
    const to = valueReaching(made, field, aim);
    if (!Number.isFinite(to)) continue;
    const from = made.context[field.field];
    const isKnown = typeof from === "number" && Number.isFinite(from);
    // From nothing to something is as far as from one word to another.
    const distance = isKnown ? Math.abs(to - from) / field.narrowest : 1;
    if (nearest === null || distance < nearest.distance) nearest = { field: field.field, to, distance };
    // The steepest that is known is the nearest of those that are known; one that is not known is a word's distance away.
    if (isKnown) break;
  }
  if (nearest !== null && nearest.distance <= 1) return nearest;
  for (const field of words) {
    const choice = choiceReaching(made, field, aim, rising);
    if (choice !== null) return { field: field.field, to: choice.to, distance: 1 };
  }
  return nearest;
}

/** A little beyond the edge, so that rounding cannot leave the score on the wrong side. */
export function beyond(edge: number, rising: boolean): number {
  const step = 1e-7 * Math.max(1, Math.abs(edge));
  return rising ? edge + step : edge - step;
}

/**
 * Solves Σ w·(v − centre) ÷ scale for v; several numeric features of one field are one straight line as long as none is cut off. NaN where
 * no value that is not cut off does.
 */
function valueReaching({ points, score }: ScoreMade, own: NumberField, aim: number): number {
  const { slope, offset, features } = own;
  const to = (aim - (score - pointsFrom(own, points)) - offset) / slope;
  for (const { feature } of features)
    if (feature.kind === "numeric" && Math.abs(to - feature.centre) > NUMERIC_REACH * feature.scale) return NaN;
  return to;
}

/** The first value of a field of words that carries the score over; null where none does. */
function choiceReaching(
  { points, score }: ScoreMade,
  own: WordField,
  aim: number,
  rising: boolean,
): WordField["choices"][number] | null {
  const without = score - pointsFrom(own, points);
  // Most fields weigh too little for any of their values to do: then none is tried.
  if (rising ? without + own.most < aim : without + own.least > aim) return null;
  for (const choice of own.choices)
    if (rising ? without + choice.adds >= aim : without + choice.adds <= aim) return choice;
  return null;
}

/** What a field adds to the score as it is. */
function pointsFrom({ places }: FieldPlaces, points: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < places.length; i++) sum += points[places[i] ?? 0] ?? 0;
  return sum;
}

function valueAt(feature: Feature, to: string | boolean): number {
  if (feature.kind === "flag") return to === true ? 1 : 0;
  return feature.kind === "category" && typeof to === "string" && feature.values.includes(to) ? 1 : 0;
}

/** The nearest change of one weight that carries the score over the edge; null where every feature is 0. */
export function nearestWeightChange(
  features: readonly Feature[],
  { context, score, weights }: Pick<ScoreMade, "context" | "score" | "weights">,
  { edge, rising }: ScoreEdge,
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
