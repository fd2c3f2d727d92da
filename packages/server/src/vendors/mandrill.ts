import { hmacOf, missing, NO_SECRET, verdictOn } from "./authenticate.ts";
import { decisionAmong, decisionIn, digestOf, linkOf, machineOf, oneSignal, personOf } from "./draft-signal.ts";
import { headerList, inboundReading } from "./inbound-mail.ts";
import { textAt, textsAt, valueAt } from "./json.ts";
import { DEFAULT_SETTINGS, type ReadingSettings } from "./reading-settings.ts";
import { bodyText, ignored, oneEvent, readEvents, unread, type Reading } from "./read-body.ts";
import type { Vendor } from "./vendor.ts";
import { epochSeconds, said } from "./vendor-time.ts";

const TYPES: ReadonlyMap<string, string> = new Map([
  ["send", "sent"],
  ["delivered", "delivered"],
  ["deferral", "deferred"],
  ["hard_bounce", "bounced_hard"],
  ["soft_bounce", "bounced_soft"],
  ["open", "opened"],
  ["click", "clicked"],
  ["spam", "complained"],
  ["unsub", "unsubscribed"],
  ["reject", "suppressed"],
]);

/**
 * Mailchimp Transactional (Mandrill): a form whose field `mandrill_events` holds a JSON array.
 *
 * The signature (HMAC-SHA1 in base64 over the URL and the form's fields by name) covers no time, so there is no window.
 */
export const mandrill: Vendor = {
  name: "mandrill",
  secretIs: "the webhook's key, from Settings › Webhooks",
  async verify(request, secret) {
    if (secret === "") return NO_SECRET;
    const signature = request.headers.get("x-mandrill-signature");
    if (signature === undefined) return missing("x-mandrill-signature");
    const fields = [...new URLSearchParams(bodyText(request))]
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .flat();
    return verdictOn(hmacOf({ algorithm: "sha1", secret, encoding: "base64" }, request.url, ...fields), signature);
  },
  read(request, settings = DEFAULT_SETTINGS) {
    const body = bodyText(request);
    const events = new URLSearchParams(body).get("mandrill_events");
    return events === null
      ? [{ kind: "unread", code: "mandrill.no_events", message: "the form has no field mandrill_events", raw: body }]
      : readEvents(events, (event) => readEvent(event, settings));
  },
  // What was a field of a form is kept as its value.
  readKept: (raw, settings = DEFAULT_SETTINGS) => readEvents(raw, (event) => readEvent(event, settings), oneEvent),
};

function readEvent(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const word = textAt(event, "event");
  if (word === null) {
    const list = textAt(event, "type");
    return list === "blacklist" || list === "whitelist"
      ? ignored(`an edit of Mandrill's own ${list} is not something a person did`)
      : unread("mandrill.no_event", 'a Mandrill event names itself in "event"');
  }
  if (word === "inbound") return readInbound(event, settings);
  const type = TYPES.get(word);
  if (type === undefined) return unread("mandrill.unknown_event", `Mandrill has no event "${word}" that we know`);
  const message = textAt(event, "msg", "_id") ?? textAt(event, "_id");
  const email = textAt(event, "msg", "email");
  const url = textAt(event, "url");
  const tags = textsAt(event, "msg", "tags");
  return oneSignal({
    messageId: digestOf("mandrill", word, message, email, textAt(event, "ts"), url),
    type,
    occurredAt: said(epochSeconds, valueAt(event, "ts")),
    person: personOf({ email }),
    decisionId: decisionIn(valueAt(event, "msg", "metadata"), settings) ?? decisionAmong(tags, settings),
    properties: {
      channel: "email",
      vendor_message_id: message,
      tags: tags.join(","),
      reason: textAt(event, "msg", "bounce_description") ?? textAt(event, "msg", "reject", "reason"),
      details: textAt(event, "msg", "diag"),
      link: linkOf(url),
    },
    machine: machineOf({
      // Mandrill tells what the agent is; only "a robot" is a verdict.
      vendorSaysMachine: /bot|crawler|spider/iu.test(
        textAt(event, "user_agent_parsed", "type") ?? textAt(event, "ua_parsed", "type") ?? "",
      )
        ? true
        : null,
      userAgent: textAt(event, "user_agent"),
      ip: textAt(event, "ip"),
      url,
    }),
  });
}

function readInbound(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const headers = headerList(valueAt(event, "msg", "headers"));
  const from = textAt(event, "msg", "from_email");
  return inboundReading({
    messageId: digestOf(
      "mandrill",
      "inbound",
      from,
      textAt(event, "ts"),
      headers.find(({ name }) => name.toLowerCase() === "message-id"),
    ),
    occurredAt: said(epochSeconds, valueAt(event, "ts")),
    from,
    subject: textAt(event, "msg", "subject"),
    text: textAt(event, "msg", "text"),
    headers,
    decisionId: decisionAmong(textsAt(event, "msg", "tags"), settings),
  });
}
