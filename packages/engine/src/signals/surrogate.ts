import { createHmac } from "node:crypto";
import { accountRef, personRef, unitId, type AccountRef, type PersonRef, type UnitId } from "../ids.ts";
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
}

const SURROGATE_HEX = 33;
const EMAIL = /^[^\s@]+@[^\s@]+$/u;
const PHONE = /^\+[\d\s().-]{7,}$/u;

/** @param key - secret of the workspace, at least 32 bytes as text; whoever has it can test whether a name is among the facts. */
export function surrogatesOf(key: string): Surrogates {
  const hash = (kind: string, value: string): string =>
    createHmac("sha256", key).update(`${kind}\0${value}`).digest("hex").slice(0, SURROGATE_HEX);
  const person = (reference: PersonReference): PersonRef | null => {
    const strongest = strongestOf(reference);
    return strongest === null ? null : personRef(`p_${hash(strongest.kind, strongest.value)}`);
  };
  return {
    person,
    account: ({ accountId, domain, name }) => {
      if (filled(accountId)) return accountRef(`a_${hash("id", accountId.trim())}`);
      if (filled(domain)) return accountRef(`a_${hash("domain", normalDomain(domain))}`);
      return filled(name) ? accountRef(`a_${hash("name", name.trim().toLowerCase())}`) : null;
    },
    unit: (named) => {
      const ref = EMAIL.test(named.trim())
        ? person({ email: named })
        : PHONE.test(named.trim())
          ? person({ phone: named })
          : null;
      return unitId(ref ?? named);
    },
  };
}

/** An id that the sender keeps for good before an address that may change, an address before a browser's passing id. */
function strongestOf({
  userId,
  email,
  phone,
  anonymousId,
}: PersonReference): { readonly kind: string; readonly value: string } | null {
  if (filled(userId)) {
    const named = userId.trim();
    if (EMAIL.test(named)) return { kind: "email", value: normalEmail(named) };
    return PHONE.test(named) ? { kind: "phone", value: normalPhone(named) } : { kind: "user", value: named };
  }
  if (filled(email)) return { kind: "email", value: normalEmail(email) };
  if (filled(phone)) return { kind: "phone", value: normalPhone(phone) };
  return filled(anonymousId) ? { kind: "anonymous", value: anonymousId.trim() } : null;
}

const filled = (text: string | undefined): text is string => text !== undefined && text.trim() !== "";

/** Case never tells two mailboxes apart in practice; dots and plus-tags may. */
export function normalEmail(email: string): string {
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
