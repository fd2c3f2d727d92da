import Database from "libsql";
import { Kysely, Migrator, SqliteDialect } from "kysely";
import { accountTables } from "./migration-0001.ts";

/** A person who may sign in, as kept. */
export interface AccountRow {
  readonly id: string;
  readonly email: string;
  /** What changes and the ledger call them: unique among those who may sign in. */
  readonly handle: string;
  readonly roles: readonly string[];
}

/** The tables as Kysely sees them. What is not named here is the login library's own. */
interface AccountTables {
  readonly user: {
    id: string;
    name: string;
    email: string;
    emailVerified: number;
    image: string | null;
    createdAt: string;
    updatedAt: string;
  };
  readonly person: { userId: string; handle: string; roles: string };
  readonly account: {
    id: string;
    accountId: string;
    providerId: string;
    userId: string;
    password: string | null;
    createdAt: string;
    updatedAt: string;
  };
  readonly session: { id: string; userId: string };
}

/** How somebody is known to a service that says who they are. */
interface ElsewhereLogin {
  readonly provider: string;
  /** What the service calls them, once and for all. */
  readonly subject: string;
}

/**
 * Who may sign in, with their passwords' hashes and their sessions: a small database of its own, because a login library writes to it in
 * transactions that wait for the event loop, which the state's one connection must never do.
 */
export interface Accounts {
  /** What the login library works on. */
  readonly database: { readonly db: Kysely<AccountTables>; readonly type: "sqlite" };
  /** By handle. */
  readonly all: () => Promise<readonly AccountRow[]>;
  /** `passwordHash` null: whoever it is signs in elsewhere. @throws Error where the address or the handle is taken. */
  readonly add: (
    account: AccountRow,
    login: { readonly passwordHash: string | null; readonly at: string },
  ) => Promise<void>;
  readonly setRoles: (id: string, roles: readonly string[]) => Promise<void>;
  readonly setPassword: (id: string, login: { readonly passwordHash: string; readonly at: string }) => Promise<void>;
  /** Whose login elsewhere this is; null where it is nobody's. */
  readonly byLogin: (login: ElsewhereLogin) => Promise<string | null>;
  /** How a person is called elsewhere; null where they sign in with a password alone. */
  readonly subjectOf: (id: string, provider: string) => Promise<string | null>;
  /** From now on the person also signs in so. */
  readonly addLogin: (id: string, login: ElsewhereLogin, at: string) => Promise<void>;
  /** Whoever is signed in as this person is so no longer. */
  readonly endSessions: (id: string) => Promise<void>;
  /** With their sessions and logins. */
  readonly remove: (id: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const MIGRATIONS = { "0001-account-tables": accountTables };

/** The provider under which the login library keeps passwords. */
const PASSWORD = "credential";

/** @param file - `accounts.db` in the data directory; `:memory:` forgets with the process. */
export async function openAccounts(file: string): Promise<Accounts> {
  const sqlite = new Database(file);
  sqlite.pragma("journal_mode = WAL");
  sqlite.pragma("synchronous = FULL");
  sqlite.pragma("secure_delete = ON");
  sqlite.pragma("foreign_keys = ON");
  const db = new Kysely<AccountTables>({ dialect: new SqliteDialect({ database: sqlite }) });
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } }).migrateToLatest();
  if (error !== undefined) throw error;
  return accountsOver(db);
}

function accountsOver(db: Kysely<AccountTables>): Accounts {
  const putPassword = async (id: string, passwordHash: string, at: string): Promise<void> => {
    await db.deleteFrom("account").where("userId", "=", id).where("providerId", "=", PASSWORD).execute();
    await db
      .insertInto("account")
      .values({
        id: `${id}:${PASSWORD}`,
        accountId: id,
        providerId: PASSWORD,
        userId: id,
        password: passwordHash,
        createdAt: at,
        updatedAt: at,
      })
      .execute();
  };
  const endSessions = async (id: string): Promise<void> => {
    await db.deleteFrom("session").where("userId", "=", id).execute();
  };
  return {
    database: { db, type: "sqlite" },
    all: async () => {
      const rows = await db
        .selectFrom("user")
        .innerJoin("person", "person.userId", "user.id")
        .select(["user.id", "user.email", "person.handle", "person.roles"])
        .orderBy("person.handle")
        .execute();
      return rows.map(({ roles, ...row }) => ({ ...row, roles: roles === "" ? [] : roles.split(",") }));
    },
    add: async ({ id, email, handle, roles }, { passwordHash, at }) => {
      const row = { id, name: handle, email, emailVerified: 0, image: null, createdAt: at, updatedAt: at };
      await db.transaction().execute(async (all) => {
        await all.insertInto("user").values(row).execute();
        const person = { userId: id, handle, roles: roles.join(",") };
        await all.insertInto("person").values(person).execute();
      });
      if (passwordHash !== null) await putPassword(id, passwordHash, at);
    },
    setRoles: async (id, roles) => {
      await db
        .updateTable("person")
        .set({ roles: roles.join(",") })
        .where("userId", "=", id)
        .execute();
    },
    setPassword: (id, { passwordHash, at }) => putPassword(id, passwordHash, at),
    ...loginsElsewhere(db),
    endSessions,
    remove: async (id) => {
      await endSessions(id);
      await db.deleteFrom("account").where("userId", "=", id).execute();
      await db.deleteFrom("person").where("userId", "=", id).execute();
      await db.deleteFrom("user").where("id", "=", id).execute();
    },
    close: () => db.destroy(),
  };
}

function loginsElsewhere(db: Kysely<AccountTables>): Pick<Accounts, "byLogin" | "subjectOf" | "addLogin"> {
  return {
    byLogin: async ({ provider, subject }) => {
      const row = await db
        .selectFrom("account")
        .select("userId")
        .where("providerId", "=", provider)
        .where("accountId", "=", subject)
        .executeTakeFirst();
      return row?.userId ?? null;
    },
    subjectOf: async (id, provider) => {
      const row = await db
        .selectFrom("account")
        .select("accountId")
        .where("userId", "=", id)
        .where("providerId", "=", provider)
        .executeTakeFirst();
      return row?.accountId ?? null;
    },
    addLogin: async (id, { provider, subject }, at) => {
      await db
        .insertInto("account")
        .values({
          id: `${id}:${provider}`,
          accountId: subject,
          providerId: provider,
          userId: id,
          password: null,
          createdAt: at,
          updatedAt: at,
        })
        .execute();
    },
  };
}
