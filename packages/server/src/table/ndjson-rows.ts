import { LogFileError } from "../import/log-file-error.ts";
import { parseJson } from "../vendors/read-body.ts";
import { cellAt, columnsOf, isRecord } from "./json-cells.ts";
import type { TableBatch, TableRow } from "./table-row.ts";

/** Longest line, in characters. */
const LINE_LENGTH_MAX = 1024 * 1024;
/** Rows whose keys are looked at: later ones seldom have others. */
const ROWS_LOOKED_AT = 5000;

/** The objects of a file with one JSON object a line; a line that is none is a faulty row. */
export async function* ndjsonRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TableBatch> {
  const columns = new Set<string>();
  const decoder = new TextDecoder();
  let carry = "";
  let line = 0;
  let n = 0;
  const rowsOf = (lines: readonly string[]): readonly TableRow[] =>
    lines.flatMap((text): readonly TableRow[] => {
      line += 1;
      if (text.trim() === "") return [];
      n += 1;
      const row = rowOf(text, n, line);
      if (n <= ROWS_LOOKED_AT && row.object !== null) for (const name of columnsOf(row.object)) columns.add(name);
      return [row];
    });
  for await (const chunk of bytes) {
    carry += decoder.decode(chunk, { stream: true });
    const lines = carry.split("\n");
    carry = lines.pop() ?? "";
    if (carry.length > LINE_LENGTH_MAX)
      throw new LogFileError("import.unreadable", [
        `line ${line + lines.length + 1} is longer than 1 MB; one object a line`,
      ]);
    const rows = rowsOf(lines);
    if (rows.length > 0) yield { columns: [...columns], complete: false, rows };
  }
  const rest = rowsOf([carry + decoder.decode()]);
  if (rest.length > 0) yield { columns: [...columns], complete: false, rows: rest };
}

interface JsonRow extends TableRow {
  readonly object: Readonly<Record<string, unknown>> | null;
}

function rowOf(text: string, n: number, line: number): JsonRow {
  const raw = text.endsWith("\r") ? text.slice(0, -1) : text;
  const object = objectOf(raw);
  return {
    n,
    line,
    raw,
    object,
    fault: object === null ? { code: "row.not_json", message: "the line is no JSON object" } : null,
    cell: (column) => (object === null ? "" : cellAt(object, column)),
  };
}

/** Numbers too large for a double stay as they are written: a rounded id is another row's id. */
function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  const parsed = parseJson(text);
  return parsed.kind === "ok" && isRecord(parsed.value) ? parsed.value : null;
}
