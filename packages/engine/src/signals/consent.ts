import type { PersonRef } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { PeopleRelation } from "./people.ts";

/** Why nobody may contact a person. */
export const SUPPRESSION_BASES = ["unsubscribed", "complained", "bounced_hard", "objected", "manual"] as const;
/** On what ground a person may be contacted. */
export const CONSENT_BASES = ["consent", "contract", "legitimate_interest", "implied"] as const;

/**
 * One word about whether a person may be contacted. Append-only: a later record answers an earlier one, none is changed.
 *
 * It names a keyed hash alone, so that it outlives the erasure of whom it is about.
 */
export interface ConsentRecord {
  readonly ref: PersonRef;
  /** `lifted`: a person found one suppression to be a mistake; `messageId` is then its `liftId`, and no other is touched. */
  readonly kind: "suppressed" | "granted" | "withdrawn" | "lifted";
  readonly basis: (typeof SUPPRESSION_BASES)[number] | (typeof CONSENT_BASES)[number];
  /** `email`, `phone` …, or `all`. */
  readonly channel: string;
  /** Who says so: a source, or the person who entered it. */
  readonly source: string;
  /** With `source`, `ref` and `kind` its idempotency key. */
  readonly messageId: string;
  readonly at: Instant;
  /** From when on it says nothing any more; null: for ever. */
  readonly expiresAt: Instant | null;
}

/** What became of a record that was to be appended. `conflict`: another one stands under its id; nothing was changed. */
export type ConsentReceipt = "accepted" | "duplicate" | "conflict";

/** What one message may say only once. */
type SaidOfConsent = Pick<ConsentRecord, "kind" | "basis" | "channel" | "expiresAt">;

/**
 * Whether a record is new, beside those of the same source, message and reference.
 *
 * One message grants or withdraws consent, not both. Its time is no part of what it says: where a sender names none it is our clock's, and
 * another one each time that the message is sent.
 */
export function consentReceipt(said: SaidOfConsent, known: readonly SaidOfConsent[]): ConsentReceipt {
  const standing = known.filter(({ kind }) => kind === said.kind || (isOnConsent(kind) && isOnConsent(said.kind)));
  if (standing.length === 0) return "accepted";
  const { kind, basis, channel, expiresAt } = said;
  return standing.some(
    (one) => one.kind === kind && one.basis === basis && one.channel === channel && one.expiresAt === expiresAt,
  )
    ? "duplicate"
    : "conflict";
}

const isOnConsent = (kind: ConsentRecord["kind"]): boolean => kind === "granted" || kind === "withdrawn";

/** May this person be contacted, and if not, which rule says so. */
export type ContactAnswer =
  | { readonly kind: "allowed" }
  | {
      readonly kind: "refused";
      /** `suppression.unsubscribed`, `consent.withdrawn`, `consent.expired` … */
      readonly rule: string;
      readonly channel: string;
      readonly source: string;
      readonly since: Instant;
    };

/** Only what the person, or a member of the team, can take back by a later consent. A complaint and an objection stand. */
const LIFTED_BY_CONSENT: readonly ConsentRecord["basis"][] = ["unsubscribed", "manual"];
/** What a lifting is called, so that it takes back this suppression alone, on all of its person's names, and one that comes later counts. */
export function liftId({ source, messageId }: Pick<ConsentRecord, "source" | "messageId">): string {
  return `lift ${JSON.stringify([source, messageId])}`;
}

/** Whoever learns from answers has no say in who may be asked. */
const NEVER_LIFTS = "engine";

/**
 * Whether a person may be contacted on a channel now, from every record of every reference of that person. Order does not matter.
 *
 * A suppression in force refuses, unless it was lifted by name, or it can be taken back and the person consented later; after that the
 * latest word on consent counts, and consent that has run out is none. Where nothing is recorded, nothing here refuses.
 */
