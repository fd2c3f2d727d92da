import type { IdentityConflicts } from "../health/data-question.ts";
import { EXAMPLES_MAX } from "../health/data-profile.ts";

/** A reference, and the references of the user ids that it was told with. */
export interface Claim {
  readonly ref: string;
  readonly users: readonly string[];
}

/** Two references that a system called one person. */
export type SamePair = readonly [string, string];

/** The rule that every store applies: a claim is a conflict where its users are not all one person. */
export function conflictsAmong(claims: readonly Claim[], same: readonly SamePair[]): IdentityConflicts {
  const conflicts = claims.filter(({ users }) => !areOne(users, same)).map(({ ref }) => ref);
  return { claimed: claims.length, conflicts: conflicts.length, examples: conflicts.toSorted().slice(0, EXAMPLES_MAX) };
}

/** Whether all are reached from the first one. */
function areOne(users: readonly string[], same: readonly SamePair[]): boolean {
  if (users.length < 2) return true;
  const reached = new Set(users.slice(0, 1));
  for (let grown = true; grown;) {
    const next = same.filter(([a, b]) => reached.has(a) !== reached.has(b));
    for (const [a, b] of next) reached.add(a).add(b);
    grown = next.length > 0;
  }
  return users.every((user) => reached.has(user));
}
