import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import Papa from "papaparse";

/** Public data sets, which stand beside the repository because several licences forbid copying them into it. */
const FOLDER = fileURLToPath(new URL("../../../../../shared/data/", import.meta.url));

/** Added to a suite's name, so that a run without the data says what it left out and why. */
export const NEEDS_DATA = "(../shared/data; skipped where that folder is absent)";

/** Is this file of the data sets here? */
export function hasData(path: string): boolean {
  return existsSync(`${FOLDER}${path}`);
}

/** Rows of a delimited file (gzipped when its name ends in .gz), by column name. */
export function readRows(path: string): readonly DataRow[] {
  const { data, errors } = Papa.parse<Record<string, string>>(readText(path), { header: true, skipEmptyLines: true });
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message} in row ${errors[0]?.row}`);
  return data.map((row) => new DataRow(row));
}

/** Numbers of a file without a header, row by row. */
export function readMatrix(path: string): readonly (readonly number[])[] {
  const { data } = Papa.parse<string[]>(readText(path), { skipEmptyLines: true });
  return data.map((row) => row.map(Number));
}

/** Lines of a text file that are not empty. */
export function readLines(path: string): readonly string[] {
  return readText(path)
    .split(/\r?\n/)
    .filter((line) => line !== "");
}

function readText(path: string): string {
  const bytes = readFileSync(`${FOLDER}${path}`);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** One row; a missing column is a mistake of the test, never an empty value. */
export class DataRow {
  readonly #cells: Readonly<Record<string, string>>;

  constructor(cells: Readonly<Record<string, string>>) {
    this.#cells = cells;
  }

  text(column: string): string {
    const cell = this.#cells[column];
    if (cell === undefined) throw new Error(`no column ${column}`);
    return cell;
  }

  number(column: string): number {
    const cell = this.text(column);
    return cell.trim() === "" ? NaN : Number(cell);
  }
}
