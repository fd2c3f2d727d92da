import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { LogFileError } from "./log-file-error.ts";

/** Where a log comes from. Only a path can be read twice, which estimated propensities need. */
export type LogOrigin =
  { readonly path: string } | { readonly stream: AsyncIterable<Uint8Array>; readonly bytesTotal?: number };

/** Called as bytes are read, before decompression. `total` is null where the size is not known beforehand. */
export type OnBytes = (read: number, total: number | null) => void;

const CHUNK_BYTES = 256 * 1024;

/** The bytes of a log, decompressed where they begin as gzip does, whatever the file is called. */
export async function* logBytes(origin: LogOrigin, onBytes: OnBytes): AsyncGenerator<Uint8Array> {
  const total = "path" in origin ? await sizeOf(origin.path) : (origin.bytesTotal ?? null);
  const source = "path" in origin ? createReadStream(origin.path, { highWaterMark: CHUNK_BYTES }) : origin.stream;
  const counted = withProgress(source, (read) => onBytes(read, total));
  const { head, all } = await peek(counted);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* all;
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // Errors reach the reader: pipeline destroys the gunzip with them.
  pipeline(Readable.from(all), gunzip, () => {});
  try {
    yield* gunzip;
  } catch (cause) {
    throw new LogFileError(
      "import.unreadable",
      [`the file is no whole gzip file (${messageOf(cause)}); send it again`],
      cause,
    );
  } finally {
    gunzip.destroy();
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new LogFileError("import.unreadable", [`cannot read ${path} (${messageOf(cause)})`], cause);
  }
}

async function* withProgress(
  source: AsyncIterable<Uint8Array>,
  onRead: (read: number) => void,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const chunk of source) {
    read += chunk.length;
    onRead(read);
    yield chunk;
  }
}

/** The first two bytes, and the whole again. */
async function peek(
  source: AsyncGenerator<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly all: AsyncGenerator<Uint8Array> }> {
  const held: Uint8Array[] = [];
  let length = 0;
  while (length < 2) {
    const next = await source.next();
    if (next.done === true) break;
    held.push(next.value);
    length += next.value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* held;
    yield* source;
  }
  return { head: Buffer.concat(held).subarray(0, 2), all: all() };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
