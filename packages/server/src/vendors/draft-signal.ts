import { createHash } from "node:crypto";
import {
  forbidsContact,
  parseAmount,
  type AccountReference,
  type Context,
  type Instant,
  type MachineHints,
  type PersonReference,
  type ReceivedSignal,
} from "@ratchet/engine";
import { textAt, textsAt, valueAt } from "./json.ts";
import type { ReadingSettings } from "./reading-settings.ts";
import type { Reading } from "./read-body.ts";
import type { SaidTime } from "./vendor-time.ts";

/** Longest text of a property; words that somebody wrote go into `text`. */
const PROPERTY_CHARS_MAX = 500;
const ID_CHARS_MAX = 200;

/** What a reader knows of an event; the rest is null. */
export interface SignalDraft {
  readonly messageId: string;
  readonly type: string;
  /** Where it is unreadable the event is quarantined, unless it forbids to contact its person. */
  readonly occurredAt: SaidTime;
  readonly person?: PersonReference | null;
  readonly account?: AccountReference | null;
  readonly decisionId?: string | null;
  /** In units of the currency. An amount beyond what we can count is left out. */
  readonly amount?: number | null;
  readonly currency?: string | null;
  /** Nulls and blanks are left out; e-mail addresses inside texts are blacked out. */
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly machine?: MachineHints | null;
  readonly text?: string | null;
  /** As in `ReceivedSignal`. */
  readonly isRestated?: true;
}

/** A draft whose time is read, or not said. */
interface DatedDraft extends SignalDraft {
  readonly occurredAt: Instant | null;
}

/**
 * Said of a signal whose message tells a time that nobody can read. It forbids to contact its person, which may not wait for that: it is
 * dated by its receipt.
 */
export const DATED_BY_RECEIPT = { time_unreadable: true } as const;

/** The signal of a draft. */
export function signalReading(draft: SignalDraft): Reading {
  const { occurredAt } = draft;
  if (occurredAt !== "unreadable") return { kind: "signal", signal: receivedSignal({ ...draft, occurredAt }) };
  if (forbidsContact(draft.type)) {
    const properties = { ...draft.properties, ...DATED_BY_RECEIPT };
    return { kind: "signal", signal: receivedSignal({ ...draft, occurredAt: null, properties }) };
  }
  return {
    kind: "unread",
    code: "time.unreadable",
    message:
      "the event says when it happened, in a way that is no time its vendor writes; it stays until it can be read",
  };
}

/** The signal of a draft, alone. */
export function oneSignal(draft: SignalDraft): readonly Reading[] {
  return [signalReading(draft)];
}

/** What a draft comes to: amounts counted, blanks left out. */
export function receivedSignal(draft: DatedDraft): ReceivedSignal {
  const amount = draft.amount === undefined || draft.amount === null ? null : parseAmount(draft.amount);
  const value = amount?.kind === "ok" ? amount.value : null;
  return {
    messageId: draft.messageId,
    type: draft.type,
    occurredAt: draft.occurredAt,
    person: draft.person ?? null,
    account: draft.account ?? null,
    decisionId: draft.decisionId ?? null,
    value,
    currency: value === null ? null : currencyOf(draft.currency ?? null),
    properties: contextOf(draft.properties ?? {}),
    machine: draft.machine ?? null,
    text: draft.text ?? null,
    ...(draft.isRestated === undefined ? {} : { isRestated: draft.isRestated }),
  };
}

function currencyOf(text: string | null): string | null {
  const code = text?.trim().toUpperCase() ?? "";
  return /^[A-Z]{3}$/u.test(code) ? code : null;
}

function contextOf(properties: Readonly<Record<string, unknown>>): Context {
  const kept = Object.entries(properties).flatMap(([name, value]): (readonly [string, string | number | boolean])[] => {
    if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return [[name, value]];
    const text = typeof value === "string" ? textAt(value) : null;
    return text === null ? [] : [[name, withoutAddresses(text.slice(0, PROPERTY_CHARS_MAX))]];
  });
  return Object.fromEntries(kept);
}

