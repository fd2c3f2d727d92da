import type { Instant } from "@ratchet/engine";
import { hmacOf, missing, NO_SECRET, outsideWindow, sameText, sharedSecret, verdictOn } from "./authenticate.ts";
import { refused, VERIFIED, type VendorRequest, type Verification } from "./vendor.ts";
import { epochMillis, epochSeconds, isoTime } from "./vendor-time.ts";
import type { WebhookMapping } from "./webhook-mapping.ts";

interface Check {
  readonly how: WebhookMapping["verify"];
  readonly secret: string;
  readonly now: Instant;
}

type HmacScheme = Extract<WebhookMapping["verify"], { readonly kind: "hmac" }>;

/** What Standard Webhooks asks for. */
const STANDARD_WINDOW_MS = 5 * 60_000;

/** Whether a call is the vendor's, by the scheme that the mapping declares. */
export function verifyByMapping(request: VendorRequest, { how, secret, now }: Check): Verification {
  if (secret === "") return NO_SECRET;
  switch (how.kind) {
    case "shared_secret":
      return sharedSecret(request, secret);
    case "hmac":
      return verifyHmac(request, how, { secret, now });
    case "standard_webhooks":
      return verifyStandard(request, how.headers, { secret, now });
  }
}

function verifyHmac(
  request: VendorRequest,
  how: HmacScheme,
  { secret, now }: { readonly secret: string; readonly now: Instant },
): Verification {
  const { timestamp } = how;
  const signature = request.headers.get(how.header);
  const signedAt = timestamp === undefined ? "" : request.headers.get(timestamp.header);
  if (signature === undefined) return missing(how.header);
  if (signedAt === undefined) return missing(timestamp?.header ?? "timestamp");
  const filled: ReadonlyMap<string, string | Uint8Array> = new Map<string, string | Uint8Array>([
    ["{body}", request.rawBody],
    ["{timestamp}", signedAt],
    ["{url}", request.url],
    ["{method}", request.method],
  ]);
  const parts = how.signed.split(/(\{(?:body|timestamp|url|method)\})/u).map((part) => filled.get(part) ?? part);
  const key = how.key === "text" ? secret : Buffer.from(secret, how.key);
  if (key.length === 0) return refused("secret.not_a_key", `this source's secret is not written in ${how.key}`);
  const digest = hmacOf({ algorithm: how.algorithm, secret: key, encoding: how.encoding }, ...parts);
  const verdict = verdictOn(`${how.prefix}${digest}`, signature);
  if (verdict.kind === "err" || timestamp === undefined) return verdict;
  const read = { epoch_s: epochSeconds, epoch_ms: epochMillis, iso: isoTime }[timestamp.format];
  return outsideWindow(read(signedAt), now, timestamp.window_seconds * 1000) ?? verdict;
}

/** `{id}.{timestamp}.{body}`, HMAC-SHA256 in base64; several signatures may be given while a secret is being changed. */
function verifyStandard(
  { headers, rawBody }: VendorRequest,
  prefix: string,
  { secret, now }: { readonly secret: string; readonly now: Instant },
): Verification {
  const id = headers.get(`${prefix}-id`);
  const timestamp = headers.get(`${prefix}-timestamp`);
  const signatures = headers.get(`${prefix}-signature`);
  if (id === undefined || timestamp === undefined || signatures === undefined)
    return missing(`${prefix}-id, -timestamp and -signature`);
  const key = Buffer.from(secret.replace(/^whsec_/u, ""), "base64");
  if (key.length === 0) return refused("secret.not_a_key", "this source's secret is not whsec_ and base64");
  const expected = `v1,${hmacOf({ algorithm: "sha256", secret: key, encoding: "base64" }, `${id}.${timestamp}.`, rawBody)}`;
  const matches = signatures.split(" ").map((signature) => sameText(expected, signature));
  if (!matches.includes(true))
    return refused("signature.wrong", "none of the signatures belongs to this body and this secret");
  return outsideWindow(epochSeconds(timestamp), now, STANDARD_WINDOW_MS) ?? VERIFIED;
}
