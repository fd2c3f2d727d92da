/** Nested deeper than this, a value is a document, not a column. */
const DEPTH_MAX = 6;
/** Columns of one object that are named in reports. */
const COLUMNS_MAX = 500;

/** The text of a value as a CSV would hold it: empty for null, ISO 8601 for a time, JSON for objects and lists of objects. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.map(cellText).join(", ");
  return jsonText(value);
}

/** JSON in which big integers and times are text. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? String(member) : member)) ?? "";
}

/** The cell that a name, or a path of names joined by dots, leads to in an object. */
export function cellAt(object: Readonly<Record<string, unknown>>, column: string): string {
  if (Object.hasOwn(object, column)) return cellText(object[column]);
  let value: unknown = object;
  for (const name of column.split(".")) {
    if (!isRecord(value) || !Object.hasOwn(value, name)) return "";
    value = value[name];
  }
  return cellText(value);
}

/** The columns that an object has, nested ones by their paths. */
export function columnsOf(object: Readonly<Record<string, unknown>>, depth = 0): readonly string[] {
  return Object.entries(object)
    .flatMap(([name, value]) =>
      isRecord(value) && depth < DEPTH_MAX ? columnsOf(value, depth + 1).map((inner) => `${name}.${inner}`) : [name],
    )
    .slice(0, COLUMNS_MAX);
}

/** Whether a value is an object with named members. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
