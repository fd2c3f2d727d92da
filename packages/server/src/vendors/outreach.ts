import { hmacOf, missing, NO_SECRET, verdictOn } from "./authenticate.ts";
import {
  accountOf,
  decisionAmong,
  decisionIn,
  digestOf,
  linkOf,
  oneSignal,
  personOf,
  signalReading,
  type SignalDraft,
} from "./draft-signal.ts";
import { numberAt, textAt, textsAt, valueAt } from "./json.ts";
import { callType, closingType, DEFAULT_SETTINGS, opportunityStage, type ReadingSettings } from "./reading-settings.ts";
import { bodyText, ignored, readEvents, unread, type Reading } from "./read-body.ts";
import type { Vendor } from "./vendor.ts";
import { isoTime, said } from "./vendor-time.ts";

/** Mail events: our type, and the attribute that holds their time. */
const MAILINGS: ReadonlyMap<string, readonly [type: string, time: string]> = new Map<string, readonly [string, string]>(
  [
    ["mailing.delivered", ["delivered", "deliveredAt"]],
    ["mailing.opened", ["opened", "openedAt"]],
    ["mailing.clicked", ["clicked", "clickedAt"]],
    ["mailing.replied", ["replied", "repliedAt"]],
    // An Outreach bounce opts the address out; it does not say which kind it was.
    ["mailing.bounced", ["bounced_hard", "bouncedAt"]],
    ["mailing.failed", ["failed", "stateChangedAt"]],
    ["mailing.unsubscribed", ["unsubscribed", "unsubscribedAt"]],
  ],
);

const OPTED_OUT = ["emailOptedOut", "optedOut"] as const;

/**
 * Outreach: one JSON:API resource a call, signed with HMAC-SHA256 over the body.
 *
 * The id of the request (`Outreach-Webhook-ID`) is not signed, so the message id is a digest of what is: the event, its resource and the
 * time of its delivery. Outreach does not try again after an answer, whatever it was: poll it beside these calls. Its clicks are by anyone
 * who had the link, "not just the desired prospect".
 */
export const outreach: Vendor = {
  name: "outreach",
  secretIs: "the secret given when the webhook was made",
  async verify({ headers, rawBody }, secret) {
    if (secret === "") return NO_SECRET;
    const signature = headers.get("outreach-webhook-signature");
    if (signature === undefined) return missing("outreach-webhook-signature");
    return verdictOn(hmacOf({ algorithm: "sha256", secret, encoding: "hex" }, rawBody), signature);
  },
  read: (request, settings = DEFAULT_SETTINGS) => readEvents(bodyText(request), (event) => readEvent(event, settings)),
};

function readEvent(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const name = textAt(event, "meta", "eventName");
  if (name === null) return unread("outreach.no_event", 'an Outreach event names itself in "meta.eventName"');
  const attributes = valueAt(event, "data", "attributes");
  const base = baseOf(event, settings);
  const mailing = MAILINGS.get(name);
  if (mailing !== undefined) {
    const [type, time] = mailing;
    return oneSignal({ ...base, type, occurredAt: said(isoTime, textAt(attributes, time)) ?? base.occurredAt });
  }
  const [resource = "", action = ""] = name.split(".");
  switch (resource) {
    case "call":
      return action === "created"
        ? callReading(attributes, base, settings)
        : ignored(`a call's "${action}" adds nothing to it`);
    case "prospect":
      return prospectReading(action, attributes, base);
    case "opportunity":
      return opportunityReading(action, attributes, base, settings);
    case "mailing":
    case "sequenceState":
    case "sequence":
    case "task":
    case "account":
    case "user":
    case "install":
      return ignored(`Outreach's "${name}" is about the work, not about the prospect`);
    default:
      return unread("outreach.unknown_event", `Outreach has no event "${name}" that we know`);
  }
}

