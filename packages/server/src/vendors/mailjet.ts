import { sharedSecret } from "./authenticate.ts";
import {
  decisionAmong,
  decisionIn,
  digestOf,
  linkOf,
  machineOf,
  oneSignal,
  ownDecisionId,
  personOf,
} from "./draft-signal.ts";
import { headerList, inboundReading } from "./inbound-mail.ts";
import { flagAt, textAt, valueAt } from "./json.ts";
import { DEFAULT_SETTINGS, type ReadingSettings } from "./reading-settings.ts";
import { bodyText, parseJson, readEvents, unread, type Reading } from "./read-body.ts";
import type { Vendor } from "./vendor.ts";
import { compactTime, epochSeconds, said } from "./vendor-time.ts";

const TYPES: ReadonlyMap<string, string> = new Map([
  // Mailjet's "sent" comes when the receiving server has accepted the mail.
  ["sent", "delivered"],
  ["open", "opened"],
  ["click", "clicked"],
  ["spam", "complained"],
  ["unsub", "unsubscribed"],
]);

/** Mailjet: one event a call or, with grouping on, an array. Nothing is signed. */
export const mailjet: Vendor = {
  name: "mailjet",
  secretIs: "user:password, put into the webhook's URL (https://user:password@…)",
  async verify(request, secret) {
    return sharedSecret(request, secret);
  },
  read: (request, settings = DEFAULT_SETTINGS) => readEvents(bodyText(request), (event) => readEvent(event, settings)),
};

function readEvent(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const word = textAt(event, "event");
  if (word === null) return readInbound(event);
  const type = word === "bounce" ? bounceType(event) : word === "blocked" ? blockType(event) : TYPES.get(word);
  if (type === undefined) return unread("mailjet.unknown_event", `Mailjet has no event "${word}" that we know`);
  const message = textAt(event, "Message_GUID") ?? textAt(event, "mj_message_id") ?? textAt(event, "MessageID");
  const email = textAt(event, "email");
  const url = textAt(event, "url");
  const time = textAt(event, "time");
  return oneSignal({
    messageId: digestOf("mailjet", word, message, email ?? textAt(event, "mj_contact_id"), time, url),
    type,
    occurredAt: said(epochSeconds, time),
    person: personOf({ email }),
    decisionId: decisionOf(event, settings),
    properties: {
      channel: "email",
      vendor_message_id: message,
      campaign: textAt(event, "customcampaign"),
      reason: textAt(event, "error"),
      reason_of: textAt(event, "error_related_to"),
      source: textAt(event, "source"),
      link: linkOf(url),
    },
    machine: machineOf({ userAgent: textAt(event, "agent"), ip: textAt(event, "ip"), url }),
  });
}

/** `Payload` is what the sender attached: often JSON in a text. `CustomID` is a word of the sender's. */
function decisionOf(event: unknown, settings: ReadingSettings): string | null {
  const payload = textAt(event, "Payload") ?? "";
  const parsed = payload.startsWith("{") ? parseJson(payload) : null;
  const fromPayload = parsed?.kind === "ok" ? decisionIn(parsed.value, settings) : null;
  const custom = textAt(event, "CustomID");
  return fromPayload ?? ownDecisionId(custom) ?? decisionAmong([payload, custom ?? ""], settings);
}

/** A greylisting server takes the mail a little later. */
function bounceType(event: unknown): string {
  if (flagAt(event, "hard_bounce") === true) return "bounced_hard";
  return textAt(event, "error") === "greylisted" ? "deferred" : "bounced_soft";
}

/** Mailjet did not send: because the address is on one of its lists, or because of the address or the mail itself. */
function blockType(event: unknown): string {
  return textAt(event, "error") === "preblocked" ? "suppressed" : "failed";
}

function readInbound(event: unknown): readonly Reading[] {
  const from = textAt(event, "From") ?? textAt(event, "Sender");
  if (from === null) return unread("mailjet.no_event", 'a Mailjet event names itself in "event"');
  const headers = headerList(valueAt(event, "Headers"));
  const date = textAt(event, "Date");
  return inboundReading({
    messageId: digestOf(
      "mailjet",
      "inbound",
      from,
      date,
      headers.find(({ name }) => name.toLowerCase() === "message-id"),
    ),
    occurredAt: compactTime(date),
    from,
    subject: textAt(event, "Subject"),
    text: textAt(event, "Text-part"),
    headers,
    decisionId: null,
  });
}
