import type { Instant } from "@ratchet/engine";
import { timeReader } from "../import/time-format.ts";
import { verifyByMapping } from "./declarative-verification.ts";
import { accountOf, digestOf, machineOf, oneSignal, personOf, vendorId, type SignalDraft } from "./draft-signal.ts";
import { addressIn } from "./inbound-mail.ts";
import { allAt, firstAt, parsePath } from "./json-path.ts";
import { flagAt, numberAt, textAt } from "./json.ts";
import { bodyText, ignored, oneEvent, readEvents, unread, type Reading } from "./read-body.ts";
import type { Vendor } from "./vendor.ts";
import { anyTime } from "./vendor-time.ts";
import type { MappedField, WebhookMapping } from "./webhook-mapping.ts";

/** The vendor that a mapping describes: read by data, not by code, with the same promises as those written by hand. */
export function declarativeVendor(mapping: WebhookMapping): Vendor {
  const events = mapping.events === undefined ? undefined : parsePath(mapping.events);
  return {
    name: mapping.name,
    secretIs:
      mapping.verify.kind === "shared_secret"
        ? "user:password for the URL or Basic authorization, or a token for ?token=…"
        : "the signing secret that the vendor shows for this webhook",
    async verify(request, secret, now) {
      return verifyByMapping(request, { how: mapping.verify, secret, now });
    },
    read: (request) =>
      readEvents(
        bodyText(request),
        (event) => readMapped(event, mapping),
        events === undefined ? undefined : (body) => itemsAt(body, events),
      ),
    readKept: (raw) => readEvents(raw, (event) => readMapped(event, mapping), oneEvent),
  };
}

/** The events of a body: those that the path leads to, or those in the array that it leads to. */
function itemsAt(body: unknown, path: readonly string[]): readonly unknown[] {
  return allAt(body, path).flatMap((found): readonly unknown[] => (Array.isArray(found) ? found : [found]));
}

function readMapped(event: unknown, mapping: WebhookMapping): readonly Reading[] {
  const { needs } = mapping;
  if (needs.length > 0 && needs.every((path) => (firstAt(event, parsePath(path)) ?? "") === ""))
    return unread("mapping.needs", `the event has none of ${needs.join(", ")}, without which it is none`);
  const meaning = meaningOf(event, mapping);
  if (meaning.kind !== "type")
    return meaning.kind === "ignored" ? ignored(meaning.why) : unread(meaning.code, meaning.message);
  return oneSignal(draftOf(event, mapping, meaning));
}

type Meaning =
  | {
      readonly kind: "type";
      readonly type: string;
      readonly properties: Readonly<Record<string, unknown>>;
      readonly text?: readonly string[] | undefined;
    }
  | { readonly kind: "ignored"; readonly why: string }
  | { readonly kind: "unread"; readonly code: string; readonly message: string };

function meaningOf(event: unknown, { name, type }: WebhookMapping): Meaning {
  if ("value" in type) return { kind: "type", type: type.value, properties: {} };
  const words = type.from.map((path) => textOf(event, [path]) ?? "");
  for (let length = words.length; length > 0; length -= 1) {
    const key = words.slice(0, length).join("/");
    const known = Object.hasOwn(type.values, key) ? type.values[key] : undefined;
    if (known !== undefined) return { kind: "type", ...known };
    const why = Object.hasOwn(type.ignore, key) ? type.ignore[key] : undefined;
    if (why !== undefined) return { kind: "ignored", why };
  }
  const whyOthers = type.ignore["*"];
  if (whyOthers !== undefined) return { kind: "ignored", why: whyOthers };
  return {
    kind: "unread",
    code: "mapping.unknown_type",
    message: `the mapping ${name} does not say what "${words.join("/").slice(0, 200)}" (${type.from.join(", ")}) means; add it to type.values or type.ignore`,
  };
}

function draftOf(event: unknown, mapping: WebhookMapping, meaning: Meaning & { readonly kind: "type" }): SignalDraft {
  const { person, account, machine, time, amount } = mapping;
  const saidAt = time === undefined ? null : textOf(event, time.from);
  const occurredAt = saidAt === null || time === undefined ? null : (readTime(saidAt, time.format) ?? "unreadable");
  const sum = amount === undefined ? null : numberAt(textOf(event, amount.from));
  const properties = Object.entries(mapping.properties).map(([name, given]) => [name, valueOf(event, given)] as const);
  return {
    messageId: messageIdOf(event, mapping, meaning.type),
    type: meaning.type,
    occurredAt,
    person: personOf({
      userId: fieldText(event, person.user_id),
      anonymousId: fieldText(event, person.anonymous_id),
      email: bareAddress(fieldText(event, person.email)),
      phone: fieldText(event, person.phone),
    }),
    account: accountOf({
      accountId: fieldText(event, account.account_id),
      domain: fieldText(event, account.domain),
      name: fieldText(event, account.name),
    }),
    decisionId: mapping.decision_id === undefined ? null : textOf(event, mapping.decision_id),
    amount: sum === null || amount === undefined ? null : sum / amount.per_unit,
    currency: fieldText(event, amount?.currency),
    properties: {
      ...Object.fromEntries(properties),
      ...meaning.properties,
    },
    machine: machineOf({
      vendorSaysMachine:
        machine.vendor_says_machine === undefined ? null : flagAt(valueOf(event, machine.vendor_says_machine)),
      userAgent: fieldText(event, machine.user_agent),
      ip: fieldText(event, machine.ip),
      url: fieldText(event, machine.url),
    }),
    text: textOf(event, meaning.text ?? mapping.text ?? []),
  };
}

function messageIdOf(event: unknown, { name, id, unique }: WebhookMapping, type: string): string {
  const own = id === undefined ? null : textOf(event, id);
  if (own !== null) return vendorId(own);
  if (unique === undefined) return digestOf(name, type, event);
  return digestOf(name, type, ...unique.map((path) => firstAt(event, parsePath(path)) ?? null));
}

/** The first text, or number in digits, that one of the paths leads to. */
function textOf(event: unknown, paths: readonly string[]): string | null {
  for (const path of paths) {
    const text = textAt(firstAt(event, parsePath(path)));
    if (text !== null) return text;
  }
  return null;
}

/** Of `"Name" <address>` the address: a display name is nobody's business here. */
function bareAddress(text: string | null): string | null {
  return addressIn(text) ?? text;
}

function fieldText(event: unknown, given: MappedField | undefined): string | null {
  return given === undefined ? null : textAt(valueOf(event, given));
}

/** A field's text, number or flag, in our words. Texts of a list are joined by commas. */
function valueOf(event: unknown, { from, values, default: otherwise }: MappedField): string | number | boolean | null {
  for (const path of from) {
    const found = firstAt(event, parsePath(path));
    const value = Array.isArray(found) ? found.map((item) => textAt(item) ?? "").join(",") : found;
    const kept = typeof value === "boolean" || typeof value === "number" ? value : textAt(value);
    if (kept === null) continue;
    const ours = values !== undefined && Object.hasOwn(values, String(kept)) ? values[String(kept)] : undefined;
    return ours ?? kept;
  }
  return otherwise ?? null;
}

function readTime(text: string, formats: readonly string[]): Instant | null {
  for (const format of formats) {
    const reader = format === "iso" ? null : timeReader(format);
    const read = reader?.kind === "ok" ? reader.value(text) : null;
    const found = reader === null ? anyTime(text) : read?.kind === "ok" ? read.value : null;
    if (found !== null) return found;
  }
  return null;
}
