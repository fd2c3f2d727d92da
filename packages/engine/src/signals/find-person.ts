import { personRef, type PersonRef } from "../ids.ts";
import type { PeopleRow } from "./people.ts";

/** Reads every row of some references; how a store answers is its own affair. */
export type RowsOf = (refs: readonly string[]) => Promise<readonly PeopleRow[]>;

/** A person found: every reference, sorted, and every row of them. */
export interface FoundPerson {
  readonly refs: readonly PersonRef[];
  readonly rows: readonly PeopleRow[];
}

/** More references than any one person has; a chain beyond it is a fault of the sender's that must not fill memory. */
const REFS_MAX = 1000;

/**
 * Everyone that a reference leads to: the same person under other names.
 *
 * A browser or a telephone that was named with several users is shared: it joins nobody, unless all its users are one person anyway. The
 * answer is a function of the rows as a set, and the same from whichever of its references one begins.
 */
export async function findPerson(start: PersonRef, rowsOf: RowsOf): Promise<FoundPerson> {
  let reached = await reach(start, rowsOf);
  const tried = new Set<string>();
  for (;;) {
    const device = reached.shared.find(({ ref }) => !tried.has(ref));
    if (device === undefined) break;
    tried.add(device.ref);
    // Its users may be one person, whom only the device connects with where we began.
    const users = await reach(device.users[0], rowsOf);
    if (users.refs.includes(device.ref)) reached = users;
  }
  if (reached.refs.length > 0) return { refs: reached.refs, rows: reached.rows };
  return { refs: [start], rows: await rowsOf([start]) };
}

interface Device {
  readonly ref: PersonRef;
  readonly users: readonly [PersonRef, ...PersonRef[]];
}

interface Reached extends FoundPerson {
  /** Shared devices at the edge, which joined nobody. */
  readonly shared: readonly Device[];
}

/** Follows links until there are no more, admitting a shared device once all its users are inside. */
async function reach(start: PersonRef, rowsOf: RowsOf): Promise<Reached> {
  const rows = new Map<string, readonly PeopleRow[]>();
  const inside = new Set<string>();
  const shared = new Map<string, Device>();
  let next: readonly string[] = [start];
  while (next.length > 0 && rows.size < REFS_MAX) {
    const answered = await rowsOf(next);
    for (const ref of next) {
      const own = answered.filter((row) => row.ref === ref);
      rows.set(ref, own);
      const device = sharedDevice(personRef(ref), own);
      if (device === null) inside.add(ref);
      else shared.set(ref, device);
    }
    for (const { ref, users } of shared.values()) {
      if (!users.every((user) => inside.has(user))) continue;
      inside.add(ref);
      shared.delete(ref);
    }
    const links = [...inside].flatMap((ref) => (rows.get(ref) ?? []).flatMap(linkOf));
    next = [...new Set(links)].filter((ref) => !rows.has(ref));
  }
  const refs = [...inside].toSorted().map(personRef);
  return { refs, rows: refs.flatMap((ref) => rows.get(ref) ?? []), shared: [...shared.values()] };
}

function linkOf({ relation, value }: PeopleRow): readonly string[] {
  return relation === "with" || relation === "with_user" || relation === "same_as" ? [value] : [];
}

/** A thing that people share, where it was seen with several users; else null. */
function sharedDevice(ref: PersonRef, rows: readonly PeopleRow[]): Device | null {
  if (!rows.some(({ relation }) => relation === "anonymous_id" || relation === "phone")) return null;
  const users = [...new Set(rows.flatMap(({ relation, value }) => (relation === "with_user" ? [value] : [])))];
  const [first, ...others] = users.toSorted().map(personRef);
  return first === undefined || others.length === 0 ? null : { ref, users: [first, ...others] };
}
