import { createPublicKey, verify as verifySignature, type KeyObject } from "node:crypto";
import type { Instant } from "@ratchet/engine";
import { missing, NO_SECRET, outsideWindow } from "./authenticate.ts";
import {
  decisionAmong,
  decisionIn,
  digestOf,
  linkOf,
  machineOf,
  oneSignal,
  personOf,
  vendorId,
} from "./draft-signal.ts";
import { flagAt, textAt, textsAt } from "./json.ts";
import { DEFAULT_SETTINGS, type ReadingSettings } from "./reading-settings.ts";
import { bodyText, ignored, readEvents, unread, type Reading } from "./read-body.ts";
import { refused, VERIFIED, type Vendor, type VendorRequest, type Verification } from "./vendor.ts";
import { epochSeconds, said } from "./vendor-time.ts";

const WINDOW_MS = 5 * 60_000;

const TYPES: ReadonlyMap<string, string> = new Map([
  ["processed", "queued"],
  ["delivered", "delivered"],
  ["deferred", "deferred"],
  ["open", "opened"],
  ["click", "clicked"],
  ["spamreport", "complained"],
  ["unsubscribe", "unsubscribed"],
  ["group_unsubscribe", "unsubscribed"],
  ["group_resubscribe", "resubscribed"],
]);

/**
 * SendGrid's event webhook, signed with ECDSA over timestamp and body.
 *
 * SendGrid repeats events often; `sg_event_id` makes one of them. An open that it calls a machine's says so in the hints.
 */
export const sendgrid: Vendor = {
  name: "sendgrid",
  secretIs: "the verification key of Settings › Mail Settings › Event Webhook › Signature Verification",
  async verify(request, secret, now) {
    return verifyCall(request, secret, now);
  },
  read: (request, settings = DEFAULT_SETTINGS) => readEvents(bodyText(request), (event) => readEvent(event, settings)),
};

function verifyCall({ headers, rawBody }: VendorRequest, secret: string, now: Instant): Verification {
  if (secret === "") return NO_SECRET;
  const signature = headers.get("x-twilio-email-event-webhook-signature");
  const timestamp = headers.get("x-twilio-email-event-webhook-timestamp");
  if (signature === undefined) return missing("x-twilio-email-event-webhook-signature");
  if (timestamp === undefined) return missing("x-twilio-email-event-webhook-timestamp");
  const key = publicKey(secret);
  if (key === null)
    return refused("secret.not_a_key", "this source's secret is not a public key in base64 (SPKI, P-256)");
  const bytes = Buffer.from(signature, "base64");
  // Base64 has several spellings of the same bytes; the vendor writes one.
  const isOurs =
    bytes.toString("base64") === signature &&
    verifySignature("sha256", Buffer.concat([Buffer.from(timestamp), rawBody]), key, bytes);
  if (!isOurs) return refused("signature.wrong", "the signature does not belong to this body, this time and this key");
  return outsideWindow(epochSeconds(timestamp), now, WINDOW_MS) ?? VERIFIED;
}

function publicKey(base64: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, "base64"), format: "der", type: "spki" });
    return key.asymmetricKeyType === "ec" ? key : null;
  } catch {
    return null;
  }
}

function readEvent(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const word = textAt(event, "event");
  if (word === null) return unread("sendgrid.no_event", 'a SendGrid event names itself in "event"');
  if (word === "account_status_change") return ignored("a change of the SendGrid account is not about a person");
  const type = word === "bounce" ? bounceType(event) : word === "dropped" ? dropType(event) : TYPES.get(word);
  if (type === undefined) return unread("sendgrid.unknown_event", `SendGrid has no event "${word}" that we know`);
  const id = textAt(event, "sg_event_id");
  const email = textAt(event, "email");
  const url = textAt(event, "url");
  const tags = textsAt(event, "category");
  const timestamp = textAt(event, "timestamp");
  return oneSignal({
    messageId:
      id === null ? digestOf("sendgrid", word, textAt(event, "sg_message_id"), email, timestamp, url) : vendorId(id),
    type,
    occurredAt: said(epochSeconds, timestamp),
    person: personOf({ email }),
    decisionId: decisionIn(event, settings) ?? decisionAmong(tags, settings),
    properties: {
      channel: "email",
      vendor_message_id: textAt(event, "sg_message_id"),
      tags: tags.join(","),
      reason: textAt(event, "reason") ?? (type === "delivered" ? null : textAt(event, "response")),
      status: textAt(event, "status"),
      link: linkOf(url),
    },
    machine: machineOf({
      vendorSaysMachine: flagAt(event, "sg_machine_open"),
      userAgent: textAt(event, "useragent"),
      ip: type === "opened" || type === "clicked" ? textAt(event, "ip") : null,
      url,
    }),
  });
}

/** SendGrid's `blocked` bounces, and enhanced status codes 4.x.x, are about this time; the others about this address. */
function bounceType(event: unknown): string {
  const isSoft = textAt(event, "type") === "blocked" || textAt(event, "status")?.startsWith("4") === true;
  return isSoft ? "bounced_soft" : "bounced_hard";
}

/** Not sent at all: because the address is on a suppression list, or because something was wrong with the message. */
function dropType(event: unknown): string {
  const reason = textAt(event, "reason")?.toLowerCase() ?? "";
  return /^(?:bounced|unsubscribed|spam reporting)/u.test(reason) ? "suppressed" : "failed";
}
