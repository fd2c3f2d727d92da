import { hmacOf, missing, NO_SECRET, verdictOn } from "./authenticate.ts";
import {
  accountOf,
  decisionIn,
  digestOf,
  oneSignal,
  personOf,
  signalReading,
  type SignalDraft,
} from "./draft-signal.ts";
import { flagAt, numberAt, textAt, valueAt } from "./json.ts";
import { callType, DEFAULT_SETTINGS, type ReadingSettings } from "./reading-settings.ts";
import { bodyText, ignored, readEvents, unread, type Reading } from "./read-body.ts";
import type { Vendor } from "./vendor.ts";
import { isoTime, said } from "./vendor-time.ts";

/** Counters of a mail, and what one more of them means. */
const COUNTERS: readonly (readonly [counter: string, type: string])[] = [
  ["views", "opened"],
  ["clicks", "clicked"],
  ["replies", "replied"],
];

const KIND_HEADER = "x-salesloft-event";

/**
 * Salesloft: one resource a call, named by the header `x-salesloft-event`, signed with HMAC-**SHA1** over the body and no time.
 *
 * A mail comes as a whole after every change, with counters. Each counter makes one signal for each value it is seen at, so that a repeated
 * or late call makes none twice; views between two calls are not told apart.
 */
export const salesloft: Vendor = {
  name: "salesloft",
  secretIs: "the callback_token given when the webhook subscription was made",
  async verify({ headers, rawBody }, secret) {
    if (secret === "") return NO_SECRET;
    const signature = headers.get("x-salesloft-signature");
    if (signature === undefined) return missing("x-salesloft-signature");
    return verdictOn(hmacOf({ algorithm: "sha1", secret, encoding: "hex" }, rawBody), signature);
  },
  kindHeader: KIND_HEADER,
  read(request, settings = DEFAULT_SETTINGS) {
    const name = request.headers.get(KIND_HEADER) ?? "";
    return readEvents(bodyText(request), (body) => readEvent(name, valueAt(body, "data") ?? body, settings));
  },
};

function readEvent(name: string, resource: unknown, settings: ReadingSettings): readonly Reading[] {
  const base = baseOf(name, resource, settings);
  switch (name) {
    case "email_updated":
      return mailReadings(resource, base);
    case "call_created":
      return callReading(resource, base, settings);
    case "meeting_booked":
      return oneSignal({ ...base, type: "meeting_booked" });
    case "meeting_updated":
      return meetingReading(resource, base);
    case "note_created":
      return oneSignal({ ...base, type: "note_written", text: textAt(resource, "content") });
    case "success_created":
      return oneSignal({ ...base, type: "success_logged" });
    case "person_created":
      return oneSignal({ ...base, type: "contact_created" });
    case "person_deleted":
      return oneSignal({ ...base, type: "contact_deleted" });
    case "person_updated":
      return personReadings(resource, base);
    case "":
      return unread("salesloft.no_event", "a Salesloft call names its event in the header x-salesloft-event");
    default:
      return /^(?:account|bulk_job|cadence|call|conversation|conversations|email|link|note|step|success|task|user)_\w{1,60}$/u.test(
        name,
      )
        ? ignored(`Salesloft's "${name}" is about the work, not about the person`)
        : unread("salesloft.unknown_event", `Salesloft has no event "${name.slice(0, 80)}" that we know`);
  }
}

function baseOf(name: string, resource: unknown, settings: ReadingSettings): SignalDraft {
  const kind = name.split("_", 1)[0] ?? "";
  const id = textAt(resource, "id");
  const person =
    kind === "person"
      ? id
      : (textAt(resource, "recipient", "id") ??
        textAt(resource, "person", "id") ??
        textAt(resource, "called_person", "id"));
  const updatedAt = textAt(resource, "updated_at");
  return {
    messageId: digestOf("salesloft", name, id, updatedAt ?? textAt(resource, "created_at")),
    type: "",
    occurredAt: said(isoTime, updatedAt) ?? said(isoTime, textAt(resource, "created_at")),
    person: personOf({
      userId: person,
      email: textAt(resource, "recipient_email_address") ?? textAt(resource, "email_address"),
    }),
    account: accountOf({ accountId: textAt(resource, "account", "id") }),
    decisionId: decisionIn(valueAt(resource, "custom_fields"), settings) ?? decisionIn(resource, settings),
    properties: {
      channel: kind,
      vendor_resource_id: id,
      sequence: textAt(resource, "cadence", "id"),
      sequence_step: textAt(resource, "step", "id"),
      reason: textAt(resource, "error_message"),
    },
  };
}

/** Everything that a mail's state says has happened to it. */
function mailReadings(mail: unknown, base: SignalDraft): readonly Reading[] {
  const id = textAt(mail, "id");
  if (id === null) return unread("salesloft.no_id", "Salesloft's mail has no id");
  const sentAt = said(isoTime, textAt(mail, "sent_at"));
  const status = textAt(mail, "status");
  const once = (type: string, occurredAt = base.occurredAt): Reading =>
    signalReading({ ...base, messageId: digestOf("salesloft", "email", id, type), type, occurredAt });
  const counted = COUNTERS.flatMap(([counter, type]) => {
    const count = numberAt(mail, "counts", counter) ?? 0;
    return count < 1
      ? []
      : [signalReading({ ...base, messageId: digestOf("salesloft", "email", id, type, count), type })];
  });
  const readings = [
    ...(sentAt === null ? [] : [once("sent", sentAt)]),
    ...(flagAt(mail, "bounced") === true || status === "bounced" ? [once("bounced_hard")] : []),
    ...(status === "failed" ? [once("failed")] : []),
    ...counted,
  ];
  return readings.length > 0 ? readings : ignored("a mail that has not been sent yet");
}

function callReading(call: unknown, base: SignalDraft, settings: ReadingSettings): readonly Reading[] {
  const disposition = textAt(call, "disposition");
  return oneSignal({
    ...base,
    type: callType(disposition, settings),
    occurredAt: said(isoTime, textAt(call, "created_at")) ?? base.occurredAt,
    properties: { ...base.properties, disposition, sentiment: textAt(call, "sentiment") },
  });
}

function meetingReading(meeting: unknown, base: SignalDraft): readonly Reading[] {
  const status = (textAt(meeting, "status") ?? "").toLowerCase();
  if (flagAt(meeting, "no_show") === true || status === "no_show")
    return oneSignal({ ...base, type: "meeting_no_show" });
  if (textAt(meeting, "canceled_at") !== null || status === "canceled" || status === "cancelled")
    return oneSignal({ ...base, type: "meeting_cancelled" });
  return status === "rescheduled"
    ? oneSignal({ ...base, type: "meeting_rescheduled" })
    : ignored("no signal is made of this change of a meeting");
}

/** The person's whole state comes with every change: what it says is told once for each time it is seen to change. */
function personReadings(person: unknown, base: SignalDraft): readonly Reading[] {
  const optedOut =
    flagAt(person, "do_not_contact") === true || flagAt(person, "contact_restrictions", "email") === true;
  const stage = textAt(person, "person_stage", "id");
  const readings = [
    ...(optedOut ? [signalReading({ ...base, messageId: `${base.messageId}:out`, type: "unsubscribed" })] : []),
    ...(stage === null
      ? []
      : [
          signalReading({
            ...base,
            type: "stage_changed",
            properties: { ...base.properties, pipeline: "person", to: stage },
          }),
        ]),
  ];
  return readings.length > 0 ? readings : ignored("no signal is made of this change of a person");
}
