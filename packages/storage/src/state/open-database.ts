import { open, type FileHandle } from "node:fs/promises";
import Database from "libsql";
import { Kysely, Migrator, SqliteDialect } from "kysely";
import { DataDirectoryInUseError } from "../errors.ts";
import { initialTables } from "./migration-0001.ts";
import { sourcesAndRelease } from "./migration-0002.ts";
import { people } from "./migration-0003.ts";
import { sourceClocks } from "./migration-0004.ts";
import { textsAndReviews } from "./migration-0005.ts";
import { recordsAndSettings } from "./migration-0006.ts";
import { inboxInBlocks } from "./migration-0007.ts";
import { quarantineByReading } from "./migration-0008.ts";
import { keysInChange } from "./migration-0009.ts";
import { webhooks } from "./migration-0010.ts";
import { apiKeys } from "./migration-0011.ts";
import { rowsInBlocks } from "./migration-0013.ts";
import type { StateTables } from "./tables.ts";

export type SqliteDatabase = Database.Database;

/** One connection, twice: raw for what must happen in one go, under Kysely for single statements. */
export interface OpenDatabase {
  readonly sqlite: SqliteDatabase;
  readonly kysely: Kysely<StateTables>;
  /** Resolves when every transaction that was committed before the call is on the disk. Nothing else waits meanwhile. */
  readonly syncLog: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** In order of their names; a released one is never edited, renamed or removed. */
const MIGRATIONS = {
  "0001-initial-tables": initialTables,
  "0002-sources-and-release": sourcesAndRelease,
  "0003-people": people,
  "0004-source-clocks": sourceClocks,
  "0005-texts-and-reviews": textsAndReviews,
  "0006-records-and-settings": recordsAndSettings,
  "0007-inbox-in-blocks": inboxInBlocks,
  "0008-quarantine-by-reading": quarantineByReading,
  "0009-keys-in-change": keysInChange,
  "0010-webhooks": webhooks,
  "0011-api-keys": apiKeys,
  "0013-rows-in-blocks": rowsInBlocks,
};

/** Pages of the log before it is written back: 16 MB, so that a bulk import checkpoints a few times a second at most. */
const CHECKPOINT_PAGES = 4_000;
const CACHE_KIB = 65_536;

/**
 * Opens the file, takes its lock for the life of the process and brings its tables up to date.
 *
 * @param directory - named in the error when another process has the file open.
 * @throws DataDirectoryInUseError
 */
export async function openDatabase(file: string, directory: string): Promise<OpenDatabase> {
  const sqlite = new Database(file);
  try {
    takeLock(sqlite, directory);
    const kysely = new Kysely<StateTables>({ dialect: new SqliteDialect({ database: sqlite }) });
    await migrate(kysely);
    const log = logFile(`${file}-wal`);
    const close = async (): Promise<void> => {
      await log.close();
      releaseLock(sqlite);
      await kysely.destroy();
    };
    return { sqlite, kysely, syncLog: log.sync, close };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/**
 * SQLite's log, synced on another thread than the one that runs its statements. In the exclusive mode it is one file for as long as the
 * database is open.
 */
function logFile(path: string): { readonly sync: () => Promise<void>; readonly close: () => Promise<void> } {
  let opened: Promise<FileHandle> | null = null;
  return {
    sync: async () => {
      // To write, as some systems ask of whoever syncs.
      opened ??= open(path, "r+");
      await (await opened).datasync();
    },
    close: async () => {
      await (await opened)?.close();
    },
  };
}

function takeLock(sqlite: SqliteDatabase, directory: string): void {
  try {
    // Before the log is opened: then SQLite needs no shared-memory file, and nobody else can join.
    sqlite.pragma("locking_mode = EXCLUSIVE");
    sqlite.pragma("journal_mode = WAL");
    sqlite.pragma("synchronous = FULL");
    sqlite.pragma("secure_delete = ON");
    sqlite.pragma("foreign_keys = ON");
    sqlite.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    sqlite.pragma(`cache_size = -${CACHE_KIB}`);
    // The lock is taken with the first transaction, not with the pragma.
    sqlite.exec("begin exclusive");
    sqlite.exec("commit");
  } catch (error) {
    if (isBusy(error)) throw new DataDirectoryInUseError(directory, { cause: error });
    throw error;
  }
}

/**
 * Gives the file back while the process lives on. Closing is not enough: the driver keeps the connection, and with it the lock, for as
 * long as a prepared statement has not been collected. The exclusive mode can only be left outside the write-ahead log; leaving that
 * also folds the log into the one file.
 */
export function releaseLock(sqlite: SqliteDatabase): void {
  sqlite.pragma("journal_mode = DELETE");
  sqlite.pragma("locking_mode = NORMAL");
  sqlite.prepare("select 1 from settings limit 1").all();
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.message.includes("database is locked") || ("code" in error && error.code === "SQLITE_BUSY"))
  );
}

async function migrate(kysely: Kysely<StateTables>): Promise<void> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** How a transaction treats the disk, and how the connection is afterwards. */
interface Manner {
  readonly begin: string;
  readonly commit: string;
  /** Puts the connection back where `commit` did not get to it. */
  readonly restore: string;
}

/** On the disk when it returns. */
const DURABLE: Manner = { begin: "begin immediate", commit: "commit", restore: "" };

/**
 * On the disk with the next sync of the log, by `syncLog` or by a durable transaction: the log is written in order, so what came later
 * never survives what came earlier.
 */
export const SYNCED_LATER: Manner = {
  begin: "pragma synchronous = normal; begin immediate",
  commit: "commit; pragma synchronous = full",
  restore: "pragma synchronous = full",
};

/** As `SYNCED_LATER`, and the pages that it gives back are not overwritten: for what holds nothing that names anybody. */
export const TIDYING: Manner = {
  begin: "pragma synchronous = normal; pragma secure_delete = off; begin immediate",
  commit: "commit; pragma secure_delete = on; pragma synchronous = full",
  restore: "pragma secure_delete = on; pragma synchronous = full",
};

/**
 * Runs `work` between BEGIN and COMMIT. Synchronous from end to end, so that nothing else on this connection can fall into it: that is
 * why these transactions are not Kysely's, which wait for the event loop between their statements.
 */
export function inTransaction<T>(sqlite: SqliteDatabase, work: () => T, manner = DURABLE): T {
  try {
    sqlite.exec(manner.begin);
    const result = work();
    sqlite.exec(manner.commit);
    return result;
  } catch (error) {
    // A full disk has already undone it.
    if (sqlite.inTransaction) sqlite.exec("rollback");
    if (manner.restore !== "") sqlite.exec(manner.restore);
    throw error;
  }
}
