import { actorId, type AccessEvent } from "@ratchet/engine";
import { ROLES, type Role } from "@ratchet/protocol";
import type { AccountRow } from "@ratchet/storage";
import type { Person } from "./principal.ts";

/** A person who may sign in, with the address that they do it by. */
export interface User extends Person {
  readonly email: string;
}

/** Is done with an event before it has any effect. */
export type Record = (event: AccessEvent) => Promise<void>;

/** What the default policy calls whoever set the workspace up: the first user speaks as them, unless told. */
const OWNER_NAME = "owner";

export function userOf({ id, email, handle, roles }: AccountRow): User {
  return { id, email, actor: actorId(`person:${handle}`), roles: ROLES.filter((role) => roles.includes(role)) };
}

/** A name from an address; the first user is whom the default policy names. */
export function handleOf(email: string, isFirst: boolean): string {
  if (isFirst) return OWNER_NAME;
  const local = (email.split("@")[0] ?? "").replaceAll(/[^a-z0-9._-]/gu, "-").replace(/^[^a-z]+/u, "");
  return local === "" ? "user" : local.slice(0, 63);
}

/** Duties that one person does not hold together; null where these fit. */
export function rolesFault(roles: readonly Role[]): string | null {
  if (roles.includes("agent")) return "an agent has a key, never a login: ratchet keys create --agent";
  if (roles.includes("auditor") && roles.length > 1) return "an auditor only reads and verifies, and has no other role";
  if (roles.includes("admin") && roles.includes("compliance"))
    return "whoever sets the policy up does not watch over it: admin and compliance are two people";
  return null;
}
