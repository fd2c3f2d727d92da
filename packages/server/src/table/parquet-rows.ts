import { open, type FileHandle } from "node:fs/promises";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { parquetMetadataAsync, parquetReadObjects, parquetSchema, type AsyncBuffer, type Compressors } from "hyparquet";
import type { OnBytes } from "../import/log-bytes.ts";
import { LogFileError } from "../import/log-file-error.ts";
import { cellAt, jsonText } from "./json-cells.ts";
import type { TableBatch, TableRow } from "./table-row.ts";

/** Rows that are in memory at once. */
const ROWS_PER_READ = 5000;

/** Snappy, which most writers use, is the reader's own; ZSTD is refused by name. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
};

/** The rows of a Parquet file, plain, snappy, gzip or brotli. @throws LogFileError where it is broken, or compressed otherwise. */
export async function* parquetRows(path: string, onBytes: OnBytes): AsyncGenerator<TableBatch> {
  const handle = await open(path);
  try {
    const file = await bufferOf(handle);
    const metadata = await readable(path, async () => parquetMetadataAsync(file));
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const total = Number(metadata.num_rows);
    for (let rowStart = 0; rowStart < total; rowStart += ROWS_PER_READ) {
      const rowEnd = Math.min(total, rowStart + ROWS_PER_READ);
      const objects: readonly Readonly<Record<string, unknown>>[] = await readable(path, async () =>
        parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors: COMPRESSORS }),
      );
      onBytes(Math.round((rowEnd / total) * file.byteLength), file.byteLength);
      yield { columns, complete: true, rows: objects.map((object, i) => rowOf(object, rowStart + i + 1)) };
    }
  } finally {
    await handle.close();
  }
}

function rowOf(object: Readonly<Record<string, unknown>>, n: number): TableRow {
  let raw: string | null = null;
  return {
    n,
    line: null,
    get raw() {
      return (raw ??= jsonText(object));
    },
    fault: null,
    cell: (column) => cellAt(object, column),
  };
}

async function bufferOf(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const buffer = new Uint8Array(end - start);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
      return buffer.buffer.slice(0, bytesRead);
    },
  };
}

async function readable<T>(path: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LogFileError(
      "import.unreadable",
      [`${path} cannot be read as Parquet (${why}); write it with snappy`],
      cause,
    );
  }
}
