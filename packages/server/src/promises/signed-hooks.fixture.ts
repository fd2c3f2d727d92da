import { createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { SNS_TOPIC, snsCall } from "./sns-call.fixture.ts";

/** A vendor's call with a valid signature, whatever its body says. */
export interface SignedHook {
  readonly vendor: string;
  /** What the source is made with. */
  readonly secret: string;
  readonly call: (text: string, sent: { readonly url: string; readonly nowMs: number }) => HookCall;
}

export interface HookCall {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What stands in quarantine where that is more than the event: it came in an envelope of the vendor's. */
  readonly kept?: string;
}

const SECRET = "only-the-vendor-knows";
const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PUBLIC_KEY = keys.publicKey.export({ format: "der", type: "spki" }).toString("base64");

function hmac(algorithm: string, encoding: "hex" | "base64", ...parts: readonly string[]): string {
  const made = createHmac(algorithm, SECRET);
  for (const part of parts) made.update(part);
  return made.digest(encoding);
}

const bearer = (vendor: string): SignedHook => ({
  vendor,
  secret: SECRET,
  call: (body) => ({ body, headers: { authorization: `Bearer ${SECRET}` } }),
});

/** Every vendor known by heart. */
export const SIGNED_HOOKS: readonly SignedHook[] = [
  ...["mailjet", "postmark", "salesforce-outbound", "salesforce-changes"].map(bearer),
  {
    vendor: "hubspot",
    secret: SECRET,
    call: (body, { url, nowMs }) => ({
      body,
      headers: {
        "x-hubspot-signature-v3": hmac("sha256", "base64", "POST", url, body, String(nowMs)),
        "x-hubspot-request-timestamp": String(nowMs),
      },
    }),
  },
  {
    vendor: "sendgrid",
    secret: PUBLIC_KEY,
    call: (body, { nowMs }) => {
      const seconds = String(Math.floor(nowMs / 1000));
      return {
        body,
        headers: {
          "x-twilio-email-event-webhook-signature": sign(
            "sha256",
            Buffer.from(seconds + body),
            keys.privateKey,
          ).toString("base64"),
          "x-twilio-email-event-webhook-timestamp": seconds,
        },
      };
    },
  },
  {
    vendor: "calendly",
    secret: SECRET,
    call: (body, { nowMs }) => {
      const seconds = String(Math.floor(nowMs / 1000));
      return {
        body,
        headers: { "calendly-webhook-signature": `t=${seconds},v1=${hmac("sha256", "hex", `${seconds}.`, body)}` },
      };
    },
  },
  {
    vendor: "mailgun",
    secret: SECRET,
    call: (text, { nowMs }) => {
      const timestamp = String(Math.floor(nowMs / 1000));
      const token = randomUUID();
      const signature = JSON.stringify({ timestamp, token, signature: hmac("sha256", "hex", timestamp, token) });
      const body = `{"signature":${signature},"event-data":${text}}`;
      return { body, headers: { "content-type": "application/json" }, kept: body };
    },
  },
  { vendor: "amazon-ses", secret: SNS_TOPIC, call: (text, { nowMs }) => snsCall(text, nowMs) },
  {
    vendor: "outreach",
    secret: SECRET,
    call: (body) => ({ body, headers: { "outreach-webhook-signature": hmac("sha256", "hex", body) } }),
  },
  {
    vendor: "salesloft",
    secret: SECRET,
    call: (body) => ({
      body,
      headers: { "x-salesloft-signature": hmac("sha1", "hex", body), "x-salesloft-event": "email_updated" },
    }),
  },
  {
    vendor: "mandrill",
    secret: SECRET,
    call: (text, { url }) => {
      const form = new URLSearchParams({ mandrill_events: text });
      const carried = form.get("mandrill_events") ?? "";
      return {
        body: form.toString(),
        headers: { "x-mandrill-signature": hmac("sha1", "base64", url, "mandrill_events", carried) },
      };
    },
  },
];
