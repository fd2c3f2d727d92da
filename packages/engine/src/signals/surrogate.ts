import { createHmac } from "node:crypto";
import { accountRef, personRef, unitId, type AccountRef, type PersonRef, type UnitId } from "../ids.ts";
import { Remembered } from "../remembered.ts";
import type { Identifier } from "./people.ts";
import type { AccountReference, PersonReference } from "./received-signal.ts";

/**
 * Surrogates: what facts carry in place of what names a person.
 *
 * A keyed hash of the strongest identifier, so the same person gets the same surrogate in any order of arrival, on every node, without a
 * look-up; without the key nobody can try names out. 130 bits: no two people share one.
 */
export interface Surrogates {
  readonly person: (reference: PersonReference) => PersonRef | null;
  readonly account: (reference: AccountReference) => AccountRef | null;
  /** The unit of a decision or signal that the caller names by an id of its own; an e-mail address or phone number becomes a surrogate. */
  readonly unit: (named: string) => UnitId;
  /** Every identifier that a reference holds, the strongest first, each with a surrogate of its own. */
  readonly identifiers: (reference: PersonReference) => readonly NamedPerson[];
  /** What an id may have been that a person had before: nobody says whether it was a user's or a browser's. */
  readonly formerly: (id: string) => readonly NamedPerson[];
  /** Every way in which a reference names an account, the strongest first. */
  readonly accountNames: (reference: AccountReference) => readonly NamedAccount[];
  /** A message id for facts and keys: its own, or a surrogate where it holds an address, or an identifier of the person that it is about. */
  readonly message: (messageId: string, person: PersonReference | null) => string;
  /** A keyed digest of any text: of an id that was made from a name, which anybody could make again. */
  readonly digest: (text: string) => string;
}

/** A direct identifier, normalised, and its surrogate. */
export interface NamedPerson extends Identifier {
  readonly ref: PersonRef;
}

/** A name of an account, normalised, and its surrogate; a surrogate is its value, too, where the name is a person's address or number. */
export interface NamedAccount {
  readonly ref: AccountRef;
  readonly relation: "account_id" | "domain" | "account_name";
  readonly value: string;
}

const SURROGATE_HEX = 33;
/** Hashes in a generation of those kept in memory: 30 MB at most in both. */
const REMEMBERED = 75_000;
/** The same people and companies come again and again, and a message names each several times: 30 MB at most. */
const REMEMBERED_NAMES = 25_000;
const EMAIL = /^[^\s@]+@[^\s@]+$/u;
const ADDRESS_WITHIN = /[^\s@<>]@[^\s@<>]+\.[a-z]{2,}/u;
const PHONE = /^\+[\d\s().-]{7,}$/u;

/** The kinds that are hashed with an identifier: released ones never change, or every surrogate would. */
const HASHED_AS = { user_id: "user", email: "email", phone: "phone", anonymous_id: "anonymous", name: "name" } as const;
const ACCOUNT_HASHED_AS = { account_id: "id", domain: "domain", account_name: "name" } as const;

