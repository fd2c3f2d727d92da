import type { Context } from "../../context.ts";
import type { PersonRef } from "../../ids.ts";
import type { Instant } from "../../time.ts";
import { rolesTied } from "./opportunity-ties.ts";

/** Objects of a CRM that are kept as they were at each of their updates. */
export const RECORD_KINDS = ["account", "contact", "lead", "opportunity"] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** Which object of which source. */
export interface RecordKey {
  readonly kind: RecordKind;
  readonly source: string;
  /** The source's own id; of a contact or lead its surrogate, so that an erasure finds it. */
  readonly object: string;
}

/** Who plays which part in an opportunity: economic buyer, champion … in the source's words. */
export interface ContactRole {
  readonly person: PersonRef;
  readonly role: string;
}

/**
 * What a source said that an object was like, as of one moment. `(key, updatedAt)` names it once.
 *
 * Never a direct identifier: those go to the people table with the acknowledgement of the row.
 */
export interface RecordVersion extends RecordKey {
  readonly updatedAt: Instant;
  /** Keyed digest of the row as it was sent: the same row again is known, another one under its name too. */
  readonly digest: string;
  /** What was told; null: emptied. A name that is not here was not told, and stays as it was. */
  readonly fields: Context;
  /** All parts at that moment; null: not told. */
  readonly roles: readonly ContactRole[] | null;
  /** What signals have told of this version: `created`, and the fields whose run it stands for. */
  readonly reported: readonly string[];
}

/** An object as it is by everything heard: each field by the latest version that tells it, whatever the order of arrival. */
export interface RecordState {
  readonly updatedAt: Instant;
  readonly fields: Context;
  /** Of the latest list of all of them, and those that were told one by one. */
  readonly roles: readonly ContactRole[];
}

/** @param versions - of one object, in any order, at least one. */
export function recordState(versions: readonly RecordVersion[]): RecordState {
  const inOrder = versions.toSorted((a, b) => a.updatedAt - b.updatedAt);
  const last = inOrder.at(-1);
  if (last === undefined) throw new RangeError("an object without a version has no state");
  const fields: Context = Object.assign({}, ...inOrder.map((version) => version.fields));
  const listed = inOrder.findLast(({ roles }) => roles !== null)?.roles ?? [];
  return { updatedAt: last.updatedAt, fields, roles: [...listed, ...rolesTied(fields)] };
}

/**
 * At most `max` versions of one object, oldest folded into the next: nothing of the state is lost, and what was told stays told.
 *
 * @param versions - in order of time.
 * @returns what stays, and what it replaces.
 */
export function foldOldest(
  versions: readonly RecordVersion[],
  max: number,
): { readonly kept: readonly RecordVersion[]; readonly dropped: readonly RecordVersion[] } {
  const dropped = versions.slice(0, Math.max(0, versions.length - max));
  const [first, ...others] = versions.slice(dropped.length);
  if (first === undefined || dropped.length === 0) return { kept: versions, dropped };
  const folded: RecordVersion = {
    ...first,
    fields: recordState([...dropped, first]).fields,
    roles: [...dropped, first].findLast(({ roles }) => roles !== null)?.roles ?? null,
    reported: [...new Set([...dropped, first].flatMap(({ reported }) => reported))].toSorted(),
  };
  return { kept: [folded, ...others], dropped };
}
