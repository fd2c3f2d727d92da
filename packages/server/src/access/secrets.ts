import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

type Mode = "live" | "test";

const KEY_BYTES = 32;
const SECRET = /^(rk_(?:live|test)_[\w-]{43})([0-9a-f]{8})$/u;

/** A new secret: 256 random bits, and a checksum by which scanners tell it from look-alikes. Shown once; the store keeps its digest alone. */
export function makeSecret(mode: Mode): string {
  const body = `rk_${mode}_${randomBytes(KEY_BYTES).toString("base64url")}`;
  return `${body}${checksum(body)}`;
}

/** Whether a text is such a secret, as it was made: a mistyped one is known without looking anywhere. */
export function isSecret(text: string): boolean {
  const [, body, sum] = SECRET.exec(text) ?? [];
  return body !== undefined && checksum(body) === sum;
}

/** SHA-256, hex: what is kept, and what is looked up, so that the time taken tells nothing of a key. */
export function secretDigest(secret: string): string {
  return hash("sha256", secret);
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, "0");
}
