/** What a golden file may hold; the strings "Infinity", "-Infinity" and "NaN" stand for those numbers. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** What an adapter gives back: JSON whose numbers may be infinite, compared key by key with what is expected. */
export type Produced =
  null | boolean | number | string | readonly Produced[] | Disputed | { readonly [key: string]: Produced };

/**
 * Our value, and when the reference's own value is demonstrably wrong (not merely different): such a field is not compared, and
 * counted as disputed for everyone to see.
 */
export class Disputed {
  readonly value: Produced;
  readonly isWrong: (want: Json) => boolean;

  constructor(value: Produced, isWrong: (want: Json) => boolean) {
    this.value = value;
    this.isWrong = isWrong;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A number, or one of the strings that stand for one; undefined for everything else. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (value === "Infinity") return Infinity;
  if (value === "-Infinity") return -Infinity;
  return value === "NaN" ? NaN : undefined;
}

export function num(o: JsonObject, key: string): number {
  return asNumber(o[key], key);
}

export function numOr(o: JsonObject, key: string, otherwise: number): number {
  return o[key] === undefined || o[key] === null ? otherwise : num(o, key);
}

export function nums(o: JsonObject, key: string): readonly number[] {
  return list(o, key).map((x) => asNumber(x, key));
}

export function matrix(o: JsonObject, key: string): readonly (readonly number[])[] {
  return list(o, key).map((row) => {
    if (!Array.isArray(row)) throw new TypeError(`${key} must be a list of lists`);
    return row.map((x: unknown) => asNumber(x, key));
  });
}

export function str(o: JsonObject, key: string): string {
  const value = o[key];
  if (typeof value !== "string") throw new TypeError(`${key} must be text, got ${JSON.stringify(value)}`);
  return value;
}

export function bool(o: JsonObject, key: string): boolean {
  const value = o[key];
  if (typeof value !== "boolean") throw new TypeError(`${key} must be true or false, got ${JSON.stringify(value)}`);
  return value;
}

export function obj(o: JsonObject, key: string): JsonObject {
  const value = o[key];
  if (!isObject(value)) throw new TypeError(`${key} must be an object, got ${JSON.stringify(value)}`);
  return value;
}

export function objs(o: JsonObject, key: string): readonly JsonObject[] {
  return list(o, key).map((item) => {
    if (!isObject(item)) throw new TypeError(`${key} must be a list of objects`);
    return item;
  });
}

function list(o: JsonObject, key: string): readonly Json[] {
  const value = o[key];
  if (!isList(value)) throw new TypeError(`${key} must be a list, got ${JSON.stringify(value)}`);
  return value;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function asNumber(value: unknown, key: string): number {
  const x = toNumber(value);
  if (x === undefined) throw new TypeError(`${key} must be a number, got ${JSON.stringify(value)}`);
  return x;
}
