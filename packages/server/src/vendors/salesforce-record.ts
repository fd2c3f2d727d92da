import { isoTime, said, type SaidTime } from "./vendor-time.ts";
import { accountOf, decisionIn, digestOf, personOf, signalReading, type SignalDraft } from "./draft-signal.ts";
import { flagAt, numberAt, textAt } from "./json.ts";
import { callType, closingType, opportunityStage, type ReadingSettings } from "./reading-settings.ts";
import { ignored, unread, type Reading } from "./read-body.ts";
import type { SaidTie } from "./vendor.ts";

/**
 * What Salesforce tells of one record: its fields by API name, and how they came to be told.
 *
 * `stated` (outbound message): the record as it is now, whatever changed. `created`, `changed` (only changed fields are there), `deleted`:
 * a change event.
 */
export interface SalesforceRecord {
  readonly entity: string;
  readonly id: string;
  readonly how: "stated" | "created" | "changed" | "deleted";
  readonly fields: unknown;
  readonly messageId: string;
  readonly occurredAt: SaidTime;
  /** Kept with every signal: user, origin. */
  readonly properties: Readonly<Record<string, unknown>>;
}

type Part = readonly [suffix: string, draft: Partial<SignalDraft> & { readonly type: string }];

/**
 * The signals of a record, and what it says of whose an opportunity is. A record can say several things at once: each signal has an id of its
 * own.
 */
export function recordReadings(record: SalesforceRecord, settings: ReadingSettings): readonly Reading[] {
  const tie = tieOf(record);
  if (record.entity === "OpportunityContactRole")
    return tie === null
      ? unread("salesforce.no_opportunity", "a contact role names its opportunity and its contact")
      : [{ kind: "tie", tie }];
  const signals = signalReadings(record, settings);
  return tie === null ? signals : [...signals.filter(({ kind }) => kind !== "ignored"), { kind: "tie", tie }];
}

/** A change event of an opportunity names the account only where that changed: what it says is kept for the others. */
function tieOf({ entity, id, fields, how, occurredAt }: SalesforceRecord): SaidTie | null {
  if (entity === "Opportunity") {
    const accountId = textAt(fields, "AccountId");
    // What is stated as it is now names it every time.
    if (accountId === null || how === "deleted" || how === "stated") return null;
    return { opportunityId: id, occurredAt, to: { kind: "account", accountId, isPrimary: true }, isRemoved: false };
  }
  if (entity !== "OpportunityContactRole") return null;
  const [opportunityId, contactId] = [textAt(fields, "OpportunityId"), textAt(fields, "ContactId")];
  // Of a changed role only what changed is told, of a deleted one nothing but its id.
  if ((how === "created" || how === "stated") && (opportunityId === null || contactId === null)) return null;
  const role = textAt(fields, "Role");
  return { opportunityId, occurredAt, to: { kind: "part", id, contactId, role }, isRemoved: how === "deleted" };
}

function signalReadings(record: SalesforceRecord, settings: ReadingSettings): readonly Reading[] {
  const merged = mergedPart(record);
  const own = partsOf(record, settings);
  const parts = merged === null ? own : [...(own ?? []), merged];
  if (parts === null) return ignored(`no signal is made of the Salesforce object ${record.entity}`);
  if (parts.length === 0) return ignored(`no signal is made of this change of ${record.entity}`);
  const base = baseOf(record, settings);
  return parts.map(([suffix, draft]) =>
    signalReading({
      ...base,
      ...draft,
      messageId: draft.messageId ?? `${record.messageId}:${suffix}`,
      properties: { ...base.properties, ...draft.properties },
    }),
  );
}

/** A merge deletes a record and names the one that stays: they are one person, or one account, from now on. */
function mergedPart({ entity, id, fields }: SalesforceRecord): Part | null {
  const master = textAt(fields, "MasterRecordId");
  if (master === null || master === id) return null;
  const isPerson = entity === "Lead" || entity === "Contact";
  if (!isPerson && entity !== "Account") return null;
  return [
    "merged",
    {
      messageId: digestOf("salesforce", "merge", entity, master, id),
      type: `${isPerson ? entity.toLowerCase() : "company"}_merged`,
      isRestated: true,
      person: isPerson ? personOf({ userId: master, formerId: id }) : null,
      account: isPerson ? null : accountOf({ accountId: master, formerId: id }),
      decisionId: null,
      properties: { channel: "crm", record_id: null, merged_into: master, merged_id: id },
    },
  ];
}

function baseOf(
  { entity, id, fields, messageId, occurredAt, properties }: SalesforceRecord,
  settings: ReadingSettings,
): SignalDraft {
  const isPerson = entity === "Lead" || entity === "Contact";
  const who = isPerson ? id : (textAt(fields, "WhoId") ?? textAt(fields, "ContactId") ?? textAt(fields, "LeadId"));
  return {
    messageId,
    type: "",
    occurredAt,
    person: personOf({ userId: who, email: isPerson ? textAt(fields, "Email") : null }),
    account: accountOf({
      accountId: entity === "Account" ? id : textAt(fields, "AccountId"),
      name: entity === "Lead" ? textAt(fields, "Company") : null,
    }),
    decisionId: decisionIn(fields, settings),
    properties: {
      channel: "crm",
      [entity === "Opportunity" ? "opportunity_id" : "record_id"]: id,
      lead_source: textAt(fields, "LeadSource"),
      ...properties,
    },
  };
}

