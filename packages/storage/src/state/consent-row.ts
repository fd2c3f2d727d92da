import {
  CONSENT_BASES,
  instant,
  personRef,
  SUPPRESSION_BASES,
  type ConsentRecord,
  type NumberedConsent,
} from "@ratchet/engine";
import { integer, integerOrNull, text } from "./row.ts";

const KINDS: readonly ConsentRecord["kind"][] = ["suppressed", "granted", "withdrawn", "lifted"];
const BASES: readonly ConsentRecord["basis"][] = [...SUPPRESSION_BASES, ...CONSENT_BASES];

/** A consent record from its row. */
export function consentOf(row: unknown): NumberedConsent {
  const expiresAt = integerOrNull(row, "expires_at");
  return {
    seq: integer(row, "seq"),
    ref: personRef(text(row, "ref")),
    kind: known(KINDS, text(row, "kind")),
    basis: known(BASES, text(row, "basis")),
    channel: text(row, "channel"),
    source: text(row, "source"),
    messageId: text(row, "message_id"),
    at: instant(integer(row, "at")),
    expiresAt: expiresAt === null ? null : instant(expiresAt),
  };
}

/** @throws TypeError where the stored word is none of ours. */
export function known<Word extends string>(words: readonly Word[], stored: string): Word {
  const word = words.find((one) => one === stored);
  if (word === undefined) throw new TypeError(`not a word of the people tables: ${stored}`);
  return word;
}
