import type { Instant } from "@ratchet/engine";
import { hmacOf, missing, NO_SECRET, outsideWindow, verdictOn } from "./authenticate.ts";
import { decisionIn, digestOf, oneSignal, ownDecisionId, personOf, type SignalDraft } from "./draft-signal.ts";
import { flagAt, isObject, textAt, valueAt } from "./json.ts";
import { DEFAULT_SETTINGS, type ReadingSettings } from "./reading-settings.ts";
import { bodyText, ignored, readEvents, unread, type Reading } from "./read-body.ts";
import type { Vendor, VendorRequest, Verification } from "./vendor.ts";
import { epochSeconds, isoTime, said } from "./vendor-time.ts";

/** Three minutes, as Calendly's own examples have it. */
const WINDOW_MS = 3 * 60_000;

/**
 * Calendly: one event a call, signed with HMAC-SHA256 over `t.body`.
 *
 * A rescheduling comes as two calls, the old booking cancelled and a new one made. It is one signal, `meeting_rescheduled`, made from the
 * new booking (which names the old one): the cancellation that belongs to it is ignored. So neither order nor loss of one makes two.
 */
export const calendly: Vendor = {
  name: "calendly",
  secretIs: "the signing_key given when the webhook subscription was made",
  async verify(request, secret, now) {
    return verifyCall(request, secret, now);
  },
  read: (request, settings = DEFAULT_SETTINGS) => readEvents(bodyText(request), (event) => readEvent(event, settings)),
};

function verifyCall({ headers, rawBody }: VendorRequest, secret: string, now: Instant): Verification {
  if (secret === "") return NO_SECRET;
  const parts = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/u.exec(headers.get("calendly-webhook-signature") ?? "");
  const [, timestamp, signature] = parts ?? [];
  if (timestamp === undefined || signature === undefined)
    return missing("calendly-webhook-signature of the form t=…,v1=…");
  const verdict = verdictOn(
    hmacOf({ algorithm: "sha256", secret, encoding: "hex" }, `${timestamp}.`, rawBody),
    signature,
  );
  return verdict.kind === "err" ? verdict : (outsideWindow(epochSeconds(timestamp), now, WINDOW_MS) ?? verdict);
}

function readEvent(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const word = textAt(event, "event");
  const payload = valueAt(event, "payload");
  if (word === null || !isObject(payload))
    return unread("calendly.no_event", 'a Calendly call holds "event" and "payload"');
  const draft = draftOf(event, settings);
  switch (word) {
    case "invitee.created": {
      const replaced = textAt(payload, "old_invitee");
      return oneSignal(
        replaced === null
          ? { ...draft, type: "meeting_booked" }
          : { ...draft, type: "meeting_rescheduled", properties: { ...draft.properties, replaces: uuidIn(replaced) } },
      );
    }
    case "invitee.canceled":
      return flagAt(payload, "rescheduled") === true
        ? ignored("this booking was moved, not cancelled: the new booking's own call says so")
        : oneSignal({ ...draft, type: "meeting_cancelled" });
    case "invitee_no_show.created":
      return oneSignal({ ...draft, type: "meeting_no_show" });
    case "invitee_no_show.deleted":
      return oneSignal({ ...draft, type: "meeting_no_show_undone" });
    case "routing_form_submission.created":
      return oneSignal({ ...draft, type: "form_submitted" });
    default:
      return unread("calendly.unknown_event", `Calendly has no event "${word}" that we know`);
  }
}

function draftOf(event: unknown, settings: ReadingSettings): SignalDraft {
  const payload = valueAt(event, "payload");
  const scheduled = valueAt(payload, "scheduled_event");
  const start = textAt(scheduled, "start_time");
  const tracking = valueAt(payload, "tracking");
  return {
    messageId: digestOf("calendly", textAt(payload, "uri"), textAt(event, "event"), textAt(payload, "no_show", "uri")),
    type: "",
    occurredAt: said(isoTime, textAt(event, "created_at")),
    person: personOf({ userId: textAt(tracking, "salesforce_uuid"), email: textAt(payload, "email") }),
    decisionId: decisionIn(tracking, settings) ?? ownDecisionId(textAt(tracking, "utm_content")),
    properties: {
      channel: "meeting",
      meeting: uuidIn(textAt(scheduled, "uri")),
      meeting_name: textAt(scheduled, "name"),
      starts_at: start,
      cancelled_by: textAt(payload, "cancellation", "canceler_type"),
      utm_source: textAt(tracking, "utm_source"),
      utm_campaign: textAt(tracking, "utm_campaign"),
    },
    text: textAt(payload, "cancellation", "reason"),
  };
}

/** The last part of a Calendly address, which is what it calls the thing. */
function uuidIn(uri: string | null): string | null {
  return uri?.split("/").at(-1) ?? null;
}
