/** One row of a file, whatever its format. */
export interface TableRow {
  /** From 1, without the header. */
  readonly n: number;
  /** Line of the file that it begins on, from 1; null where the format has no lines. */
  readonly line: number | null;
  /** The original text; JSON for a format that is not text. */
  readonly raw: string;
  /** Why it could not be read; null where it could. */
  readonly fault: { readonly code: string; readonly message: string } | null;
  /** The text of a column; empty where there is none. */
  readonly cell: (column: string) => string;
}

/** Rows of one read, in order, with the columns known by then. */
export interface TableBatch {
  readonly columns: readonly string[];
  /** No later row brings another column. */
  readonly complete: boolean;
  readonly rows: readonly TableRow[];
  /** The header line as it stands in the file, of formats that have one. */
  readonly header?: string;
}

/** What a file is. */
export type TableFormat = "csv" | "ndjson" | "parquet";

/** `row 17 (line 18)`. */
export function positionOf({ n, line }: TableRow): string {
  return line === null ? `row ${n}` : `row ${n} (line ${line})`;
}
