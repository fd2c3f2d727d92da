/**
 * The one text of a JSON value: keys sorted by UTF-16 code unit, no spaces, numbers and strings as `JSON.stringify` writes them.
 *
 * @throws TypeError on `undefined`, NaN, infinities, functions and bigints: none has a JSON text, and dropping it in silence would give two
 *   different values one digest.
 * @see RFC 8785 (JSON Canonicalization Scheme), sections 3.2.2 and 3.2.3.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON text`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  if (typeof value === "object") return objectJson(value);
  throw new TypeError(`a ${typeof value} has no JSON text`);
}

/** Every acknowledged item goes through here, so it makes no lists of pairs. */
function objectJson(value: object): string {
  let members = "";
  // Their default order is that of UTF-16 code units.
  for (const key of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, key);
    members += `${members === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}
