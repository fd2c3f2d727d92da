import { accountOf, digestOf, oneSignal, personOf, signalReading, type SignalDraft } from "./draft-signal.ts";
import { flagAt, numberAt, textAt } from "./json.ts";
import { callType, closingType, opportunityStage, type ReadingSettings } from "./reading-settings.ts";
import { ignored, type Reading } from "./read-body.ts";

/** One HubSpot event, taken apart. */
export interface HubspotEvent {
  readonly event: unknown;
  readonly object: string;
  readonly action: string;
  readonly id: string;
  readonly settings: ReadingSettings;
}

/** Properties that hold a stage, and the pipeline that it is a stage of. */
const STAGES: ReadonlyMap<string, string> = new Map([
  ["contact.lifecyclestage", "lifecycle"],
  ["company.lifecyclestage", "lifecycle"],
  ["contact.hs_lead_status", "lead_status"],
  ["deal.dealstage", "deal"],
  ["ticket.hs_pipeline_stage", "ticket"],
]);

const MEETING_OUTCOMES: ReadonlyMap<string, string> = new Map([
  ["SCHEDULED", "meeting_booked"],
  ["COMPLETED", "meeting_held"],
  ["NO_SHOW", "meeting_no_show"],
  ["RESCHEDULED", "meeting_rescheduled"],
  ["CANCELED", "meeting_cancelled"],
]);

/** What a change of one property means. */
export function hubspotChange(parts: HubspotEvent, base: Omit<SignalDraft, "type">): readonly Reading[] {
  const { event, object, settings } = parts;
  const property = textAt(event, "propertyName") ?? "";
  const value = textAt(event, "propertyValue");
  const name = `${object}.${property}`;
  const pipeline = STAGES.get(name);
  if (pipeline !== undefined) return stageChange(parts, base, { pipeline, to: value });
  switch (name) {
    case "contact.hs_merged_object_ids":
    case "company.hs_merged_object_ids":
      return mergeReadings(parts, base, (value ?? "").split(";"));
    case "deal.amount":
      return oneSignal({
        ...base,
        type: "opportunity_amount_changed",
        amount: numberAt(event, "propertyValue"),
        currency: settings.currency,
      });
    case "contact.hs_email_optout":
      return oneSignal({
        ...base,
        type: flagAt(event, "propertyValue") === true ? "unsubscribed" : "resubscribed",
        properties: { ...base.properties, channel: "email" },
      });
    case "call.hs_call_disposition":
      return oneSignal({
        ...base,
        type: callType(value, settings),
        properties: { ...base.properties, channel: "call", disposition: value },
      });
    case "meeting.hs_meeting_outcome": {
      const type = MEETING_OUTCOMES.get(value ?? "");
      if (type === undefined) return ignored(`a meeting's outcome "${value ?? ""}" is no outcome yet`);
      return type === "meeting_booked"
        ? booked(parts, base)
        : oneSignal({ ...base, type, properties: { ...base.properties, channel: "meeting" } });
    }
    case "note.hs_note_body":
      return value === null ? ignored("an emptied note") : oneSignal({ ...base, type: "note_written", text: value });
    default:
      return settings.decisionKeys.includes(property)
        ? ignored("our own decision id, written by us")
        : ignored(`no signal is made of a change of ${name}; import it as a field of the ${object}`);
  }
}

/**
 * Records that were merged into this one (into `newObjectId`, where a merge makes a record of its own): one signal for each, so that each
 * becomes the same person or account.
 */
export function mergeReadings(
  { event, object, id }: HubspotEvent,
  base: Omit<SignalDraft, "type">,
  mergedIds: readonly (string | null)[],
): readonly Reading[] {
  const into = textAt(event, "newObjectId") ?? id;
  const former = mergedIds.flatMap((one) => {
    const named = one?.trim() ?? "";
    return named === "" || named === into ? [] : [named];
  });
  if (former.length === 0) return ignored(`no ${object} was merged into another`);
  return former.map((formerId) =>
    signalReading({
      ...base,
      messageId: digestOf("hubspot", textAt(event, "portalId"), object, "merge", into, formerId),
      type: `${object}_merged`,
      // HubSpot tells a merge twice, as an event and as a property, each at a time of its own.
      isRestated: true,
      person: object === "contact" ? personOf({ userId: into, formerId }) : null,
      account: object === "company" ? accountOf({ accountId: into, formerId }) : null,
      properties: { channel: "crm", merged_into: into, merged_id: formerId },
    }),
  );
}

/** A meeting is booked once: one that was moved is set to SCHEDULED again, and is not a second meeting. */
function booked({ event, id }: HubspotEvent, base: Omit<SignalDraft, "type">): readonly Reading[] {
  return oneSignal({
    ...base,
    messageId: digestOf("hubspot", textAt(event, "portalId"), "meeting", id, "booked"),
    type: "meeting_booked",
    isRestated: true,
    properties: { channel: "meeting", meeting_id: id },
  });
}

/** The transition, and the end of a deal that it may be: two signals, each with an id of its own. */
function stageChange(
  { object, settings }: HubspotEvent,
  base: Omit<SignalDraft, "type">,
  { pipeline, to }: { readonly pipeline: string; readonly to: string | null },
): readonly Reading[] {
  if (to === null) return ignored(`the ${pipeline} stage was emptied`);
  const entered = object === "deal" ? opportunityStage(to, settings, pipeline) : { pipeline, to };
  const changed = signalReading({ ...base, type: "stage_changed", properties: { ...base.properties, ...entered } });
  const closing = object === "deal" ? closingType(to, settings) : null;
  if (closing === null) return [changed];
  return [
    changed,
    signalReading({
      ...base,
      messageId: `${base.messageId}:${closing}`,
      type: closing,
      properties: { ...base.properties, pipeline: entered.pipeline, stage: entered.to },
    }),
  ];
}
