import { createHash } from "node:crypto";
import {
  forbidsContact,
  parseAmount,
  parseInstant,
  type Instant,
  type Micros,
  type PersonReference,
  type ReceivedSignal,
} from "@ratchet/engine";
import { z } from "zod";
import { DATED_BY_RECEIPT } from "../vendors/draft-signal.ts";
import { flatProperties, namesSomebody } from "./flat-properties.ts";
import type { ReadItem } from "./ingest.ts";

/** Longest message that Segment's clients may send. */
const MESSAGE_BYTES_MAX = 32 * 1024;

const text = z.string().min(1).nullish();
const record = z.record(z.string(), z.unknown()).nullish();

/** The common part of Segment's messages; what we do not read passes through. */
const messageSchema = z.looseObject({
  type: z.enum(["track", "identify", "page", "screen", "group", "alias"]),
  messageId: text,
  userId: z.union([z.string(), z.number()]).nullish(),
  anonymousId: text,
  previousId: text,
  groupId: z.union([z.string(), z.number()]).nullish(),
  event: text,
  name: text,
  properties: record,
  traits: record,
  context: record,
  timestamp: text,
  originalTimestamp: text,
  sentAt: text.catch(undefined),
});
type SegmentMessage = z.infer<typeof messageSchema>;

/** What messages that are not events become: who somebody is counts as something that happened, too. */
const TYPES = {
  identify: "identified",
  page: "page_viewed",
  screen: "screen_viewed",
  group: "joined_account",
  alias: "aliased",
} as const;

/** A message's type as a row of the quarantine kept it. */
export function segmentType(word: string | null): SegmentMessage["type"] | undefined {
  return messageSchema.shape.type.options.find((type) => type === word);
}

/**
 * One message of Segment's protocol (also RudderStack's) in our words.
 *
 * A tracked event's name becomes the signal's type: "Meeting Booked" is `meeting_booked`. An amount is read from `revenue`, `value` or
 * `total`, a decision from `properties.decision_id`.
 *
 * Where a message has both a `timestamp` and an `originalTimestamp`, a server on its way has set the first one right already, and when its
 * client sent it says nothing about that time.
 *
 * @param type - from the route where it names one; the message's own otherwise.
 * @param batchSentAt - when its batch left, by the same clock; the message's own `sentAt` stands before it.
 * @see Segment, "HTTP Tracking API" and "Common fields".
 */
export function readSegmentMessage(
  value: unknown,
  raw: string,
  type?: SegmentMessage["type"],
  batchSentAt?: string,
): ReadItem {
  if (Buffer.byteLength(raw) > MESSAGE_BYTES_MAX)
    return {
      kind: "unread",
      code: "signal.too_large",
      message: `a message has at most ${MESSAGE_BYTES_MAX / 1024} KB`,
      raw,
    };
  const typed = type !== undefined && typeof value === "object" && value !== null ? { ...value, type } : value;
  const parsed = messageSchema.safeParse(typed);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "" : `/${issue.path.join("/")}: `;
    return { kind: "unread", code: "signal.invalid", message: `${where}${issue?.message ?? "not a message"}`, raw };
  }
  return signalOf({ ...parsed.data, sentAt: parsed.data.sentAt ?? batchSentAt }, raw);
}

function signalOf(message: SegmentMessage, raw: string): ReadItem {
  if (message.type === "track" && (message.event ?? "").trim() === "")
    return { kind: "unread", code: "signal.bad_type", message: "/event: a tracked event has a name", raw };
  if (message.type === "track" && namesSomebody(message.event ?? ""))
    return {
      kind: "unread",
      code: "signal.bad_type",
      message:
        "/event: the event's name holds an address or a telephone number; name what happened, and put the person into userId or traits",
      raw,
    };
  const type = message.type === "track" ? typeOf(message.event ?? "") : TYPES[message.type];
  const occurred = timeOf(message);
  const isOptOut = forbidsContact(type);
  if (occurred.kind === "unread" && !isOptOut) return { ...occurred, raw };
  const { properties, traits } = message;
  const amount = amountOf(properties);
  const signal: ReceivedSignal = {
    messageId: message.messageId ?? `digest-${createHash("sha256").update(raw).digest("hex").slice(0, 32)}`,
    type,
    occurredAt: occurred.kind === "unread" ? null : occurred.at,
    ...sentAtOf(message),
    person: personOf(message),
    account: accountOf(message),
    decisionId: textIn(properties, "decision_id") ?? textIn(message.context, "decision_id"),
    value: amount,
    currency: amount === null ? null : textIn(properties, "currency"),
    properties: flatProperties(
      type === UNSPELT ? { event: message.event } : {},
      occurred.kind === "unread" ? DATED_BY_RECEIPT : {},
      properties,
      message.type === "group" ? {} : traits,
      campaignOf(message),
    ),
    machine: hintsOf(message),
    text: null,
  };
  return { kind: "signal", signal, raw };
}

