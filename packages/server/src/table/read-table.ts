import { open } from "node:fs/promises";
import { csvRecords, type CsvRecord } from "../import/csv-records.ts";
import { logBytes, type LogOrigin, type OnBytes } from "../import/log-bytes.ts";
import { LogFileError } from "../import/log-file-error.ts";
import { ndjsonRows } from "./ndjson-rows.ts";
import { parquetRows } from "./parquet-rows.ts";
import type { TableBatch, TableFormat, TableRow } from "./table-row.ts";

/** What to read, and how; format and delimiter are told from the file where they are not given. */
export interface ReadTableTask {
  readonly origin: LogOrigin;
  readonly format?: TableFormat;
  readonly delimiter?: string;
  readonly onBytes?: OnBytes;
}

/**
 * Reads the rows of a CSV, of JSON objects one a line (both plain or gzip), or of a Parquet file, in order and in bounded memory.
 *
 * @throws LogFileError where no row can be read.
 */
export async function* readTable({ origin, format, delimiter, onBytes }: ReadTableTask): AsyncGenerator<TableBatch> {
  const onRead = onBytes ?? (() => {});
  if (format === "parquet" || (format === undefined && (await isParquet(origin)))) {
    if ("path" in origin) return yield* parquetRows(origin.path, onRead);
    throw new LogFileError("import.needs_file", ["Parquet is read from its end, so it needs a file, not a stream"]);
  }
  const { first, all } = await firstByte(logBytes(origin, onRead));
  if (format === "ndjson" || (format === undefined && first === OPENING_BRACE)) return yield* ndjsonRows(all);
  yield* csvRows(all, delimiter ?? null);
}

const OPENING_BRACE = 0x7b;

async function isParquet(origin: LogOrigin): Promise<boolean> {
  if (!("path" in origin)) return false;
  try {
    const handle = await open(origin.path);
    try {
      const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
      return buffer.toString("latin1") === "PAR1";
    } finally {
      await handle.close();
    }
  } catch {
    // Whoever reads the file next says what is wrong with it.
    return false;
  }
}

/** The first byte that is not a blank, and the whole again. */
async function firstByte(
  bytes: AsyncGenerator<Uint8Array>,
): Promise<{ readonly first: number | null; readonly all: AsyncGenerator<Uint8Array> }> {
  const next = await bytes.next();
  const head = next.done === true ? null : next.value;
  async function* all(): AsyncGenerator<Uint8Array> {
    if (head !== null) yield head;
    yield* bytes;
  }
  return { first: head?.find((byte) => byte > 0x20) ?? null, all: all() };
}

async function* csvRows(bytes: AsyncIterable<Uint8Array>, delimiter: string | null): AsyncGenerator<TableBatch> {
  let columns: readonly string[] | null = null;
  let header = "";
  let places: ReadonlyMap<string, number> = new Map();
  let n = 0;
  for await (const batch of csvRecords(bytes, delimiter)) {
    const rows: TableRow[] = [];
    for (const record of batch) {
      if (columns === null) {
        columns = record.fields.map((name) => name.trim());
        header = record.raw;
        // Of columns with one name the first is read; whoever needs one of them refuses them.
        places = new Map(columns.map((name, i) => [name, i] as const).reverse());
        continue;
      }
      n += 1;
      rows.push(csvRow(record, { n, width: columns.length, places }));
    }
    if (columns !== null) yield { columns, complete: true, rows, header };
  }
}

function csvRow(
  { fields, raw, line, fault }: CsvRecord,
  { n, width, places }: { readonly n: number; readonly width: number; readonly places: ReadonlyMap<string, number> },
): TableRow {
  return {
    n,
    line,
    raw,
    fault:
      fault !== null
        ? { code: "row.quoting", message: fault }
        : fields.length === width
          ? null
          : { code: "row.field_count", message: `the row has ${fields.length} fields, the header ${width}` },
    cell: (column) => fields[places.get(column) ?? -1] ?? "",
  };
}
