import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { later, type Instant } from "@ratchet/engine";
import { amazonSes } from "./amazon-ses.ts";
import { calendly } from "./calendly.ts";
import { declarativeVendor } from "./declarative-mapping.ts";
import { hubspot } from "./hubspot.ts";
import { mailgun } from "./mailgun.ts";
import { mailjet } from "./mailjet.ts";
import { mandrill } from "./mandrill.ts";
import { outreach } from "./outreach.ts";
import { postmark } from "./postmark.ts";
import { salesforceChanges, salesforceOutbound } from "./salesforce.ts";
import { salesloft } from "./salesloft.ts";
import { sendgrid } from "./sendgrid.ts";
import { AWS_CERTIFICATE, AWS_MESSAGES, AWS_TOPIC } from "./sns-vectors.fixture.ts";
import { at, call, FUZZ_RUNS } from "./vendor-request.fixture.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";
import { webhookMappingSchema } from "./webhook-mapping.ts";

const NOW = at("2026-03-06T20:00:30Z");
const SECRET = "d2hhdCBvbmx5IHdlIGtub3c=";

/** One way to sign, and the ways to spoil what was signed: each takes any number to say where. */
interface Scheme {
  readonly vendor: Vendor;
  readonly secret: string;
  readonly signed: (body: string) => VendorRequest;
  readonly forgeries: readonly ((request: VendorRequest, where: number) => VendorRequest)[];
  /** Longest age of the signature that is taken; absent where the vendor signs no time. */
  readonly windowMs?: number;
}

const hmac = (algorithm: string, encoding: "hex" | "base64", ...parts: readonly (string | Uint8Array)[]): string => {
  const made = createHmac(algorithm, SECRET);
  for (const part of parts) made.update(part);
  return made.digest(encoding);
};

/** Another character in the place of one: letters and digits only, so that every notation stays one. */
function spoilt(text: string, where: number): string {
  const place = where % Math.max(text.length, 1);
  const replacement = "Aa0Bb1"[where % 6] === text[place] ? "z" : "Aa0Bb1"[where % 6];
  return `${text.slice(0, place)}${replacement}${text.slice(place + 1)}`;
}

const spoilHeader =
  (name: string) =>
  (request: VendorRequest, where: number): VendorRequest => ({
    ...request,
    headers: new Map([...request.headers, [name, spoilt(request.headers.get(name) ?? "", where)]]),
  });

const dropHeader =
  (name: string) =>
  (request: VendorRequest): VendorRequest => ({
    ...request,
    headers: new Map([...request.headers].filter(([key]) => key !== name)),
  });

/** One byte of the body changed, taken out, or added. */
function spoilBody(request: VendorRequest, where: number): VendorRequest {
  const bytes = [...request.rawBody];
  const place = where % Math.max(bytes.length, 1);
  if (bytes.length === 0 || where % 3 === 0) bytes.splice(place, 0, 0x20);
  else if (where % 3 === 1) bytes.splice(place, 1);
  else bytes[place] = (bytes[place] ?? 0) ^ (1 << (where % 8));
  return { ...request, rawBody: Uint8Array.from(bytes) };
}

const spoilUrl = (request: VendorRequest, where: number): VendorRequest => ({
  ...request,
  url: `${request.url.slice(0, 8)}${spoilt(request.url.slice(8), where)}`,
});

/** A field of a JSON body, changed: for schemes that sign fields, not bytes. */
const spoilField =
  (...path: readonly string[]) =>
  (request: VendorRequest, where: number): VendorRequest => {
    const body: Record<string, unknown> = JSON.parse(Buffer.from(request.rawBody).toString());
    const holder: Record<string, unknown> = path.length === 1 ? body : Object(body[path[0] ?? ""]);
    const name = path.at(-1) ?? "";
    holder[name] = spoilt(String(holder[name]), where);
    return { ...request, rawBody: Buffer.from(JSON.stringify(body)) };
  };

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const publicKey = keys.publicKey.export({ format: "der", type: "spki" }).toString("base64");
const seconds = String(Math.floor(NOW / 1000));

const mapped = (verify: unknown): Vendor =>
  declarativeVendor(webhookMappingSchema.parse({ version: 1, name: "mapped", verify, type: { value: "clicked" } }));

const shared = (vendor: Vendor): Scheme => ({
  vendor,
  secret: SECRET,
  signed: (body) => call(body, { headers: { authorization: `Bearer ${SECRET}` } }),
  forgeries: [
    (request, where) => ({ ...request, headers: new Map([["authorization", `Bearer ${spoilt(SECRET, where)}`]]) }),
    dropHeader("authorization"),
  ],
});

