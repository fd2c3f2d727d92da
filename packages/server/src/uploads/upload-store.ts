import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { StateStore } from "@ratchet/engine";
import { ProblemError } from "../http/problem-error.ts";

/** Largest file that is taken, in bytes. */
const UPLOAD_BYTES_MAX = 512 * 1024 * 1024;
/** Uploads kept; the oldest make room. */
const KEPT_MAX = 10;
const ID = /^upl_[0-9a-f-]{36}$/u;

/** A file that was sent, as it was sent. */
export interface Upload {
  readonly id: string;
  /** What its sender calls it. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** Writes a body to disk as it comes. @throws ProblemError `request.too_large`, and leaves nothing behind. */
export async function storeUpload(
  { uploadDirectory, stores }: { readonly uploadDirectory: string; readonly stores: { readonly state: StateStore } },
  name: string,
  body: AsyncIterable<Uint8Array>,
): Promise<Upload> {
  await mkdir(uploadDirectory, { recursive: true });
  const id = `upl_${randomUUID()}`;
  const path = join(uploadDirectory, id);
  let bytes = 0;
  const counted = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > UPLOAD_BYTES_MAX) throw tooLarge();
      yield chunk;
    }
  };
  try {
    await pipeline(body, counted, createWriteStream(path, { flags: "wx", mode: 0o600 }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  await stores.state.putSetting(`upload:${id}`, name);
  await makeRoom(uploadDirectory, stores.state);
  return { id, name, path, bytes };
}

/** @throws ProblemError where there is no such upload (any more). */
export async function findUpload(
  { uploadDirectory, stores }: { readonly uploadDirectory: string; readonly stores: { readonly state: StateStore } },
  id: string,
): Promise<Upload> {
  const name = ID.test(id) ? await stores.state.setting(`upload:${id}`) : null;
  const path = join(uploadDirectory, id);
  const size = name === null ? null : await sizeOf(path);
  if (name === null || size === null) {
    throw new ProblemError(
      "import.not_found",
      `there is no upload "${id}" (the last ${KEPT_MAX} are kept); send the file again`,
    );
  }
  return { id, name, path, bytes: size };
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
}

/** What its sender called an upload that is gone: people's names are in the names of files. */
export async function forgetUploadName(state: StateStore, id: string): Promise<void> {
  if (ID.test(id)) await state.putSetting(`upload:${id}`, "");
}

async function makeRoom(directory: string, state: StateStore): Promise<void> {
  const names = (await readdir(directory)).filter((name) => ID.test(name));
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(directory, name))).mtimeMs })),
  );
  const old = dated.sort((a, b) => b.at - a.at).slice(KEPT_MAX);
  await Promise.all(old.map(({ name }) => rm(join(directory, name), { force: true })));
  for (const { name } of old) await forgetUploadName(state, name);
}

function tooLarge(): ProblemError {
  const megabytes = UPLOAD_BYTES_MAX / 1024 / 1024;
  return new ProblemError(
    "request.too_large",
    `the file has more than ${megabytes} MB; compress it (.csv.gz), or import it with \`ratchet import\``,
  );
}
