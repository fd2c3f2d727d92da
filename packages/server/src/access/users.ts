import { randomBytes } from "node:crypto";
import { isoOf, type Clock } from "@ratchet/engine";
import type { Role } from "@ratchet/protocol";
import type { AccountRow, Accounts } from "@ratchet/storage";
import type { Context } from "hono";
import { ProblemError } from "../http/problem-error.ts";
import { admitter, type AdmissionWish } from "./admit-elsewhere.ts";
import type { Admitted } from "./elsewhere.ts";
import type { Logins } from "./logins.ts";
import { handleOf, rolesFault, userOf, type Record, type User } from "./user.ts";

/** Whom to let in. */
interface UserWish {
  readonly email: string;
  /** From the address where absent. */
  readonly name?: string | undefined;
  readonly roles: readonly Role[];
  readonly password: string;
}

/** People who may sign in, in memory; what they sign in with is in the accounts. */
export interface Users {
  readonly count: () => number;
  readonly all: () => readonly User[];
  readonly byId: (id: string) => User | null;
  /** Whose session a request carries; null where it carries none that holds. */
  readonly bySession: (c: Context) => Promise<User | null>;
  readonly signIn: (c: Context, login: { readonly email: string; readonly password: string }) => Promise<User | null>;
  readonly signOut: (c: Context) => Promise<void>;
  readonly create: (wish: UserWish, record: Record) => Promise<User>;
  /** Whoever loses a role is signed out everywhere. */
  readonly setRoles: (user: User, roles: readonly Role[], record: Record) => Promise<User>;
  /** Who an issuer says that somebody is, as a user with the roles that it gives: theirs so far, or a new one. */
  readonly admit: (wish: AdmissionWish, record: Record) => Promise<Admitted>;
  readonly setPassword: (user: User, password: string, record: Record) => Promise<void>;
  readonly remove: (user: User, record: Record) => Promise<void>;
}

const ID_BYTES = 12;

/**
 * @param logins - opened when it is needed for the first time.
 * @param cookie - name of the session's cookie.
 */
export async function openUsers(
  accounts: Accounts,
  {
    logins: open,
    cookie,
    clock,
  }: { readonly logins: () => Promise<Logins>; readonly cookie: string; readonly clock: Clock },
): Promise<Users> {
  const users = new Map((await accounts.all()).map((row) => [row.id, userOf(row)]));
  let opened: Promise<Logins> | null = null;
  const logins = (): Promise<Logins> => (opened ??= open());
  const requireAdminBeside = (user: User): void => {
    const others = [...users.values()].filter(({ id, roles }) => id !== user.id && roles.includes("admin"));
    if (user.roles.includes("admin") && others.length === 0)
      throw new ProblemError("user.last_admin", `${user.actor} is the only admin; make somebody else one first`);
  };
  return {
    count: () => users.size,
    all: () => [...users.values()].toSorted((a, b) => (a.actor < b.actor ? -1 : 1)),
    byId: (id) => users.get(id) ?? null,
    ...sessionsOf(users, logins, cookie),
    create: async (wish, record) => {
      const row = rowFrom(wish, [...users.values()]);
      const user = userOf(row);
      const passwordHash = await (await logins()).hash(wish.password);
      await record({ kind: "user.created", user: user.actor, roles: user.roles });
      await accounts.add(row, { passwordHash, at: isoOf(clock()) });
      users.set(user.id, user);
      return user;
    },
    setRoles: async (user, roles, record) => {
      requireFittingRoles(roles);
      if (!roles.includes("admin")) requireAdminBeside(user);
      await record({ kind: "user.roles_set", user: user.actor, roles });
      await accounts.setRoles(user.id, roles);
      const next = { ...user, roles };
      users.set(user.id, next);
      if (user.roles.some((role) => !roles.includes(role))) await accounts.endSessions(user.id);
      return next;
    },
    admit: admitter({ users, accounts, clock }),
    setPassword: async (user, password, record) => {
      const passwordHash = await (await logins()).hash(password);
      await record({ kind: "user.password_set", user: user.actor });
      await accounts.setPassword(user.id, { passwordHash, at: isoOf(clock()) });
      await accounts.endSessions(user.id);
    },
    remove: async (user, record) => {
      requireAdminBeside(user);
      await record({ kind: "user.removed", user: user.actor });
      users.delete(user.id);
      await accounts.remove(user.id);
    },
  };
}

/** A request without the cookie has no session, and the library is not even loaded for it. */
function sessionsOf(
  users: ReadonlyMap<string, User>,
  logins: () => Promise<Logins>,
  cookie: string,
): Pick<Users, "bySession" | "signIn" | "signOut"> {
  return {
    bySession: async (c) => {
      if (users.size === 0 || !(c.req.header("cookie") ?? "").includes(`${cookie}=`)) return null;
      const id = await (await logins()).userOf(c);
      return id === null ? null : (users.get(id) ?? null);
    },
    signIn: async (c, login) => {
      if (users.size === 0) return null;
      const id = await (await logins()).signIn(c, { ...login, email: login.email.trim().toLowerCase() });
      return id === null ? null : (users.get(id) ?? null);
    },
    signOut: async (c) => (users.size === 0 ? undefined : (await logins()).signOut(c)),
  };
}

/** @throws ProblemError where somebody is there already, or where nobody could let in others. */
function rowFrom({ email: written, name, roles }: UserWish, users: readonly User[]): AccountRow {
  const email = written.trim().toLowerCase();
  const isFirst = users.length === 0;
  const handle = name ?? handleOf(email, isFirst);
  requireFittingRoles(roles);
  if (isFirst && !roles.includes("admin"))
    throw new ProblemError(
      "user.first_admin",
      "the first user is an admin, or nobody could let in others; add --role admin",
    );
  const taken = users.find((user) => user.email === email || user.actor === `person:${handle}`);
  if (taken !== undefined)
    throw new ProblemError("user.exists", `there is a user with this address or name already: ${taken.actor}`);
  return { id: `usr_${randomBytes(ID_BYTES).toString("hex")}`, email, handle, roles };
}

/** @throws ProblemError */
function requireFittingRoles(roles: readonly Role[]): void {
  const fault = rolesFault(roles);
  if (fault !== null) throw new ProblemError("user.bad_roles", fault);
}