const SCHEMES: Readonly<Record<string, Scheme>> = {
  hubspot: {
    vendor: hubspot,
    secret: SECRET,
    signed: (body) => {
      const url = "https://ratchet.example.com/hooks/hubspot/s?a=1&b=2";
      const signature = hmac("sha256", "base64", "POST", url, body, String(NOW));
      return call(body, {
        url,
        headers: { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": String(NOW) },
      });
    },
    forgeries: [
      spoilBody,
      spoilUrl,
      spoilHeader("x-hubspot-signature-v3"),
      spoilHeader("x-hubspot-request-timestamp"),
      dropHeader("x-hubspot-signature-v3"),
      dropHeader("x-hubspot-request-timestamp"),
      (request) => ({ ...request, method: "PUT" }),
    ],
    windowMs: 300_000,
  },
  sendgrid: {
    vendor: sendgrid,
    secret: publicKey,
    signed: (body) =>
      call(body, {
        headers: {
          "x-twilio-email-event-webhook-signature": sign(
            "sha256",
            Buffer.from(seconds + body),
            keys.privateKey,
          ).toString("base64"),
          "x-twilio-email-event-webhook-timestamp": seconds,
        },
      }),
    forgeries: [
      spoilBody,
      spoilHeader("x-twilio-email-event-webhook-signature"),
      spoilHeader("x-twilio-email-event-webhook-timestamp"),
      dropHeader("x-twilio-email-event-webhook-signature"),
    ],
    windowMs: 300_000,
  },
  calendly: {
    vendor: calendly,
    secret: SECRET,
    signed: (body) =>
      call(body, {
        headers: { "calendly-webhook-signature": `t=${seconds},v1=${hmac("sha256", "hex", `${seconds}.`, body)}` },
      }),
    forgeries: [spoilBody, spoilHeader("calendly-webhook-signature"), dropHeader("calendly-webhook-signature")],
    windowMs: 180_000,
  },
  outreach: {
    vendor: outreach,
    secret: SECRET,
    signed: (body) => call(body, { headers: { "outreach-webhook-signature": hmac("sha256", "hex", body) } }),
    forgeries: [spoilBody, spoilHeader("outreach-webhook-signature"), dropHeader("outreach-webhook-signature")],
  },
  salesloft: {
    vendor: salesloft,
    secret: SECRET,
    signed: (body) => call(body, { headers: { "x-salesloft-signature": hmac("sha1", "hex", body) } }),
    forgeries: [spoilBody, spoilHeader("x-salesloft-signature"), dropHeader("x-salesloft-signature")],
  },
  mandrill: {
    vendor: mandrill,
    secret: SECRET,
    signed: (body) => {
      const url = "https://ratchet.example.com/hooks/mandrill/s";
      const form = new URLSearchParams({ mandrill_events: body });
      // What a form can carry, which leaves lone surrogates out.
      const carried = form.get("mandrill_events") ?? "";
      return call(form.toString(), {
        url,
        headers: { "x-mandrill-signature": hmac("sha1", "base64", url, "mandrill_events", carried) },
      });
    },
    forgeries: [
      spoilUrl,
      spoilHeader("x-mandrill-signature"),
      dropHeader("x-mandrill-signature"),
      (request, where) => {
        const events = new URLSearchParams(Buffer.from(request.rawBody).toString()).get("mandrill_events") ?? "";
        return {
          ...request,
          rawBody: Buffer.from(new URLSearchParams({ mandrill_events: spoilt(events, where) }).toString()),
        };
      },
      (request) => ({ ...request, rawBody: Buffer.from(`${Buffer.from(request.rawBody).toString()}&more=1`) }),
    ],
  },
  mailgun: {
    vendor: mailgun,
    secret: SECRET,
    signed: (body) => {
      const signature = hmac("sha256", "hex", seconds, "a token");
      return call({ signature: { timestamp: seconds, token: "a token", signature }, "event-data": { note: body } });
    },
    // Mailgun's scheme leaves the event itself unsigned.
    forgeries: [
      spoilField("signature", "timestamp"),
      spoilField("signature", "token"),
      spoilField("signature", "signature"),
    ],
    windowMs: 12 * 3_600_000,
  },
  "amazon-ses": {
    vendor: amazonSes({ fetch: async () => AWS_CERTIFICATE }),
    secret: AWS_TOPIC,
    signed: () => call(AWS_MESSAGES.notificationV2),
    forgeries: ["Message", "MessageId", "Timestamp", "TopicArn", "Type", "Signature", "SignatureVersion"].map((name) =>
      spoilField(name),
    ),
    windowMs: 12 * 3_600_000,
  },
  "a mapping's hmac": {
    vendor: mapped({
      kind: "hmac",
      header: "X-Sig",
      algorithm: "sha256",
      encoding: "hex",
      prefix: "sha256=",
      signed: "v0:{timestamp}:{body}",
      timestamp: { header: "X-Time", format: "epoch_s", window_seconds: 300 },
    }),
    secret: SECRET,
    signed: (body) =>
      call(body, {
        headers: { "x-sig": `sha256=${hmac("sha256", "hex", `v0:${seconds}:`, body)}`, "x-time": seconds },
      }),
    forgeries: [spoilBody, spoilHeader("x-sig"), spoilHeader("x-time"), dropHeader("x-sig"), dropHeader("x-time")],
    windowMs: 300_000,
  },
  "standard webhooks": {
    vendor: mapped({ kind: "standard_webhooks" }),
    secret: `whsec_${SECRET}`,
    signed: (body) => {
      const made = createHmac("sha256", Buffer.from(SECRET, "base64"))
        .update(`msg_1.${seconds}.${body}`)
        .digest("base64");
      return call(body, {
        headers: { "webhook-id": "msg_1", "webhook-timestamp": seconds, "webhook-signature": `v1,${made}` },
      });
    },
    forgeries: [
      spoilBody,
      ...["webhook-id", "webhook-timestamp", "webhook-signature"].flatMap((name) => [
        spoilHeader(name),
        dropHeader(name),
      ]),
    ],
    windowMs: 300_000,
  },
  postmark: shared(postmark),
  mailjet: shared(mailjet),
  "salesforce-outbound": shared(salesforceOutbound),
  "salesforce-changes": shared(salesforceChanges),
};

const kindOf = async ({ vendor }: Scheme, request: VendorRequest, secret: string, now: Instant): Promise<string> =>
  (await vendor.verify(request, secret, now)).kind;

const wellFormed = fc.string({ unit: "grapheme", maxLength: 60 });

describe("forged calls", () => {
  it(
    `are refused, all ${FUZZ_RUNS} of them, where what they were made from is taken`,
    { timeout: 600_000 },
    async () => {
      const scheme = fc.constantFrom(...Object.values(SCHEMES));
      await fc.assert(
        fc.asyncProperty(scheme, wellFormed, fc.nat(), fc.nat(), async (used, body, which, where) => {
          const request = used.signed(body);
          const forge = used.forgeries[which % used.forgeries.length];
          expect(await kindOf(used, request, used.secret, NOW)).toBe("ok");
          expect(await kindOf(used, forge?.(request, where) ?? request, used.secret, NOW)).toBe("err");
        }),
        { numRuns: FUZZ_RUNS },
      );
    },
  );

  it(`are refused with another secret, and with none`, async () => {
    for (const scheme of Object.values(SCHEMES)) {
      const request = scheme.signed("{}");
      expect(await kindOf(scheme, request, `x${scheme.secret}`, NOW)).toBe("err");
      expect(await kindOf(scheme, request, "", NOW)).toBe("err");
    }
  });
});

describe("replayed calls", () => {
  it(`are refused outside the window, before and after (${FUZZ_RUNS} of them)`, { timeout: 600_000 }, async () => {
    const timed = fc.constantFrom(...Object.values(SCHEMES).filter(({ windowMs }) => windowMs !== undefined));
    await fc.assert(
      fc.asyncProperty(
        timed,
        wellFormed,
        fc.integer({ min: 1, max: 400 * 86_400_000 }),
        fc.boolean(),
        async (used, body, beyond, after) => {
          // The signed time is of the second before, at most 4 s for Amazon's real message.
          const distance = (used.windowMs ?? 0) + 5_000 + beyond;
          expect(await kindOf(used, used.signed(body), used.secret, later(NOW, after ? distance : -distance))).toBe(
            "err",
          );
        },
      ),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("inside the window are the message ids' business: reading twice gives the same ids", () => {
    const events = call([{ event: "open", email: "a@example.com", timestamp: 1, sg_message_id: "m" }]);
    expect(sendgrid.read(events)).toEqual(sendgrid.read(events));
  });
});