/** Bounded on both sides, so that no text takes more than linear time. */
const ADDRESS = /[^\s<>@"']{1,64}@[^\s<>@"',;]{1,255}/gu;

/** A text whose e-mail addresses are blacked out: servers' answers quote them, and facts must not carry them. */
export function withoutAddresses(text: string): string {
  return text.replaceAll(ADDRESS, "[address]");
}

/** The vendor's own id of an event, or a digest of it where it is too long to be a key. */
export function vendorId(id: string): string {
  return id.length <= ID_CHARS_MAX ? id : digestOf(id);
}

/** A message id for an event whose vendor gives none: SHA-256 over what makes it unique, in 64 hex digits. */
export function digestOf(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** How an event names a person; null where it does not. */
export function personOf(
  reference: Readonly<Partial<Record<keyof PersonReference, string | null>>>,
): PersonReference | null {
  const userId = reference.userId ?? null;
  const anonymousId = reference.anonymousId ?? null;
  const email = reference.email ?? null;
  const phone = reference.phone ?? null;
  const formerId = reference.formerId ?? null;
  if (userId === null && anonymousId === null && email === null && phone === null) return null;
  return {
    ...(userId === null ? {} : { userId }),
    ...(anonymousId === null ? {} : { anonymousId }),
    ...(email === null ? {} : { email }),
    ...(phone === null ? {} : { phone }),
    ...(formerId === null ? {} : { formerId }),
  };
}

/** What an event says about who, or what, opened or clicked; null where it says nothing. */
export function machineOf(hints: {
  readonly vendorSaysMachine?: boolean | null;
  readonly userAgent?: string | null;
  readonly ip?: string | null;
  readonly url?: string | null;
}): MachineHints | null {
  const vendorSaysMachine = hints.vendorSaysMachine ?? null;
  const userAgent = hints.userAgent ?? null;
  const ip = hints.ip ?? null;
  const url = hints.url ?? null;
  if (vendorSaysMachine === null && userAgent === null && ip === null && url === null) return null;
  return {
    ...(vendorSaysMachine === null ? {} : { vendorSaysMachine }),
    ...(userAgent === null ? {} : { userAgent }),
    ...(ip === null ? {} : { ip }),
    ...(url === null ? {} : { url }),
  };
}

/** A clicked link without its query and fragment, which may carry who clicked. */
export function linkOf(url: string | null): string | null {
  return url === null ? null : (url.split(/[?#]/u, 1)[0] ?? null);
}

/** Our decision id among custom arguments or metadata: an object, or an object's JSON in a text. */
export function decisionIn(values: unknown, { decisionKeys }: ReadingSettings): string | null {
  for (const key of decisionKeys) {
    const found = textsAt(values, key)[0];
    if (found !== undefined) return found.slice(0, ID_CHARS_MAX);
  }
  return null;
}

/** Our decision id among tags, written `decision_id:dec_1` or `decision_id=dec_1`. */
export function decisionAmong(tags: readonly string[], { decisionKeys }: ReadingSettings): string | null {
  for (const tag of tags) {
    const at = tag.search(/[:=]/u);
    if (at > 0 && decisionKeys.includes(tag.slice(0, at))) return tag.slice(at + 1, at + 1 + ID_CHARS_MAX) || null;
  }
  return null;
}

/** A text that is itself a decision id of ours, for tools with one free field; other words are left alone. */
export function ownDecisionId(text: string | null): string | null {
  return text !== null && /^dec_[\w-]{1,190}$/u.test(text) ? text : null;
}

/** Our decision id among mail headers, given as `{name, value}` in some spelling. */
export function decisionInHeaders(headers: readonly unknown[]): string | null {
  const header = headers.find((item) => headerName(item) === "x-decision-id");
  return textAt(header, "value") ?? textAt(header, "Value");
}

function headerName(header: unknown): string | null {
  const name = valueAt(header, "name") ?? valueAt(header, "Name");
  return typeof name === "string" ? name.toLowerCase() : null;
}

/** How an event names an account; null where it does not. */
export function accountOf(
  reference: Readonly<Partial<Record<keyof AccountReference, string | null>>>,
): AccountReference | null {
  const accountId = reference.accountId ?? null;
  const domain = reference.domain ?? null;
  const name = reference.name ?? null;
  const formerId = reference.formerId ?? null;
  if (accountId === null && domain === null && name === null) return null;
  return {
    ...(accountId === null ? {} : { accountId }),
    ...(domain === null ? {} : { domain }),
    ...(name === null ? {} : { name }),
    ...(formerId === null ? {} : { formerId }),
  };
}
