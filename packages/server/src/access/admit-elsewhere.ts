import { hash, randomBytes } from "node:crypto";
import { isoOf, type Clock } from "@ratchet/engine";
import type { Role } from "@ratchet/protocol";
import type { Accounts } from "@ratchet/storage";
import type { Admitted } from "./elsewhere.ts";
import type { Identity } from "./issuer.ts";
import { handleOf, rolesFault, userOf, type Record, type User } from "./user.ts";

/** Somebody whom an issuer names, and what their groups give them. */
export interface AdmissionWish {
  readonly identity: Identity;
  /** Under which the issuer's logins are kept. */
  readonly provider: string;
  readonly roles: readonly Role[];
  /** Whether a verified address makes them the user who has it here. */
  readonly joinByEmail: boolean;
}

interface AdmissionParts {
  readonly users: Map<string, User>;
  readonly accounts: Accounts;
  readonly clock: Clock;
}

const ID_BYTES = 12;

/**
 * The user whom an issuer's word makes of somebody. The roles of their groups are theirs from now on, whatever they had; who has none is
 * refused, and loses what they had: a group that is lost ends the role and the sessions, the last admin's too.
 */
export function admitter(parts: AdmissionParts): (wish: AdmissionWish, record: Record) => Promise<Admitted> {
  // One after the other: two tabs of one person make one user.
  let last: Promise<unknown> = Promise.resolve();
  return (wish, record) => {
    const next = last.then(() => admitOne(parts, wish, record));
    last = next.catch(() => undefined);
    return next;
  };
}

async function admitOne(parts: AdmissionParts, wish: AdmissionWish, record: Record): Promise<Admitted> {
  const { users, accounts } = parts;
  const { identity, provider, roles } = wish;
  const knownId = await accounts.byLogin({ provider, subject: identity.subject });
  const known = knownId === null ? null : (users.get(knownId) ?? null);
  const refused = refusalOf(roles);
  if (refused !== null) {
    if (known !== null) await giveRoles(parts, { user: known, roles: [] }, record);
    return refused;
  }
  if (known !== null) return admitted(await giveRoles(parts, { user: known, roles }, record));
  const namesake = [...users.values()].find(({ email }) => email === identity.email);
  if (namesake !== undefined) return join(parts, { ...wish, namesake }, record);
  return makeUser(parts, wish, record);
}

function refusalOf(roles: readonly Role[]): Extract<Admitted, { kind: "refused" }> | null {
  if (roles.length === 0) return { kind: "refused", why: "no_role" };
  return rolesFault(roles) === null ? null : { kind: "refused", why: "bad_roles" };
}

/** Of two logins of one issuer with one address the later is somebody else's: addresses are given anew when people leave. */
async function join(
  parts: AdmissionParts,
  { identity, provider, roles, joinByEmail, namesake }: AdmissionWish & { readonly namesake: User },
  record: Record,
): Promise<Admitted> {
  const { accounts, clock } = parts;
  const mayJoin = joinByEmail && identity.isEmailVerified && (await accounts.subjectOf(namesake.id, provider)) === null;
  if (!mayJoin) return { kind: "refused", why: "address_taken" };
  const user = await giveRoles(parts, { user: namesake, roles }, record);
  await accounts.addLogin(user.id, { provider, subject: identity.subject }, isoOf(clock()));
  return admitted(user);
}

async function makeUser(
  parts: AdmissionParts,
  { identity, provider, roles }: AdmissionWish,
  record: Record,
): Promise<Admitted> {
  const { users, accounts, clock } = parts;
  const isFirst = users.size === 0;
  if (isFirst && !roles.includes("admin")) return { kind: "refused", why: "first_admin" };
  const id = `usr_${randomBytes(ID_BYTES).toString("hex")}`;
  const row = { id, email: identity.email, handle: freeHandle(identity, users), roles };
  const user = userOf(row);
  await record({ kind: "user.created", user: user.actor, roles: user.roles });
  const at = isoOf(clock());
  await accounts.add(row, { passwordHash: null, at });
  await accounts.addLogin(id, { provider, subject: identity.subject }, at);
  users.set(id, user);
  return admitted(user);
}

/** Whoever loses a role is signed out everywhere. */
async function giveRoles(
  { users, accounts }: AdmissionParts,
  { user, roles }: { readonly user: User; readonly roles: readonly Role[] },
  record: Record,
): Promise<User> {
  if (user.roles.length === roles.length && roles.every((role) => user.roles.includes(role))) return user;
  await record({ kind: "user.roles_set", user: user.actor, roles });
  await accounts.setRoles(user.id, roles);
  const next = { ...user, roles };
  users.set(user.id, next);
  if (user.roles.some((role) => !roles.includes(role))) await accounts.endSessions(user.id);
  return next;
}

/**
 * A name that nobody has. Policies name people by it, so that an address which the issuer did not verify gives none, and `owner` is the
 * first user's alone.
 */
function freeHandle({ email, isEmailVerified, subject }: Identity, users: ReadonlyMap<string, User>): string {
  const isFirst = users.size === 0;
  const wanted = isEmailVerified || isFirst ? handleOf(email, isFirst) : `user-${hash("sha256", subject).slice(0, 12)}`;
  const taken = new Set<string>([...users.values()].map(({ actor }) => actor));
  const isFree = (handle: string): boolean =>
    !taken.has(`person:${handle}`) && (isFirst || handle !== handleOf("", true));
  if (isFree(wanted)) return wanted;
  // There are fewer users than numbers.
  let number = 2;
  while (!isFree(`${wanted.slice(0, 50)}-${number}`)) number += 1;
  return `${wanted.slice(0, 50)}-${number}`;
}

function admitted({ id, email }: User): Admitted {
  return { kind: "user", id, email };
}
