import type { Context } from "../../context.ts";
import { personRef, type PersonRef } from "../../ids.ts";
import type { ContactRole, RecordVersion } from "./record-version.ts";

/**
 * One thing that an event of a CRM says of whose an opportunity is: that it belongs to an account (the primary one of several), or that a
 * person plays a part in it; or that this is over. What the event does not say is null, and stays as it was.
 */
export type OpportunityTie =
  | {
      readonly kind: "account";
      readonly account: string;
      readonly isPrimary: boolean;
      readonly isRemoved: boolean;
    }
  | {
      readonly kind: "role";
      /** The source's own id of the part, or the person's reference where it has none. */
      readonly part: string;
      readonly person: PersonRef | null;
      readonly role: string | null;
      readonly isRemoved: boolean;
    };

const ACCOUNT = "account.";
const PART = "part.";

/**
 * A tie as fields of its opportunity. Each stands by itself, so that events in any order, repeated or late, end in the same ties: of each
 * field the latest word counts, as of every field of a record.
 */
export function tieFields(tie: OpportunityTie): Context {
  if (tie.kind === "account")
    return {
      [`${ACCOUNT}${tie.account}`]: tie.isRemoved ? null : true,
      ...(tie.isPrimary && !tie.isRemoved ? { account_id: tie.account } : {}),
    };
  const { part, person, role, isRemoved } = tie;
  if (isRemoved) return { [`${PART}${part}.gone`]: true };
  return {
    [`${PART}${part}.gone`]: null,
    ...(person === null ? {} : { [`${PART}${part}.person`]: person }),
    ...(role === null ? {} : { [`${PART}${part}.role`]: role }),
  };
}

/**
 * The account of an opportunity: the one that it was last said to be of, also where that was emptied since, unless the tie was taken back;
 * else the only one that it is tied to. Null where there is none, or several.
 *
 * @param versions - of one opportunity, in any order.
 */
export function accountOfOpportunity(versions: readonly Pick<RecordVersion, "fields" | "updatedAt">[]): string | null {
  const inOrder = versions.toSorted((a, b) => a.updatedAt - b.updatedAt);
  const fields: Context = Object.assign({}, ...inOrder.map((version) => version.fields));
  const said = inOrder.findLast((version) => version.fields["account_id"])?.fields["account_id"];
  if (typeof said === "string" && fields[`${ACCOUNT}${said}`] !== null) return said;
  const tied = Object.entries(fields).filter(([name, value]) => name.startsWith(ACCOUNT) && value === true);
  const [[only] = [], ...others] = tied;
  return only === undefined || others.length > 0 ? null : only.slice(ACCOUNT.length);
}

/** Who plays which part by single events, in order of the parts' ids; one whose person is not known is left out. */
export function rolesTied(fields: Context): readonly ContactRole[] {
  const persons = Object.entries(fields).filter(([name]) => name.startsWith(PART) && name.endsWith(".person"));
  return persons
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, person]): readonly ContactRole[] => {
      const part = name.slice(0, -".person".length);
      const role = fields[`${part}.role`];
      if (typeof person !== "string" || fields[`${part}.gone`] === true) return [];
      return [{ person: personRef(person), role: typeof role === "string" ? role : "contact" }];
    });
}
