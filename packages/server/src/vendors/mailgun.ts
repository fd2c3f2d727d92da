import type { Instant } from "@ratchet/engine";
import { hmacOf, missing, NO_SECRET, outsideWindow, verdictOn } from "./authenticate.ts";
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
import { textAt, textsAt, valueAt } from "./json.ts";
import { DEFAULT_SETTINGS, type ReadingSettings } from "./reading-settings.ts";
import { bodyText, ignored, parseJson, readEvents, unread, type Reading } from "./read-body.ts";
import { refused, type Vendor, type VendorRequest, type Verification } from "./vendor.ts";
import { epochSeconds, said } from "./vendor-time.ts";

/** Mailgun tries again for eight hours, and asks receivers not to be strict about its time. */
const WINDOW_MS = 12 * 3_600_000;

const TYPES: ReadonlyMap<string, string> = new Map([
  ["accepted", "queued"],
  ["delivered", "delivered"],
  ["opened", "opened"],
  ["clicked", "clicked"],
  ["unsubscribed", "unsubscribed"],
  ["complained", "complained"],
  ["rejected", "failed"],
]);

/**
 * Mailgun: one event a call, `{signature, "event-data"}`.
 *
 * The signature covers a timestamp and a random token, **not the event**: only TLS keeps the event as Mailgun wrote it. So the token is a
 * `onceKey`. The event's own id makes a replay of it a duplicate.
 */
export const mailgun: Vendor = {
  name: "mailgun",
  secretIs: "the HTTP webhook signing key, from Sending › API security",
  async verify(request, secret, now) {
    return verifyCall(request, secret, now);
  },
  onceKey(request) {
    const body = parseJson(bodyText(request));
    return body.kind === "ok" ? textAt(body.value, "signature", "token") : null;
  },
  read: (request, settings = DEFAULT_SETTINGS) =>
    readEvents(bodyText(request), (body) => readEvent(valueAt(body, "event-data"), settings)),
};

function verifyCall(request: VendorRequest, secret: string, now: Instant): Verification {
  if (secret === "") return NO_SECRET;
  const body = parseJson(bodyText(request));
  if (body.kind === "err") return refused(body.error.code, body.error.message);
  const signed = valueAt(body.value, "signature");
  const [timestamp, token, signature] = [
    textAt(signed, "timestamp"),
    textAt(signed, "token"),
    textAt(signed, "signature"),
  ];
  if (timestamp === null || token === null || signature === null) return missing("signature with timestamp and token");
  const verdict = verdictOn(hmacOf({ algorithm: "sha256", secret, encoding: "hex" }, timestamp, token), signature);
  return verdict.kind === "err" ? verdict : (outsideWindow(epochSeconds(timestamp), now, WINDOW_MS) ?? verdict);
}

function readEvent(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const word = textAt(event, "event");
  if (word === null) return unread("mailgun.no_event", 'a Mailgun call holds its event in "event-data"');
  if (word === "stored" || word === "list_member_uploaded" || word === "list_uploaded")
    return ignored(`Mailgun's "${word}" is about its own storage`);
  const type = word === "failed" ? failureType(event) : TYPES.get(word);
  if (type === undefined) return unread("mailgun.unknown_event", `Mailgun has no event "${word}" that we know`);
  const id = textAt(event, "id");
  const email = textAt(event, "recipient");
  const url = textAt(event, "url");
  const tags = textsAt(event, "tags");
  const message = textAt(event, "message", "headers", "message-id");
  return oneSignal({
    messageId: id === null ? digestOf("mailgun", word, message, email, textAt(event, "timestamp"), url) : vendorId(id),
    type,
    occurredAt: said(epochSeconds, valueAt(event, "timestamp")),
    person: personOf({ email }),
    decisionId: decisionIn(valueAt(event, "user-variables"), settings) ?? decisionAmong(tags, settings),
    properties: {
      channel: "email",
      // It has the form of an address, and the facts keep none.
      vendor_message_id: message === null ? null : digestOf("mailgun", message),
      tags: tags.join(","),
      reason: textAt(event, "reason") ?? textAt(event, "reject", "reason"),
      details: textAt(event, "delivery-status", "message") ?? textAt(event, "delivery-status", "description"),
      link: linkOf(url),
    },
    machine: machineOf({
      // A name such as "apple" or "gmail" where Mailgun recognised the machine, else blank or absent.
      vendorSaysMachine: textAt(event, "client-info", "bot") === null ? null : true,
      userAgent: textAt(event, "client-info", "user-agent"),
      ip: textAt(event, "ip"),
      url,
    }),
  });
}

/** Mailgun calls "failed" what it will try again, what it will not, and what it never tried because the address is suppressed. */
function failureType(event: unknown): string {
  if (textAt(event, "severity") === "temporary") return "deferred";
  return textAt(event, "reason")?.startsWith("suppress-") === true ? "suppressed" : "bounced_hard";
}
