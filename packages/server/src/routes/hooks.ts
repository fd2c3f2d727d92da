import { createHash } from "node:crypto";
import { later, type Instant, type Source } from "@ratchet/engine";
import type { Context, Hono } from "hono";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { readBodyBytes } from "../ingest/read-body.ts";
import { readVendorItem } from "../ingest/reader.ts";
import { disabled, refuseUnknown, receive } from "../ingest/receive.ts";
import { secretsOf } from "../ingest/source-keys.ts";
import { settingsOfSource, vendorOfSource } from "../ingest/webhook-source.ts";
import { SALESFORCE_ACK, salesforceOutbound } from "../vendors/salesforce.ts";
import { refused, type Vendor, type VendorItem, type VendorRequest, type Verification } from "../vendors/vendor.ts";

const ROUTE = "hooks";

/**
 * `POST /hooks/{vendor}/{source_id}`: a vendor's webhooks. Known by their signature, which covers the bytes as they were sent.
 *
 * @param publicUrl - where vendors reach us, for those that sign the address they call; the request's own where absent.
 */
export function hookRoutes(app: Hono<ServerEnvironment>, context: AppContext, publicUrl: string | null): void {
  app.post("/hooks/:vendor/:source_id", async (c) => {
    c.set("route", ROUTE);
    const source = context.sources.byId(c.req.param("source_id"));
    const vendor = source === null ? null : vendorOfSource(source, context.vendors);
    if (source === null || vendor === null || vendor.name !== c.req.param("vendor"))
      throw refuseUnknown(context, "there is no webhook source in use under this address", ROUTE);
    if (source.disabledAt !== null) throw disabled(source);
    const request = await requestOf(c, publicUrl);
    const verified = await verify(context, { source, vendor, request });
    const items = verified.kind === "ok" ? vendor.read(request, settingsOfSource(source)) : [];
    const ignored = items.filter(({ kind }) => kind === "ignored" || kind === "tie").length;
    const tally = await receive(c, context, {
      route: ROUTE,
      source,
      ignored,
      read: async () => {
        // Here, so that the source's request log shows what was refused and why.
        if (verified.kind === "err")
          throw new ProblemError("auth.bad_signature", `${verified.error.message} (${verified.error.code})`);
        const calledAs = vendor.kindHeader === undefined ? undefined : request.headers.get(vendor.kindHeader);
        return items
          .flatMap((item) => readVendorItem(item) ?? [])
          .map((item) => (calledAs === undefined ? item : { ...item, calledAs }));
      },
    });
    await confirm(items, context);
    if (vendor.name === salesforceOutbound.name)
      return c.body(SALESFORCE_ACK, 200, { "content-type": "text/xml; charset=utf-8" });
    const { rejected: _, conflicts: __, ...counts } = tally;
    return c.json({ ...counts, ignored });
  });
}

interface Called {
  readonly source: Source;
  readonly vendor: Vendor;
  readonly request: VendorRequest;
}

/** As long as any vendor's signature is accepted, in both directions. */
const KEY_KEPT_MS = 24 * 3_600_000;

/** Whether a call is the vendor's own, and, where its signature does not cover its body, the first with that signature or the same again. */
async function verify({ stores }: AppContext, { source, vendor, request }: Called): Promise<Verification> {
  const now = stores.clock();
  const verified = await verifyWithAny(vendor, request, { secrets: secretsOf(source, now), now });
  const key = verified.kind === "ok" ? (vendor.onceKey?.(request) ?? null) : null;
  if (key === null) return verified;
  const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
  const use = { source: source.id, key: sha256(key), digest: sha256(request.rawBody), now };
  if ((await stores.state.useKey({ ...use, until: later(now, KEY_KEPT_MS) })) !== "other") return verified;
  return refused("signature.replayed", "its token came before, with another body; the vendor signs each call anew");
}

interface Signers {
  readonly secrets: readonly [string, ...string[]];
  readonly now: Instant;
}

/** Whether one of the secrets made the signature; where none did, what the newest says of it. */
async function verifyWithAny(
  vendor: Vendor,
  request: VendorRequest,
  { secrets: [newest, ...others], now }: Signers,
): Promise<Verification> {
  const verified = await vendor.verify(request, newest, now);
  for (const secret of verified.kind === "ok" ? [] : others) {
    const again = await vendor.verify(request, secret, now);
    if (again.kind === "ok") return again;
  }
  return verified;
}

async function requestOf(c: Context<ServerEnvironment>, publicUrl: string | null): Promise<VendorRequest> {
  const called = new URL(c.req.url);
  return {
    rawBody: await readBodyBytes(c),
    headers: new Map(Object.entries(c.req.header())),
    method: c.req.method,
    url: publicUrl === null ? called.href : new URL(`${called.pathname}${called.search}`, publicUrl).href,
  };
}

/** Says yes where a vendor asks whether we want its events. Addresses were checked by the vendor's reader: its own hosts alone. */
async function confirm(items: readonly VendorItem[], { log, confirmSubscription }: AppContext): Promise<void> {
  for (const item of items) {
    if (item.kind !== "confirmation") continue;
    try {
      await confirmSubscription(item.url);
    } catch (error) {
      log.warn({ err: error, route: ROUTE }, "a subscription could not be confirmed; its vendor asks again");
    }
  }
}
