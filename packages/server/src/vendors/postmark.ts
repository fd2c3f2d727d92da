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
import { inboundReading } from "./inbound-mail.ts";
import { flagAt, listAt, textAt, valueAt } from "./json.ts";
import { DEFAULT_SETTINGS, type ReadingSettings } from "./reading-settings.ts";
import { bodyText, ignored, readEvents, unread, type Reading } from "./read-body.ts";
import type { Vendor } from "./vendor.ts";
import { anyTime, said } from "./vendor-time.ts";

/** Postmark's bounce types, of which many are no bounce at all. */
const BOUNCE_TYPES: ReadonlyMap<string, string> = new Map([
  ["HardBounce", "bounced_hard"],
  ["BadEmailAddress", "bounced_hard"],
  ["SoftBounce", "bounced_soft"],
  ["Undeliverable", "bounced_soft"],
  ["VirusNotification", "bounced_soft"],
  ["SpamNotification", "bounced_soft"],
  ["Blocked", "bounced_soft"],
  ["DMARCPolicy", "bounced_soft"],
  ["Unknown", "bounced_soft"],
  ["Transient", "deferred"],
  ["DnsError", "deferred"],
  ["AutoResponder", "auto_replied"],
  ["AddressChange", "auto_replied"],
  ["ChallengeVerification", "auto_replied"],
  ["Unsubscribe", "unsubscribed"],
  ["Subscribe", "resubscribed"],
  ["SpamComplaint", "complained"],
  ["ManuallyDeactivated", "suppressed"],
  ["Unconfirmed", "suppressed"],
  ["SMTPApiError", "failed"],
  ["InboundError", "failed"],
  ["TemplateRenderingFailed", "failed"],
]);

/** Said twice by Postmark, as an event and as the change of subscription that follows: one id makes one signal of them. */
const ONCE_PER_MESSAGE: ReadonlySet<string> = new Set(["bounced_hard", "complained"]);
/** In changes of subscription that no message led to. */
const NO_MESSAGE = "00000000-0000-0000-0000-000000000000";

/** Postmark: one event a call, and inbound mail. Nothing is signed. */
export const postmark: Vendor = {
  name: "postmark",
  secretIs:
    "user:password, put into the webhook's URL or its Basic auth, or a token sent in a custom header x-ratchet-token",
  async verify(request, secret) {
    return sharedSecret(request, secret);
  },
  read: (request, settings = DEFAULT_SETTINGS) => readEvents(bodyText(request), (event) => readEvent(event, settings)),
};

function readEvent(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const record = textAt(event, "RecordType");
  if (record === null || record === "Inbound") return readInbound(event, settings);
  const type = typeOf(event, record);
  if (type === null) return ignored(`a test of Postmark's, ${textAt(event, "Type") ?? record}, is not about a person`);
  if (type === undefined) {
    return unread("postmark.unknown_event", `Postmark has no ${record} "${textAt(event, "Type") ?? ""}" that we know`);
  }
  const email = textAt(event, "Recipient") ?? textAt(event, "Email");
  const at =
    textAt(event, "DeliveredAt") ??
    textAt(event, "BouncedAt") ??
    textAt(event, "ReceivedAt") ??
    textAt(event, "ChangedAt");
  const message = textAt(event, "MessageID");
  const url = textAt(event, "OriginalLink");
  const tag = textAt(event, "Tag");
  return oneSignal({
    messageId:
      ONCE_PER_MESSAGE.has(type) && message !== NO_MESSAGE
        ? digestOf("postmark", message, email, type)
        : digestOf("postmark", message, record, email, at, url),
    type,
    occurredAt: said(anyTime, at),
    person: personOf({ email }),
    decisionId: decisionIn(valueAt(event, "Metadata"), settings) ?? decisionAmong(tag === null ? [] : [tag], settings),
    properties: {
      channel: "email",
      vendor_message_id: message,
      stream: textAt(event, "MessageStream"),
      tags: tag,
      reason: textAt(event, "SuppressionReason") ?? textAt(event, "Type"),
      details: type === "delivered" ? null : textAt(event, "Details"),
      link: linkOf(url),
    },
    machine: machineOf({ userAgent: textAt(event, "UserAgent"), ip: textAt(event, "Geo", "IP"), url }),
  });
}

/** Undefined where the event is not known, null where it is about nobody. */
function typeOf(event: unknown, record: string): string | null | undefined {
  switch (record) {
    case "Delivery":
      return "delivered";
    case "Open":
      return "opened";
    case "Click":
      return "clicked";
    case "SpamComplaint":
      return "complained";
    case "Bounce": {
      const bounce = textAt(event, "Type") ?? "";
      return bounce === "OpenRelayTest" ? null : BOUNCE_TYPES.get(bounce);
    }
    case "SubscriptionChange":
      return subscriptionType(event);
    default:
      return undefined;
  }
}

function subscriptionType(event: unknown): string | undefined {
  if (flagAt(event, "SuppressSending") === false) return "resubscribed";
  const reason = textAt(event, "SuppressionReason") ?? "";
  if (reason === "ManualSuppression") return "unsubscribed";
  return reason === "HardBounce" || reason === "SpamComplaint" ? BOUNCE_TYPES.get(reason) : undefined;
}

function readInbound(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const from = textAt(event, "FromFull", "Email") ?? textAt(event, "From");
  if (from === null) return unread("postmark.no_record_type", 'a Postmark event names itself in "RecordType"');
  const hash = textAt(event, "MailboxHash");
  return inboundReading({
    messageId: digestOf("postmark", textAt(event, "MessageID"), "Inbound", textAt(event, "Date")),
    occurredAt: anyTime(textAt(event, "Date")),
    from,
    subject: textAt(event, "Subject"),
    text: textAt(event, "StrippedTextReply") ?? textAt(event, "TextBody"),
    headers: listAt(event, "Headers"),
    decisionId: ownDecisionId(hash) ?? decisionAmong(hash === null ? [] : [hash], settings),
  });
}