export function contactAllowed(
  records: readonly ConsentRecord[],
  { channel, now }: { readonly channel: string; readonly now: Instant },
): ContactAnswer {
  const heard = records.filter(
    (record) => record.at <= now && (record.channel === channel || record.channel === "all" || channel === "all"),
  );
  const inForce = heard.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  const grants = inForce.filter(({ kind, source }) => kind === "granted" && source !== NEVER_LIFTS);
  const lifted = liftedIn(records);
  const suppression = latest(
    inForce.filter(
      (record) =>
        record.kind === "suppressed" && !lifted.has(liftId(record)) && !grants.some((grant) => lifts(grant, record)),
    ),
  );
  if (suppression !== null) return refused(`suppression.${suppression.basis}`, suppression);
  const withdrawn = latest(inForce.filter(({ kind }) => kind === "withdrawn"));
  if (withdrawn !== null && !grants.some((grant) => grant.at > withdrawn.at && covers(grant, withdrawn)))
    return refused("consent.withdrawn", withdrawn);
  const runOut = latest(heard.filter(({ kind }) => kind === "granted"));
  return runOut === null || grants.length > 0 ? { kind: "allowed" } : refused("consent.expired", runOut);
}

/** Which suppressions a person took back by name. */
function liftedIn(records: readonly ConsentRecord[]): ReadonlySet<string> {
  return new Set(
    records.flatMap(({ kind, source, messageId }) => (kind === "lifted" && source !== NEVER_LIFTS ? [messageId] : [])),
  );
}

/** The suppressions that stand: what lifting all of them would take back. */
export function suppressionsIn(records: readonly ConsentRecord[], channel: string): readonly ConsentRecord[] {
  const lifted = liftedIn(records);
  return records.filter(
    (record) =>
      record.kind === "suppressed" &&
      !lifted.has(liftId(record)) &&
      (channel === "all" || record.channel === channel || record.channel === "all"),
  );
}

function lifts(grant: ConsentRecord, suppression: ConsentRecord): boolean {
  return (
    grant.basis === "consent" &&
    grant.at > suppression.at &&
    covers(grant, suppression) &&
    LIFTED_BY_CONSENT.includes(suppression.basis)
  );
}

const covers = (grant: ConsentRecord, other: ConsentRecord): boolean =>
  grant.channel === "all" || grant.channel === other.channel;

function latest(records: readonly ConsentRecord[]): ConsentRecord | null {
  return records.reduce<ConsentRecord | null>(
    (last, record) =>
      last === null || record.at > last.at || (record.at === last.at && record.basis < last.basis) ? record : last,
    null,
  );
}

function refused(rule: string, { channel, source, at }: ConsentRecord): ContactAnswer {
  return { kind: "refused", rule, channel, source, since: at };
}

/** What signals say about whether their person may be contacted. */
const SAID_BY: ReadonlyMap<string, Pick<ConsentRecord, "kind" | "basis">> = new Map([
  ["unsubscribed", { kind: "suppressed", basis: "unsubscribed" }],
  ["complained", { kind: "suppressed", basis: "complained" }],
  ["bounced_hard", { kind: "suppressed", basis: "bounced_hard" }],
  ["resubscribed", { kind: "granted", basis: "consent" }],
]);

/** Whether a signal of this type says anything of contacting its person. */
export function saysOfContact(type: string): boolean {
  return SAID_BY.has(type);
}

/**
 * Whether a signal of this type forbids to contact its person. Such a signal is never kept waiting for what else its message says badly: one
 * that permits may wait, one that forbids must hold from its acknowledgement.
 */
export function forbidsContact(type: string): boolean {
  return SAID_BY.get(type)?.kind === "suppressed";
}

/** Records that a signal makes: one for each lasting reference that it names, so that any of them finds it after an erasure. */
export function consentsIn(
  message: {
    readonly source: string;
    readonly messageId: string;
    readonly type: string;
    readonly channel: string | null;
    readonly at: Instant;
  },
  identifiers: readonly { readonly ref: PersonRef; readonly relation: PeopleRelation }[],
): readonly ConsentRecord[] {
  const said = SAID_BY.get(message.type);
  if (said === undefined) return [];
  const { source, messageId, at } = message;
  // A mailbox that does not exist says nothing about the person's other addresses.
  const addresses = said.basis === "bounced_hard" ? identifiers.filter(({ relation }) => relation === "email") : [];
  return (addresses.length > 0 ? addresses : identifiers).map(({ ref }) => ({
    ref,
    ...said,
    channel: message.channel ?? "email",
    source,
    messageId,
    at,
    expiresAt: null,
  }));
}
