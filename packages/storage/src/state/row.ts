/** A column of a row that the driver hands over untyped. @throws TypeError where the table is not what the migrations made it. */
export function integer(row: unknown, column: string): number {
  const value = valueOf(row, column);
  if (typeof value !== "number") throw new TypeError(`column ${column} is not a number: ${String(value)}`);
  return value;
}

/** As `integer`, where the column may be null. */
export function integerOrNull(row: unknown, column: string): number | null {
  return valueOf(row, column) === null ? null : integer(row, column);
}

/** As `integer`, for a text. */
export function text(row: unknown, column: string): string {
  const value = valueOf(row, column);
  if (typeof value !== "string") throw new TypeError(`column ${column} is not a text: ${String(value)}`);
  return value;
}

/** As `text`, where the column may be null. */
export function textOrNull(row: unknown, column: string): string | null {
  return valueOf(row, column) === null ? null : text(row, column);
}

/** As `integer`, for a blob: the driver hands it over in one of two ways. */
export function bytes(row: unknown, column: string): Buffer {
  const value = valueOf(row, column);
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  throw new TypeError(`column ${column} holds no bytes`);
}

/** As `bytes`, where the column may be null. */
export function bytesOrNull(row: unknown, column: string): Buffer | null {
  return valueOf(row, column) === null ? null : bytes(row, column);
}

function valueOf(row: unknown, column: string): unknown {
  return typeof row === "object" && row !== null ? Reflect.get(row, column) : undefined;
}
