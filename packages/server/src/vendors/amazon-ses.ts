import {
  decisionAmong,
  decisionIn,
  decisionInHeaders,
  digestOf,
  linkOf,
  machineOf,
  personOf,
  signalReading,
} from "./draft-signal.ts";
import { inboundReading } from "./inbound-mail.ts";
import { flagAt, isObject, listAt, textAt, valueAt } from "./json.ts";
import { DEFAULT_SETTINGS, type ReadingSettings } from "./reading-settings.ts";
import { bodyText, ignored, oneEvent, parseJson, readEvents, unread, type Reading } from "./read-body.ts";
import { isSubscribeUrl, verifySnsMessage, type SigningCertificates } from "./sns-signature.ts";
import type { Vendor } from "./vendor.ts";
import { isoTime, mailDate, said } from "./vendor-time.ts";

/** Where an event keeps its own part, and whom it is about there. */
const PARTS: ReadonlyMap<string, { readonly part: string; readonly recipients: string }> = new Map([
  ["Bounce", { part: "bounce", recipients: "bouncedRecipients" }],
  ["Complaint", { part: "complaint", recipients: "complainedRecipients" }],
  ["Delivery", { part: "delivery", recipients: "recipients" }],
  ["DeliveryDelay", { part: "deliveryDelay", recipients: "delayedRecipients" }],
  ["Send", { part: "send", recipients: "" }],
  ["Reject", { part: "reject", recipients: "" }],
  ["Open", { part: "open", recipients: "" }],
  ["Click", { part: "click", recipients: "" }],
  ["Rendering Failure", { part: "failure", recipients: "" }],
  ["Subscription", { part: "subscription", recipients: "" }],
]);

/**
 * Amazon SES over SNS: notifications and event publishing, one signal for each recipient it is about.
 *
 * @param certificates - where SNS's signing certificates come from.
 */
export function amazonSes(certificates: SigningCertificates): Vendor {
  return {
    name: "amazon-ses",
    secretIs: "the ARN of the SNS topic (arn:aws:sns:…) that this source listens to; raw message delivery must be off",
    verify: (request, secret, now) => verifySnsMessage(request, { topicArn: secret, now, certificates }),
    read: (request, settings = DEFAULT_SETTINGS) =>
      readEvents(unwrapped(bodyText(request)), (message) => readMessage(message, settings), oneEvent),
  };
}

/** The text of the SES event in an SNS notification, character by character as it came, or of what else the body is. */
function unwrapped(text: string): string {
  const body = parseJson(text);
  const message =
    body.kind === "ok" && textAt(body.value, "Type") === "Notification" ? valueAt(body.value, "Message") : null;
  const inner = typeof message === "string" ? parseJson(message) : null;
  return typeof message === "string" && inner?.kind === "ok" && isObject(inner.value) ? message : text;
}

function readMessage(message: unknown, settings: ReadingSettings): readonly Reading[] {
  switch (textAt(message, "Type") ?? "") {
    case "UnsubscribeConfirmation":
      return ignored("the topic confirms that it no longer sends here");
    case "SubscriptionConfirmation": {
      const url = textAt(message, "SubscribeURL") ?? "";
      return isSubscribeUrl(url)
        ? [{ kind: "confirmation", url }]
        : unread("ses.untrusted_subscribe_url", "the address to confirm at is not Amazon SNS's");
    }
    case "Notification":
      return textAt(message, "Message")?.startsWith("Successfully validated SNS topic") === true
        ? ignored("SES's greeting to a new topic")
        : unread("ses.no_event", "the SNS message holds no SES event");
    default:
      return readEvent(message, settings);
  }
}

function readEvent(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const word = textAt(event, "eventType") ?? textAt(event, "notificationType");
  if (word === null) return unread("ses.no_event", 'an SES event names itself in "eventType" or "notificationType"');
  if (word === "Received") return readInbound(event);
  if (word === "AmazonSnsSubscriptionSucceeded") return ignored("SES's greeting to a new topic");
  const place = PARTS.get(word === "RenderingFailure" ? "Rendering Failure" : word);
  if (place === undefined) return unread("ses.unknown_event", `SES has no event "${word}" that we know`);
  const part = valueAt(event, place.part);
  const type = typeOf(word, part);
  if (type === null) return ignored(`SES's "${word}" of this kind says nothing about the person`);
  const told = place.recipients === "" ? [] : listAt(part, place.recipients);
  const recipients: readonly unknown[] = told.length > 0 ? told : listAt(event, "mail", "destination");
  if (recipients.length === 0) return unread("ses.no_recipient", `SES's "${word}" names no recipient`);
  return recipients.map((recipient) => recipientReading(event, { word, type, part, recipient, settings }));
}

interface EventPart {
  readonly word: string;
  readonly type: string;
  readonly part: unknown;
  readonly recipient: unknown;
  readonly settings: ReadingSettings;
}