function baseOf(event: unknown, settings: ReadingSettings): SignalDraft {
  const data = valueAt(event, "data");
  const attributes = valueAt(data, "attributes");
  const resource = textAt(data, "type");
  const id = textAt(data, "id");
  const deliveredAt = textAt(event, "meta", "deliveredAt");
  const related = (name: string): string | null => textAt(data, "relationships", name, "data", "id");
  const link = textAt(attributes, "clickedUrl");
  return {
    messageId: digestOf("outreach", textAt(event, "meta", "eventName"), resource, id, deliveredAt, attributes),
    type: "",
    occurredAt: said(isoTime, textAt(attributes, "updatedAt")) ?? said(isoTime, deliveredAt),
    person: personOf({ userId: resource === "prospect" ? id : related("prospect") }),
    account: accountOf({ accountId: resource === "account" ? id : related("account") }),
    decisionId: decisionIn(attributes, settings) ?? decisionAmong(textsAt(attributes, "tags"), settings),
    properties: {
      channel: resource === "mailing" ? "email" : resource,
      [resource === "opportunity" ? "opportunity_id" : "vendor_resource_id"]: id,
      vendor_message_id: resource === "mailing" ? id : null,
      sequence: related("sequence"),
      sequence_step: related("sequenceStep"),
      reason: textAt(attributes, "errorReason"),
      link: linkOf(link),
    },
  };
}

function callReading(attributes: unknown, base: SignalDraft, settings: ReadingSettings): readonly Reading[] {
  const disposition = textAt(attributes, "callDisposition") ?? textAt(attributes, "outcome");
  return oneSignal({
    ...base,
    type: callType(disposition, settings),
    occurredAt:
      said(isoTime, textAt(attributes, "answeredAt")) ??
      said(isoTime, textAt(attributes, "createdAt")) ??
      base.occurredAt,
    properties: { ...base.properties, disposition, direction: textAt(attributes, "direction") },
    text: textAt(attributes, "note"),
  });
}

/** Only changed attributes are sent: one that is there has changed. */
function prospectReading(action: string, attributes: unknown, base: SignalDraft): readonly Reading[] {
  if (action === "created") return oneSignal({ ...base, type: "contact_created" });
  if (action === "destroyed" || action === "deleted") return oneSignal({ ...base, type: "contact_deleted" });
  const optedOut = OPTED_OUT.map((name) => valueAt(attributes, name)).find((value) => typeof value === "boolean");
  if (optedOut !== undefined) return oneSignal({ ...base, type: optedOut === true ? "unsubscribed" : "resubscribed" });
  const stage = textAt(attributes, "stageName");
  return stage === null
    ? ignored("no signal is made of this change of a prospect")
    : oneSignal({
        ...base,
        type: "stage_changed",
        properties: { ...base.properties, pipeline: "prospect", to: stage },
      });
}

function opportunityReading(
  action: string,
  attributes: unknown,
  base: SignalDraft,
  settings: ReadingSettings,
): readonly Reading[] {
  const amount = numberAt(attributes, "amount");
  const currency = textAt(attributes, "currencyType") ?? settings.currency;
  if (action === "created") return oneSignal({ ...base, type: "opportunity_created", amount, currency });
  const stage = textAt(attributes, "stageName");
  const closing = closingType(stage, settings);
  const readings = [
    ...(stage === null
      ? []
      : [
          signalReading({
            ...base,
            type: "stage_changed",
            properties: { ...base.properties, ...opportunityStage(stage, settings, "opportunity") },
          }),
        ]),
    ...(closing === null
      ? []
      : [signalReading({ ...base, messageId: `${base.messageId}:${closing}`, type: closing, amount, currency })]),
    ...(amount === null
      ? []
      : [
          signalReading({
            ...base,
            messageId: `${base.messageId}:amount`,
            type: "opportunity_amount_changed",
            amount,
            currency,
          }),
        ]),
  ];
  return readings.length > 0 ? readings : ignored("no signal is made of this change of an opportunity");
}
