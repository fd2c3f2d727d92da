import { dirname, join } from "node:path";
import type { SignalsMappingDocument } from "@ratchet/protocol";
import { LogFileError } from "../import/log-file-error.ts";
import { readTable } from "./read-table.ts";
import type { TableRow } from "./table-row.ts";

type LookupDocument = NonNullable<SignalsMappingDocument["lookups"]>[number];

/** Rows of a lookup file; they are held in memory. */
const ROWS_MAX = 1_000_000;

/** A second file, by key. */
export interface Lookup {
  readonly id: string;
  readonly from: string;
  readonly file: string;
  readonly columns: readonly string[];
  /** The first row of each key. */
  readonly rows: ReadonlyMap<string, TableRow>;
}

/**
 * Reads the files that a map looks things up in, from the folder of the imported file and from nowhere else.
 *
 * @throws LogFileError where one is not there, has no such key column, or is too large.
 */
export async function openLookups(document: SignalsMappingDocument, path: string | null): Promise<readonly Lookup[]> {
  const wanted = document.lookups ?? [];
  if (wanted.length === 0) return [];
  if (path === null)
    throw new LogFileError("import.needs_file", [
      "this map looks things up in other files; import it with `ratchet import`, where they stand beside the file",
    ]);
  return Promise.all(wanted.map(async (lookup) => openLookup(lookup, join(dirname(path), lookup.file))));
}

async function openLookup(lookup: LookupDocument, path: string): Promise<Lookup> {
  const { id, key, from, file, delimiter } = lookup;
  const rows = new Map<string, TableRow>();
  let columns: readonly string[] = [];
  for await (const batch of readTable({ origin: { path }, ...(delimiter === undefined ? {} : { delimiter }) })) {
    columns = batch.columns;
    if (!columns.includes(key))
      throw new LogFileError("import.missing_column", [`lookup ${id}: ${file} has no column "${key}"`]);
    for (const row of batch.rows) {
      const cell = row.cell(key).trim();
      if (row.fault === null && cell !== "" && !rows.has(cell)) rows.set(cell, row);
    }
    if (rows.size > ROWS_MAX)
      throw new LogFileError("import.unreadable", [`lookup ${id}: ${file} has more than ${ROWS_MAX} rows`]);
  }
  return { id, from, file, columns, rows };
}

/** Reads one column of a row, or of the row that it leads to. */
export type CellReader = (row: TableRow) => string;

/** How columns are read: trimmed, `<lookup>.<column>` from the lookup's row, and empty where the cell is a word for nothing. */
export function cellReaders(lookups: readonly Lookup[], missing: readonly string[]): (column: string) => CellReader {
  const nothing = new Set(missing.map((word) => word.trim().toLowerCase()));
  const known = (text: string): string => {
    const cell = text.trim();
    return nothing.size > 0 && nothing.has(cell.toLowerCase()) ? "" : cell;
  };
  return (column) => {
    const dot = column.indexOf(".");
    const lookup = lookups.find(({ id }) => id === column.slice(0, Math.max(dot, 0)));
    if (lookup === undefined) return (row) => known(row.cell(column));
    const inner = column.slice(dot + 1);
    return (row) => known(lookup.rows.get(row.cell(lookup.from).trim())?.cell(inner) ?? "");
  };
}
