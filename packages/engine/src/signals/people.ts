import { accountRef, unitId, type AccountRef, type PersonRef, type UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";

/** What names a person directly, and is kept nowhere but in the people table. */
const IDENTIFIER_RELATIONS = ["user_id", "email", "phone", "anonymous_id", "name"] as const;

/** Every word that a row of the people table may have for what it tells: what a store reads back is one of these. */
export const PEOPLE_RELATIONS = [
  ...IDENTIFIER_RELATIONS,
  "with_user",
  "with",
  "same_as",
  "merged_with",
  "merged_unit",
  "unit",
  "account",
  "account_by_domain",
  "account_by_rule",
  "account_id",
  "domain",
  "account_name",
] as const;

/**
 * How a row of the people table reads: `ref` has this identifier · was named together `with` another reference (`with_user`: one by a
 * user id) · is the `same_as` another, because a system said so (an alias, a merge, a conversion, another name of an account) · is a record
 * that was `merged_with` another, so that one unit stands for both · is the name of a unit that is one with another, as its person was erased
 * since (`merged_unit`) · was assigned under a `unit` ·
 * belongs to an `account`, as a message said, as the domain of the e-mail address says, or as a rule of the team says.
 */
export type PeopleRelation = (typeof PEOPLE_RELATIONS)[number];

/**
 * One thing that is known about a person or an account, and since when.
 *
 * The table only ever takes rows in and keeps the earliest time of each, so that any order of the same messages ends in the same table.
 */
export interface PeopleRow {
  readonly ref: PersonRef | AccountRef;
  readonly relation: PeopleRelation;
  /** An identifier, normalised; or another reference; or a unit. */
  readonly value: string;
  readonly firstAt: Instant;
}

/** A direct identifier of a person. */
export interface Identifier {
  readonly relation: (typeof IDENTIFIER_RELATIONS)[number];
  readonly value: string;
}

/** A person as everything heard so far makes one. Merging two records keeps both histories: nothing is overwritten. */
export interface PersonRecord {
  /** Every reference under which facts may carry this person, sorted. */
  readonly refs: readonly PersonRef[];
  readonly identifiers: readonly Identifier[];
  /** The unit that the person's assignments go by: the oldest, so that no conversion and no merge changes a cohort. null: none yet. */
  readonly unitId: UnitId | null;
  /** Units that the person was also seen under, oldest first. */
  readonly otherUnits: readonly UnitId[];
  /** The account: named by a message, the latest first; else by a rule, which is only asked where the domain alone does not say, else by the domain of an address. null: none known. */
  readonly account: AccountRef | null;
  readonly accountBy: "message" | "domain" | "rule" | null;
  /** Accounts that the person belonged to before, latest first. */
  readonly formerAccounts: readonly AccountRef[];
  readonly firstSeenAt: Instant | null;
}

/** The record that the rows of one person's references make. @param refs - every reference of the person. */
export function personRecord(refs: readonly PersonRef[], rows: readonly PeopleRow[]): PersonRecord {
  const own = rows.filter(({ ref }) => refs.some((one) => one === ref));
  const units = valuesOf(own, "unit", "oldest");
  const named = valuesOf(own, "account", "latest");
  const byDomain = valuesOf(own, "account_by_domain", "latest");
  const byRule = valuesOf(own, "account_by_rule", "latest");
  const [accounts, accountBy] =
    named.length > 0
      ? ([named, "message"] as const)
      : byRule.length > 0
        ? ([byRule, "rule"] as const)
        : ([byDomain, "domain"] as const);
  const [unit = null, ...otherUnits] = units;
  const [account = null, ...formerAccounts] = accounts;
  return {
    refs: refs.toSorted(),
    identifiers: identifiersIn(own),
    unitId: unit === null ? null : unitId(unit),
    otherUnits: otherUnits.map(unitId),
    account: account === null ? null : accountRef(account),
    accountBy: account === null ? null : accountBy,
    formerAccounts: formerAccounts.map(accountRef),
    firstSeenAt: own.reduce<Instant | null>(
      (first, { firstAt }) => (first === null || firstAt < first ? firstAt : first),
      null,
    ),
  };
}

/** Every direct identifier in rows, sorted, once each. */
export function identifiersIn(rows: readonly PeopleRow[]): readonly Identifier[] {
  const found = new Map<string, Identifier>();
  for (const { relation, value } of rows) {
    const known = IDENTIFIER_RELATIONS.find((one) => one === relation);
    if (known !== undefined) found.set(`${known}\0${value}`, { relation: known, value });
  }
  return [...found.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, identifier]) => identifier);
}

/** Distinct values of a relation, by when each was first heard; ties by the value, so that no order of arrival decides. */
function valuesOf(rows: readonly PeopleRow[], relation: PeopleRelation, first: "oldest" | "latest"): readonly string[] {
  const since = new Map<string, number>();
  for (const row of rows) {
    if (row.relation === relation) since.set(row.value, Math.min(row.firstAt, since.get(row.value) ?? Infinity));
  }
  const sign = first === "oldest" ? 1 : -1;
  return [...since].toSorted(([a, at], [b, bt]) => sign * (at - bt) || (a < b ? -1 : 1)).map(([value]) => value);
}