/** @param key - secret of the workspace, at least 32 bytes as text; whoever has it can test whether a name is among the facts. */
export function surrogatesOf(key: string): Surrogates {
  const hashed = new Remembered<string>(REMEMBERED);
  const hash = (kind: string, value: string): string => {
    const named = `${kind}\0${value}`;
    return hashed.getOrMake(named, () => createHmac("sha256", key).update(named).digest("hex").slice(0, SURROGATE_HEX));
  };
  const named = (identifier: Identifier): NamedPerson => ({
    ...identifier,
    ref: personRef(`p_${hash(HASHED_AS[identifier.relation], identifier.value)}`),
  });
  const knownPeople = new Remembered<readonly NamedPerson[]>(REMEMBERED_NAMES);
  const identifiers = (reference: PersonReference): readonly NamedPerson[] =>
    knownPeople.getOrMake(toldBy(reference.userId, reference.email, reference.phone, reference.anonymousId), () =>
      identifiersOf(reference).map(named),
    );
  // Erasing a person looks among people: what is kept of an account names none.
  const impersonal = (name: string): string => {
    const [told] = identifiersOf({ userId: name });
    if (told !== undefined && told.relation !== "user_id") return named(told).ref;
    return ADDRESS_WITHIN.test(name.toLowerCase()) ? `m_${hash("message", name)}` : name;
  };
  const knownAccounts = new Remembered<readonly NamedAccount[]>(REMEMBERED_NAMES);
  const accountNames = (reference: AccountReference): readonly NamedAccount[] =>
    knownAccounts.getOrMake(toldBy(reference.accountId, reference.domain, reference.name, undefined), () =>
      namesOf(reference).map((one) => ({
        relation: one.relation,
        value: impersonal(one.value),
        ref: accountRef(`a_${hash(ACCOUNT_HASHED_AS[one.relation], one.value)}`),
      })),
    );
  return {
    person: (reference) => identifiers(reference)[0]?.ref ?? null,
    account: (reference) => accountNames(reference)[0]?.ref ?? null,
    accountNames,
    identifiers,
    formerly: (id) => {
      const known = identifiersOf({ userId: id });
      const browser = known.some(({ relation }) => relation === "user_id") ? identifiersOf({ anonymousId: id }) : [];
      return [...known, ...browser].map(named);
    },
    message: (messageId, about) => {
      const written = messageId.toLowerCase();
      const told = about === null ? [] : identifiers(about);
      // Whose address it is may be told by another message, later: no address stays, also where it is only the name of a mail.
      const telling =
        ADDRESS_WITHIN.test(written) ||
        told.some(({ relation, value }) => (relation === "email" || relation === "phone") && written.includes(value));
      return telling ? `m_${hash("message", messageId)}` : messageId;
    },
    digest: (text) => hash("digest", text),
    unit: (text) => {
      const told = nameOf(text.trim());
      return unitId(told.relation === "user_id" ? text : named(told).ref);
    },
  };
}

/** The names of a reference as one text, with their lengths: whatever is in them, no two references have the same. */
function toldBy(one = "", two = "", three = "", four = ""): string {
  return `${one.length} ${two.length} ${three.length} ${one}${two}${three}${four}`;
}

/** An id that the sender keeps for good before an address that may change, an address before a browser's passing id. */
function identifiersOf({ userId, email, phone, anonymousId }: PersonReference): readonly Identifier[] {
  const told: Identifier[] = [];
  if (filled(userId)) told.push(nameOf(userId.trim()));
  if (filled(email)) told.push({ relation: "email", value: normalEmail(email) });
  if (filled(phone)) told.push({ relation: "phone", value: normalPhone(phone) });
  if (filled(anonymousId)) told.push({ relation: "anonymous_id", value: anonymousId.trim() });
  return told.filter(
    (one, i) => told.findIndex((other) => other.relation === one.relation && other.value === one.value) === i,
  );
}

/** An address or a number stays one where it is used as an id. */
function nameOf(id: string): Identifier {
  if (id.includes("@") && EMAIL.test(id)) return { relation: "email", value: normalEmail(id) };
  return id.startsWith("+") && PHONE.test(id)
    ? { relation: "phone", value: normalPhone(id) }
    : { relation: "user_id", value: id };
}

function namesOf({ accountId, domain, name }: AccountReference): readonly Omit<NamedAccount, "ref">[] {
  return [
    ...(filled(accountId) ? [{ relation: "account_id", value: accountId.trim() } as const] : []),
    ...(filled(domain) ? [{ relation: "domain", value: normalDomain(domain) } as const] : []),
    ...(filled(name) ? [{ relation: "account_name", value: name.trim().toLowerCase() } as const] : []),
  ];
}

const filled = (text: string | undefined): text is string => text !== undefined && text.trim() !== "";

/** Case never tells two mailboxes apart in practice; dots and plus-tags may. */
function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

function normalPhone(phone: string): string {
  return phone.replaceAll(/[^\d+]/gu, "");
}

/** `https://www.Acme.com/about` and `acme.com` are one. */
function normalDomain(domain: string): string {
  return domain
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//u, "")
    .replace(/^www\./u, "")
    .replace(/[/?#:].*$/u, "");
}
