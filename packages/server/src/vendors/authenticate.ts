import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Instant } from "@ratchet/engine";
import { refused, VERIFIED, type Verification, type VendorRequest } from "./vendor.ts";

/** How the keyed digest of a call is made and written. */
export interface Hmac {
  readonly algorithm: "sha1" | "sha256";
  readonly secret: string | Uint8Array;
  readonly encoding: "hex" | "base64";
}

/** The keyed digest of some parts, one after the other, written as the vendor writes it. */
export function hmacOf({ algorithm, secret, encoding }: Hmac, ...parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac(algorithm, secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest(encoding);
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function sameText(expected: string, presented: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(presented)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The verdict on a signature that was written, not computed, by the caller. */
export function verdictOn(expected: string, presented: string): Verification {
  return sameText(expected, presented)
    ? VERIFIED
    : refused("signature.wrong", "the signature does not belong to this body and this source's secret");
}

/** A header or field that the vendor always sends is not there. */
export function missing(name: string): Verification {
  return refused("signature.missing", `the call carries no ${name}`);
}

/** This source has no secret, and a call that anybody could have made is not taken. */
export const NO_SECRET: Verification = refused("secret.missing", "this source has no secret; enter the vendor's");

/** Refuses a signed time that is further from now than the window, or no time at all; null where it is near enough. */
export function outsideWindow(signedAt: Instant | null, now: Instant, windowMs: number): Verification | null {
  if (signedAt === null) return refused("timestamp.unreadable", "the signed time is not a time");
  if (Math.abs(now - signedAt) <= windowMs) return null;
  const seconds = Math.round(Math.abs(now - signedAt) / 1000);
  return refused(
    "timestamp.outside_window",
    `the call was signed ${seconds} s ${signedAt < now ? "ago" : "ahead"}; at most ${windowMs / 1000} s are allowed`,
  );
}

/**
 * For vendors that sign nothing: the secret comes with every call.
 *
 * A secret `user:password` is looked for as Basic authorization (put it into the URL that the vendor is given), any other as a Bearer
 * token, the header `x-ratchet-token`, or the query parameter `token`.
 */
export function sharedSecret(request: VendorRequest, secret: string): Verification {
  if (secret === "") return NO_SECRET;
  const presented = presentedSecrets(request);
  if (presented.length === 0)
    return refused("secret.not_presented", "the call carries neither authorization nor token");
  // Digests have one length, so that not even the secret's length can be timed. Every candidate is compared.
  const expected = createHash("sha256").update(secret).digest();
  const matches = presented.map((text) => timingSafeEqual(expected, createHash("sha256").update(text).digest()));
  return matches.includes(true)
    ? VERIFIED
    : refused("secret.wrong", "the call carries another secret than this source's");
}

function presentedSecrets({ headers, url }: VendorRequest): readonly string[] {
  const authorization = headers.get("authorization") ?? "";
  const basic = /^basic ([A-Za-z0-9+/=_-]{1,1024})$/iu.exec(authorization)?.[1];
  const bearer = /^bearer (\S{1,1024})$/iu.exec(authorization)?.[1];
  const token = URL.canParse(url) ? new URL(url).searchParams.get("token") : null;
  return [
    basic === undefined ? undefined : Buffer.from(basic, "base64").toString("utf8"),
    bearer,
    headers.get("x-ratchet-token"),
    token ?? undefined,
  ].filter((text) => text !== undefined);
}
