import type { IdentityConflicts } from "../health/data-question.ts";
import type { ConsentReceipt, ConsentRecord } from "../signals/consent.ts";
import type { PeopleRow } from "../signals/people.ts";
import type { UnitMerge } from "../signals/unit-merge.ts";

/** A record as the store numbers it. */
export interface NumberedConsent extends ConsentRecord {
  /** From 1, in order of recording. */
  readonly seq: number;
}

/**
 * Which texts a rewrite is shown: what a sender wrote and did not fit, a served decision's document, a setting, a
 * note or reply.
 */
export type TextPlace = "quarantine" | "decision" | "setting" | "text";

/** Puts another text in a stored one's place; the same text leaves it. It must not throw. */
export type TextRewriter = (text: string, place: TextPlace) => string;

/**
 * Who the surrogates in the facts are, and who may be contacted: the only tables that name a person.
 *
 * Rows arrive with the acknowledgement of what told them (`InboxItem.about`), in its transaction, or by `learn`. The table keeps the
 * earliest time of each row and nothing else of the order of arrival.
 */
export interface PeopleStore {
  /** Adds rows. One that is there already keeps the earlier of the two times. */
  learn(rows: readonly PeopleRow[]): Promise<void>;
  /** Every row of these references, in order of reference, relation and value. */
  peopleRows(refs: readonly string[]): Promise<readonly PeopleRow[]>;
  /** Units that turned out to be one, by what systems said of records (`unitMergesIn`); in no order. */
  unitMerges(): Promise<readonly UnitMerge[]>;
  /** Removes every row of these references and every row of others that names one; consent records stay. @returns how many. */
  forgetPeople(refs: readonly string[]): Promise<number>;

  /**
   * Names that two persons claim: references (an address, a number, a browser) that were told with the user ids of several persons whom
   * nobody called the same. Looks through the whole table, in pieces: for now and then.
   */
  identityConflicts(): Promise<IdentityConflicts>;

  /**
   * Appends records. One whose source, message and reference said something else before changes nothing, and is called a conflict.
   *
   * @returns what became of each, in their order; see `consentReceipt`.
   */
  recordConsents(records: readonly ConsentRecord[]): Promise<readonly ConsentReceipt[]>;
  /** In order of recording. */
  consents(query: { readonly afterSeq: number; readonly limit: number }): Promise<readonly NumberedConsent[]>;

  /**
   * Shows every stored text that may quote a sender to `rewrite` and keeps what it answers. The ledger, documents and keys are not among
   * them: nobody's identifiers enter those.
   *
   * @returns how many texts changed.
   */
  rewriteTexts(rewrite: TextRewriter): Promise<number>;
  /** Leaves no byte of what was removed or replaced in any file of the store. May take as long as copying it. */
  shred(): Promise<void>;
}
