import type { AccountRef, PersonRef, UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";
import { consentsIn, type ConsentRecord } from "./consent.ts";
import { companyDomainOf } from "./free-mail.ts";
import type { PeopleRelation, PeopleRow } from "./people.ts";
import type { AccountReference, PersonReference } from "./received-signal.ts";
import type { NamedAccount, Surrogates } from "./surrogate.ts";

/** What one message tells about who somebody is and may be contacted: written with its acknowledgement, and never part of a fact. */
export interface Sighting {
  readonly rows: readonly PeopleRow[];
  readonly consents: readonly ConsentRecord[];
}

/** A message, as far as it says who somebody is. */
export interface SightedMessage {
  readonly source: string;
  readonly messageId: string;
  readonly type: string;
  readonly person: PersonReference | null;
  readonly account: AccountReference | null;
  readonly unitId: UnitId | null;
  /** The channel it speaks of, where it says so. */
  readonly channel: string | null;
  readonly at: Instant;
  /** When we heard it: what merges records is known from then on, however long ago it was done. */
  readonly heardAt: Instant;
}

/** Reads who a message is about. Null where it names nobody. */
export function sightingOf(message: SightedMessage, surrogates: Surrogates): Sighting | null {
  const rows = [...personRows(message, surrogates), ...accountRows(message, surrogates)];
  const consents = message.person === null ? [] : consentsIn(message, surrogates.identifiers(message.person));
  return rows.length === 0 && consents.length === 0 ? null : { rows, consents };
}

function personRows(message: SightedMessage, surrogates: Surrogates): readonly PeopleRow[] {
  const { person, at, heardAt } = message;
  const known = person === null ? [] : surrogates.identifiers(person);
  const [main] = known;
  if (person === null || main === undefined) return [];
  const row = (ref: PersonRef, relation: PeopleRelation, value: string): PeopleRow => ({
    ref,
    relation,
    value,
    firstAt: at,
  });
  const former = person.formerId === undefined ? [] : surrogates.formerly(person.formerId);
  return [
    ...[...known, ...former].map(({ ref, relation, value }) => row(ref, relation, value)),
    ...known
      .slice(1)
      .flatMap((other) => [
        row(main.ref, other.relation === "user_id" ? "with_user" : "with", other.ref),
        row(other.ref, main.relation === "user_id" ? "with_user" : "with", main.ref),
      ]),
    ...former.filter(({ ref }) => ref !== main.ref).flatMap(({ ref }) => mergedRows(main.ref, ref, heardAt)),
    ...(person.name === undefined || person.name.trim() === "" ? [] : [row(main.ref, "name", person.name.trim())]),
    ...(message.unitId === null ? [] : [row(main.ref, "unit", message.unitId)]),
    ...tiesOf(message, surrogates).map(({ relation, account }) => row(main.ref, relation, account)),
  ];
}

/** Which account a person belongs to: the one that the message names, and the one that the address's domain does. */
function tiesOf(
  { person, account }: SightedMessage,
  surrogates: Surrogates,
): readonly { readonly relation: "account" | "account_by_domain"; readonly account: AccountRef }[] {
  const named = account === null ? null : surrogates.account(account);
  const domain = companyDomainOf(surrogates.identifiers(person ?? {}));
  const byDomain = domain === null ? null : surrogates.account({ domain });
  return [
    ...(named === null ? [] : [{ relation: "account", account: named } as const]),
    ...(byDomain === null ? [] : [{ relation: "account_by_domain", account: byDomain } as const]),
  ];
}

/** Two records of one person, or of one account, are one from now on, as a system or a person said. @param at - when we heard it. */
export function mergedRows<Ref extends PersonRef | AccountRef>(
  one: Ref,
  other: Ref,
  at: Instant,
): readonly PeopleRow[] {
  return (["same_as", "merged_with"] as const).flatMap((relation) => [
    { ref: one, relation, value: other, firstAt: at },
    { ref: other, relation, value: one, firstAt: at },
  ]);
}

/** An account named in two ways is one account under two references. */
function accountRows({ account, at, heardAt }: SightedMessage, surrogates: Surrogates): readonly PeopleRow[] {
  if (account === null) return [];
  const known = surrogates.accountNames(account);
  const [main] = known;
  const former = account.formerId === undefined ? [] : surrogates.accountNames({ accountId: account.formerId });
  const merged = main === undefined ? [] : former.filter(({ ref }) => ref !== main.ref);
  return [
    ...namingRows(known, at),
    ...merged.map(({ ref, relation, value }): PeopleRow => ({ ref, relation, value, firstAt: at })),
    ...(main === undefined ? [] : merged.flatMap(({ ref }) => mergedRows(main.ref, ref, heardAt))),
  ];
}

function namingRows(known: readonly NamedAccount[], at: Instant): readonly PeopleRow[] {
  const [main] = known;
  return known.flatMap(({ ref, relation, value }): readonly PeopleRow[] => [
    { ref, relation, value, firstAt: at },
    ...(main === undefined || ref === main.ref
      ? []
      : [
          { ref: main.ref, relation: "same_as", value: ref, firstAt: at } as const,
          { ref, relation: "same_as", value: main.ref, firstAt: at } as const,
        ]),
  ]);
}