function recipientReading(event: unknown, { word, type, part, recipient, settings }: EventPart): Reading {
  const email = textAt(recipient, "emailAddress") ?? textAt(recipient);
  const message = textAt(event, "mail", "messageId");
  const at = textAt(part, "timestamp") ?? textAt(event, "mail", "timestamp");
  const url = textAt(part, "link");
  const occurredAt = said(isoTime, at);
  return signalReading({
    messageId: digestOf("ses", word, message, email, at, textAt(part, "feedbackId"), url),
    type,
    occurredAt,
    person: personOf({ email }),
    decisionId: decisionOf(event, settings),
    properties: {
      channel: "email",
      vendor_message_id: message,
      reason: reasonOf(part),
      status: textAt(recipient, "status"),
      details: textAt(recipient, "diagnosticCode") ?? textAt(part, "errorMessage"),
      link: linkOf(url),
    },
    machine: machineOf({
      userAgent: word === "Complaint" ? null : textAt(part, "userAgent"),
      ip: textAt(part, "ipAddress"),
      url,
    }),
  });
}

function reasonOf(part: unknown): string | null {
  const kind = textAt(part, "bounceType");
  const subKind = textAt(part, "bounceSubType");
  if (kind !== null) return subKind === null ? kind : `${kind}/${subKind}`;
  return (
    textAt(part, "complaintFeedbackType") ??
    textAt(part, "complaintSubType") ??
    textAt(part, "delayType") ??
    textAt(part, "reason") ??
    textAt(part, "source")
  );
}

/** null where the event is known to say nothing about the person. */
function typeOf(word: string, part: unknown): string | null {
  switch (word) {
    case "Bounce":
      return bounceType(part);
    case "Complaint":
      if (textAt(part, "complaintFeedbackType") === "not-spam") return null;
      return textAt(part, "complaintSubType") === "OnAccountSuppressionList" ? "suppressed" : "complained";
    case "Delivery":
      return "delivered";
    case "DeliveryDelay":
      return "deferred";
    case "Send":
      return "sent";
    case "Open":
      return "opened";
    case "Click":
      return "clicked";
    case "Subscription":
      return subscriptionType(part);
    default:
      return "failed";
  }
}

function bounceType(part: unknown): string {
  const subType = textAt(part, "bounceSubType");
  if (subType === "Suppressed" || subType === "OnAccountSuppressionList") return "suppressed";
  return textAt(part, "bounceType") === "Permanent" ? "bounced_hard" : "bounced_soft";
}

/** Leaving one topic of several is still leaving: what remains subscribed is the list's business. */
function subscriptionType(part: unknown): string {
  const now = valueAt(part, "newTopicPreferences");
  const left = (topics: unknown): number =>
    listAt(topics, "topicSubscriptionStatus").filter(
      (topic) => textAt(topic, "subscriptionStatus")?.toLowerCase() === "optout",
    ).length;
  if (flagAt(now, "unsubscribeAll") === true) return "unsubscribed";
  return left(now) > left(valueAt(part, "oldTopicPreferences")) ? "unsubscribed" : "resubscribed";
}

/** In the mail's tags (each a list of values), its headers, or the metadata that some libraries put into a header. */
function decisionOf(event: unknown, settings: ReadingSettings): string | null {
  const headers = listAt(event, "mail", "headers");
  const metadata = headers.find((header) => textAt(header, "name")?.toLowerCase() === "x-metadata");
  const parsed = metadata === undefined ? null : parseJson(textAt(metadata, "value") ?? "");
  const tags = headers
    .filter((header) => textAt(header, "name")?.toLowerCase() === "x-tag")
    .map((header) => textAt(header, "value") ?? "");
  return (
    decisionIn(valueAt(event, "mail", "tags"), settings) ??
    decisionInHeaders(headers) ??
    (parsed?.kind === "ok" ? decisionIn(parsed.value, settings) : null) ??
    decisionAmong(tags, settings)
  );
}

/** Mail that SES received: its text only where the rule puts the content into the notification, which this does not decode. */
function readInbound(event: unknown): readonly Reading[] {
  const message = textAt(event, "mail", "messageId");
  if (message === null) return unread("ses.no_mail", "SES's notice of a received mail does not say which");
  const headers = listAt(event, "mail", "headers");
  return inboundReading({
    messageId: digestOf("ses", "Received", message),
    occurredAt: isoTime(textAt(event, "mail", "timestamp")) ?? mailDate(textAt(event, "mail", "commonHeaders", "date")),
    from: textAt(event, "mail", "commonHeaders", "from", 0) ?? textAt(event, "mail", "source"),
    subject: textAt(event, "mail", "commonHeaders", "subject"),
    text: null,
    headers,
    decisionId: null,
  });
}
