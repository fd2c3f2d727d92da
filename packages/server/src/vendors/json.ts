/** Reading values of JSON whose shape nobody has promised: every function takes anything, and answers null for what is not there. */

/** Longest text kept of one field: longer than any mail that a person writes. */
const TEXT_CHARS_MAX = 100_000;

export interface JsonObject {
  readonly [key: string]: unknown;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value under a path of own keys; undefined where it ends early. A number picks an array's item. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof key === "number") found = Array.isArray(found) ? found[key] : undefined;
    else found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}

/**
 * Text that is not empty, or a number in digits. Lone surrogates become U+FFFD and NUL is taken out: stores keep neither.
 */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = valueAt(value, ...path);
  if (typeof found === "number" && Number.isFinite(found)) return String(found);
  if (typeof found !== "string") return null;
  const kept = Buffer.from(found.slice(0, TEXT_CHARS_MAX)).toString("utf8").replaceAll("\u0000", "").trim();
  return kept === "" ? null : kept;
}

/** A finite number, or one written in digits. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | null {
  const found = valueAt(value, ...path);
  const read = typeof found === "string" && found.trim() !== "" && found.length <= 64 ? Number(found) : found;
  return typeof read === "number" && Number.isFinite(read) ? read : null;
}

/** Truth in its spellings: true, "true", 1, "1". Null where it is neither said nor denied. */
export function flagAt(value: unknown, ...path: readonly (string | number)[]): boolean | null {
  const found = valueAt(value, ...path);
  if (found === true || found === 1) return true;
  if (found === false || found === 0) return false;
  if (typeof found !== "string") return null;
  const word = found.trim().toLowerCase();
  if (word === "true" || word === "1") return true;
  return word === "false" || word === "0" ? false : null;
}

/** An array's items; none where it is no array. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The texts of an array, or the one text that stands in its place. */
export function textsAt(value: unknown, ...path: readonly (string | number)[]): readonly string[] {
  const found = valueAt(value, ...path);
  return (Array.isArray(found) ? found : [found]).map((item) => textAt(item)).filter((text) => text !== null);
}
