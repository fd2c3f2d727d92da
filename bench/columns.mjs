// Columns of doubles on disk, so that every language reads the same numbers: `columns.txt` has a line "name length" a column,
// `columns.bin` the numbers one column after the other, little-endian.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes named arrays of numbers into a folder, which is made if absent. */
export function writeColumns(folder, columns) {
  mkdirSync(folder, { recursive: true });
  const names = Object.keys(columns);
  const doubles = names.map((name) => Float64Array.from(columns[name]));
  writeFileSync(join(folder, "columns.txt"), names.map((name, k) => `${name} ${doubles[k].length}\n`).join(""));
  writeFileSync(join(folder, "columns.bin"), Buffer.concat(doubles.map(({ buffer }) => Buffer.from(buffer))));
}

/** The columns of a folder, as arrays of doubles by name. */
export function readColumns(folder) {
  const { buffer, byteOffset } = withOwnBuffer(readFileSync(join(folder, "columns.bin")));
  const columns = {};
  let at = byteOffset;
  for (const line of readFileSync(join(folder, "columns.txt"), "utf8").trim().split("\n")) {
    const [name, length] = line.split(" ");
    columns[name] = new Float64Array(buffer, at, Number(length));
    at += 8 * Number(length);
  }
  return columns;
}

/** Small files come from a pool at any offset; doubles need one that 8 divides. */
function withOwnBuffer(bytes) {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}