function timeOf({ originalTimestamp, timestamp }: SegmentMessage) {
  const said = timestamp ?? originalTimestamp;
  if (said === null || said === undefined) return { kind: "dated", at: null } as const;
  const parsed = parseInstant(said);
  return parsed.kind === "ok"
    ? ({ kind: "dated", at: parsed.value satisfies Instant } as const)
    : ({ kind: "unread", code: parsed.error.code, message: `/timestamp: ${parsed.error.message}` } as const);
}

/** What cannot be read is no reason to refuse the message: it tells about its clock alone. */
function sentAtOf({ sentAt, timestamp, originalTimestamp }: SegmentMessage): Pick<ReceivedSignal, "sentAt"> {
  const isCorrected = typeof timestamp === "string" && typeof originalTimestamp === "string";
  const parsed = typeof sentAt !== "string" || isCorrected ? null : parseInstant(sentAt);
  return parsed?.kind === "ok" ? { sentAt: parsed.value } : {};
}

/** An event whose name no Latin letter or digit spells: its name is kept as the property `event`. */
const UNSPELT = "custom";

/** "Meeting Booked" and "meetingBooked" are `meeting_booked`. */
function typeOf(event: string): string {
  const words = event
    .trim()
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1_$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "_")
    .replaceAll(/^_+|_+$/gu, "");
  if (words === "") return event.trim() === "" ? "" : UNSPELT;
  return (/^\d/u.test(words) ? `event_${words}` : words).slice(0, 64);
}

function personOf(message: SegmentMessage): PersonReference | null {
  const { type, userId, previousId, context } = message;
  // A group's traits are the company's.
  const known = (type === "group" ? null : message.traits) ?? recordIn(context, "traits");
  const isNamed = userId !== null && userId !== undefined;
  const anonymousId = message.anonymousId ?? (isNamed ? null : previousId);
  const email = textIn(known, "email");
  const phone = textIn(known, "phone");
  const name = textIn(known, "name") ?? fullName(known);
  const reference: PersonReference = {
    ...(isNamed ? { userId: String(userId) } : {}),
    ...(anonymousId === null || anonymousId === undefined ? {} : { anonymousId }),
    ...(previousId === null || previousId === undefined ? {} : { formerId: previousId }),
    ...(email === null ? {} : { email }),
    ...(phone === null ? {} : { phone }),
    ...(name === null ? {} : { name }),
  };
  return Object.keys(reference).length === 0 ? null : reference;
}

function fullName(traits: Readonly<Record<string, unknown>> | null | undefined): string | null {
  const names = ["firstName", "first_name", "lastName", "last_name"].flatMap((key) => textIn(traits, key) ?? []);
  return names.length === 0 ? null : names.join(" ");
}

function accountOf({ groupId, context }: SegmentMessage): ReceivedSignal["account"] {
  const named = groupId ?? textIn(context, "groupId");
  return named === null || named === undefined || String(named) === "" ? null : { accountId: String(named) };
}

/** The first amount that there is, in units. */
function amountOf(properties: SegmentMessage["properties"]): Micros | null {
  const found = ["revenue", "value", "total"]
    .map((name) => properties?.[name])
    .find((amount) => typeof amount === "number");
  const parsed = typeof found === "number" ? parseAmount(found) : null;
  return parsed?.kind === "ok" ? parsed.value : null;
}

function hintsOf({ context }: SegmentMessage): ReceivedSignal["machine"] {
  const userAgent = textIn(context, "userAgent");
  const ip = textIn(context, "ip");
  if (userAgent === null && ip === null) return null;
  return { ...(userAgent === null ? {} : { userAgent }), ...(ip === null ? {} : { ip }) };
}

function campaignOf({ context }: SegmentMessage): Readonly<Record<string, unknown>> {
  const campaign = recordIn(context, "campaign");
  return campaign === null ? {} : { campaign };
}

function textIn(from: Readonly<Record<string, unknown>> | null | undefined, name: string): string | null {
  const value = from?.[name];
  return typeof value === "string" && value !== "" ? value : null;
}

function recordIn(
  from: Readonly<Record<string, unknown>> | null | undefined,
  name: string,
): Readonly<Record<string, unknown>> | null {
  const value = from?.[name];
  const parsed = z.record(z.string(), z.unknown()).safeParse(value);
  return parsed.success ? parsed.data : null;
}
