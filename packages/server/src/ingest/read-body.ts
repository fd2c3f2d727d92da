import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Context } from "hono";
import { placeOf, utf8Text } from "../http/body-text.ts";
import { ProblemError } from "../http/problem-error.ts";

const unzip = promisify(gunzip);

/** Largest body, after unpacking. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;

/**
 * The body as text, whatever its content type says: clients in the field send gzipped JSON as a form, and JSON as plain text.
 *
 * @throws ProblemError `request.too_large` before more than the limit is unpacked; `request.not_json` for a broken archive.
 */
export async function readBodyText(c: Context): Promise<string> {
  return utf8Text(await readBodyBytes(c));
}

/** The body's bytes, unpacked. @throws ProblemError as `readBodyText`. */
export async function readBodyBytes(c: Context): Promise<Buffer> {
  const sent = Buffer.from(await c.req.arrayBuffer());
  const encoding = c.req.header("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding === "gzip") return unpacked(sent);
  if (encoding === "identity" || encoding === "") return sent;
  throw new ProblemError(
    "request.unsupported_media_type",
    "the body is packed in a way that is not read here; send it gzipped, or as it is",
  );
}

async function unpacked(sent: Buffer): Promise<Buffer> {
  try {
    return await unzip(sent, { maxOutputLength: BODY_BYTES_MAX });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE")
      throw new ProblemError(
        "request.too_large",
        `the body unpacks to more than ${BODY_BYTES_MAX / 1024 / 1024} MB; send it in several requests`,
      );
    throw new ProblemError("request.not_json", "the body says that it is gzipped and is not; send it again");
  }
}

/** @throws ProblemError where the text is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProblemError("request.not_json", `the body is not JSON${placeOf(cause)}`);
  }
}
