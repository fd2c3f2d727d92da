import { hash } from "node:crypto";

/** Bytes of a key. */
export const KEY_BYTES = 16;
/** Bytes of a key and of the digest that is kept under it. */
export const ENTRY_BYTES = 32;

/** The key of an item: 16 bytes as latin1. A digest, so that no message id of a sender's lies around for ever. */
export function keyOf(source: string, messageId: string): string {
  return shortDigest(`${source}\0${messageId}`);
}

/** The kept part of a text's SHA-256: 16 bytes as latin1. */
export function shortDigest(text: string): string {
  return hash("sha256", text, "binary").slice(0, KEY_BYTES);
}
