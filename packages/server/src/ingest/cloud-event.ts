import { forbidsContact, parseAmount, parseInstant, signalFamily, type ReceivedSignal } from "@ratchet/engine";
import { z } from "zod";
import { DATED_BY_RECEIPT } from "../vendors/draft-signal.ts";
import { flatProperties } from "./flat-properties.ts";
import type { ReadItem } from "./ingest.ts";

/** The attributes that a CloudEvent must have, and those that we read. */
const eventSchema = z.looseObject({
  specversion: z.literal("1.0"),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  subject: z.string().min(1).optional(),
  time: z.string().min(1).optional(),
  data: z.unknown().optional(),
});

const text = z.string().min(1).optional().catch(undefined);
const dataSchema = z
  .looseObject({
    type: text,
    decision_id: text,
    user_id: text,
    email: text,
    account_id: text,
    domain: text,
    value: z.number().optional().catch(undefined),
    currency: text,
    text,
  })
  .catch({});

/**
 * One CloudEvent in our words. Its subject says whom it is about (`lead/17`, `account/acme`, `decision/d-1`), or its data do
 * (`user_id`, `email`, `account_id`, `decision_id`); its type's last words are the signal's: `com.example.opportunity.won.v1` is
 * `opportunity_won`.
 *
 * @see CloudEvents 1.0.2, "Required attributes" and "Optional attributes".
 */
export function readCloudEvent(value: unknown, raw: string): ReadItem {
  const parsed = eventSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const message = issue === undefined ? "not a CloudEvent" : `/${issue.path.join("/")}: ${issue.message}`;
    return { kind: "unread", code: "signal.invalid", message, raw };
  }
  const event = parsed.data;
  const occurred = event.time === undefined ? null : parseInstant(event.time);
  const data = dataSchema.parse(event.data ?? {});
  const type = data.type ?? typeOf(event.type);
  if (occurred?.kind === "err" && !forbidsContact(type))
    return { kind: "unread", code: occurred.error.code, message: `/time: ${occurred.error.message}`, raw };
  const subject = subjectOf(event.subject);
  const amount = data.value === undefined ? null : parseAmount(data.value);
  const { user_id, email, account_id, domain } = { ...subject, ...data };
  const signal: ReceivedSignal = {
    // An event's id is unique within its own source, and one of ours may carry events of several.
    messageId: `${event.source}#${event.id}`.slice(0, 200),
    type,
    occurredAt: occurred?.kind === "ok" ? occurred.value : null,
    person:
      user_id === undefined && email === undefined
        ? null
        : { ...(user_id === undefined ? {} : { userId: user_id }), ...(email === undefined ? {} : { email }) },
    account:
      account_id === undefined && domain === undefined
        ? null
        : {
            ...(account_id === undefined ? {} : { accountId: account_id }),
            ...(domain === undefined ? {} : { domain }),
          },
    decisionId: data.decision_id ?? subject.decision_id ?? null,
    value: amount?.kind === "ok" ? amount.value : null,
    currency: data.currency ?? null,
    properties: {
      ...propertiesOf(event.data),
      ...(type === UNSPELT ? { event: event.type } : {}),
      ...(occurred?.kind === "err" ? DATED_BY_RECEIPT : {}),
    },
    machine: null,
    text: data.text ?? null,
  };
  return { kind: "signal", signal, raw };
}

/** What has a place of its own in the fact, or is somebody's words. */
const TAKEN = new Set(["type", "decision_id", "user_id", "account_id", "value", "currency", "text"]);

function propertiesOf(data: unknown): ReceivedSignal["properties"] {
  return Object.fromEntries(Object.entries(flatProperties(data)).filter(([name]) => !TAKEN.has(name)));
}

function subjectOf(
  subject: string | undefined,
): Readonly<Record<"user_id" | "account_id" | "decision_id", string | undefined>> {
  const [, kind, id] = /^([a-z]+)\/(.+)$/u.exec(subject ?? "") ?? [];
  return {
    user_id: kind === "lead" || kind === "contact" || kind === "person" || kind === "user" ? id : undefined,
    account_id: kind === "account" || kind === "company" ? id : undefined,
    decision_id: kind === "decision" ? id : undefined,
  };
}

/** A type whose words no Latin letter spells: it is kept as the property `event`. */
const UNSPELT = "custom";

/** The last two words of an event's type where they are one of ours, else its last. */
function typeOf(eventType: string): string {
  const words = eventType
    .replace(/\.v?\d+$/u, "")
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9_]+/u)
    .filter((word) => word !== "");
  const two = words.slice(-2).join("_");
  return signalFamily(two) === "custom" ? (words.at(-1) ?? UNSPELT) : two;
}