/** null for objects that nothing is made of. */
function partsOf(record: SalesforceRecord, settings: ReadingSettings): readonly Part[] | null {
  switch (record.entity) {
    case "Lead":
      return leadParts(record);
    case "Contact":
      return contactParts(record);
    case "Opportunity":
      return opportunityParts(record, settings);
    case "Task":
      return taskParts(record, settings);
    case "Event":
      return eventParts(record);
    case "CampaignMember":
      return memberParts(record);
    default:
      return null;
  }
}

function stage(pipeline: string, to: string | null): readonly Part[] {
  return to === null ? [] : [["stage", { type: "stage_changed", properties: { pipeline, to } }]];
}

function lifecycle({ how }: SalesforceRecord, kind: string): readonly Part[] {
  if (how === "created") return [["created", { type: `${kind}_created` }]];
  return how === "deleted" ? [["deleted", { type: `${kind}_deleted` }]] : [];
}

/** Saying no is a signal whenever it is told; taking it back only where it is told as a change. */
function consent({ fields, how }: SalesforceRecord): readonly Part[] {
  const out = flagAt(fields, "HasOptedOutOfEmail");
  if (out === true) return [["out", { type: "unsubscribed", properties: { channel: "email" } }]];
  return out === false && how === "changed" ? [["in", { type: "resubscribed", properties: { channel: "email" } }]] : [];
}

function leadParts(record: SalesforceRecord): readonly Part[] {
  const { fields, how } = record;
  const converted: readonly Part[] =
    flagAt(fields, "IsConverted") === true
      ? [
          [
            "converted",
            {
              type: "lead_converted",
              properties: {
                contact_id: textAt(fields, "ConvertedContactId"),
                account_id: textAt(fields, "ConvertedAccountId"),
                opportunity_id: textAt(fields, "ConvertedOpportunityId"),
              },
            },
          ],
        ]
      : [];
  return [
    ...lifecycle(record, "lead"),
    ...(how === "deleted" ? [] : stage("lead", textAt(fields, "Status"))),
    ...converted,
    ...consent(record),
  ];
}

function contactParts(record: SalesforceRecord): readonly Part[] {
  return [...lifecycle(record, "contact"), ...consent(record)];
}

function opportunityParts({ fields, how }: SalesforceRecord, settings: ReadingSettings): readonly Part[] {
  if (how === "deleted") return [["deleted", { type: "opportunity_deleted" }]];
  const amount = numberAt(fields, "Amount");
  const currency = textAt(fields, "CurrencyIsoCode") ?? settings.currency;
  const to = textAt(fields, "StageName");
  const entered = to === null ? null : opportunityStage(to, settings, "opportunity");
  const isWon = flagAt(fields, "IsWon");
  const isLost = flagAt(fields, "IsClosed") === true && isWon === false;
  const closing = isWon === true ? "opportunity_won" : isLost ? "opportunity_lost" : closingType(to, settings);
  return [
    ...(how === "created" ? [["created", { type: "opportunity_created", amount, currency }] satisfies Part] : []),
    ...(entered === null ? [] : stage(entered.pipeline, entered.to)),
    ...(closing === null ? [] : [["closed", { type: closing, amount, currency }] satisfies Part]),
    ...(how === "changed" && amount !== null
      ? [["amount", { type: "opportunity_amount_changed", amount, currency }] satisfies Part]
      : []),
  ];
}

function taskParts({ fields, how }: SalesforceRecord, settings: ReadingSettings): readonly Part[] {
  const disposition = textAt(fields, "CallDisposition");
  const isCall =
    disposition !== null || textAt(fields, "TaskSubtype") === "Call" || textAt(fields, "CallType") !== null;
  if (how === "deleted" || !isCall) return [];
  return [
    [
      "call",
      {
        type: callType(disposition, settings),
        properties: { channel: "call", disposition, direction: textAt(fields, "CallType") },
        text: textAt(fields, "Description"),
      },
    ],
  ];
}

function eventParts({ id, fields, how, occurredAt }: SalesforceRecord): readonly Part[] {
  const startsAt = textAt(fields, "StartDateTime") ?? textAt(fields, "ActivityDateTime");
  const properties = { channel: "meeting", starts_at: startsAt };
  if (how === "created") return [["booked", { type: "meeting_booked", properties }]];
  // Told again as it is now with every change, a moved meeting too: it was booked once, when it was made.
  if (how === "stated")
    return [
      [
        "booked",
        {
          messageId: digestOf("salesforce", "event", id, "booked"),
          type: "meeting_booked",
          occurredAt: said(isoTime, textAt(fields, "CreatedDate")) ?? occurredAt,
          isRestated: true,
          properties: { channel: "meeting", organization: null },
        },
      ],
    ];
  if (how === "deleted") return [["cancelled", { type: "meeting_cancelled", properties }]];
  return startsAt === null ? [] : [["moved", { type: "meeting_rescheduled", properties }]];
}

function memberParts(record: SalesforceRecord): readonly Part[] {
  const { fields, how } = record;
  const campaign = textAt(fields, "CampaignId");
  if (how === "deleted") return [];
  const responded: readonly Part[] =
    flagAt(fields, "HasResponded") === true
      ? [["responded", { type: "campaign_responded", properties: { campaign } }]]
      : [];
  return [...stage("campaign_member", textAt(fields, "Status")), ...responded];
}
