/**
 * Counts up with each type that is added and each property that gets a meaning; `docs/reference/signal-types.md` says since which version
 * a type is known. None is ever removed, and none changes what it means.
 */
export const SIGNAL_TAXONOMY_VERSION = 2;

/**
 * What can happen, in the words of the field's tools. A type keeps its meaning for ever; a new meaning gets a new type.
 *
 * Any other lower-case word with underscores is a *custom* signal: stored and measurable like these, only that the engine knows nothing
 * about it.
 */
export const SIGNAL_TYPES = {
  engagement: [
    "queued",
    "sent",
    "deferred",
    "delivered",
    "opened",
    "clicked",
    "replied",
    "auto_replied",
    "bounced_hard",
    "bounced_soft",
    "failed",
    "unsubscribed",
    "resubscribed",
    "complained",
    "suppressed",
    "skipped",
    "frequency_capped",
  ],
  visit: ["page_viewed", "screen_viewed", "form_submitted", "signed_up", "trial_started", "trial_ended"],
  meeting: ["meeting_booked", "meeting_held", "meeting_no_show", "meeting_rescheduled", "meeting_cancelled"],
  call: ["call_connected", "call_no_answer", "call_voicemail", "call_busy", "call_wrong_number", "call_logged"],
  stage: ["stage_changed"],
  opportunity: [
    "opportunity_created",
    "opportunity_amount_changed",
    "opportunity_won",
    "opportunity_lost",
    "opportunity_reopened",
  ],
  record: [
    "account_created",
    "contact_created",
    "lead_created",
    "owner_changed",
    "lead_converted",
    "lead_merged",
    "contact_merged",
    "company_merged",
  ],
  note: ["note_written"],
} as const;

/** What a signal is about: its group in the taxonomy, `custom` for a team's own types. */
export type SignalFamily = keyof typeof SIGNAL_TYPES | "custom";

/** A type that the engine knows the meaning of. */
export type KnownSignalType = (typeof SIGNAL_TYPES)[keyof typeof SIGNAL_TYPES][number];

const FAMILY_OF: ReadonlyMap<string, SignalFamily> = new Map([
  ...SIGNAL_TYPES.engagement.map((type) => [type, "engagement"] as const),
  ...SIGNAL_TYPES.visit.map((type) => [type, "visit"] as const),
  ...SIGNAL_TYPES.meeting.map((type) => [type, "meeting"] as const),
  ...SIGNAL_TYPES.call.map((type) => [type, "call"] as const),
  ...SIGNAL_TYPES.stage.map((type) => [type, "stage"] as const),
  ...SIGNAL_TYPES.opportunity.map((type) => [type, "opportunity"] as const),
  ...SIGNAL_TYPES.record.map((type) => [type, "record"] as const),
  ...SIGNAL_TYPES.note.map((type) => [type, "note"] as const),
]);

/** The family of a signal type. */
export function signalFamily(type: string): SignalFamily {
  return FAMILY_OF.get(type) ?? "custom";
}
