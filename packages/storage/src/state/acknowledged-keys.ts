import { inTransaction, type SqliteDatabase } from "./open-database.ts";
import { ENTRY_BYTES, KEY_BYTES } from "./key-entry.ts";
import { KeyRuns, RUN_ENTRIES } from "./key-runs.ts";
import { bytes, integer } from "./row.ts";

/** Which items were acknowledged, and what each said: for ever, 32 bytes an item. */
export interface AcknowledgedKeys {
  /** The digest that was acknowledged under a key; null where the key is new. */
  readonly find: (key: string) => string | null;
  /** In the transaction that is open; `write` it before the commit. */
  readonly add: (key: string, digest: string) => void;
  /** Writes what was added. Call the answer after the commit. */
  readonly write: () => () => void;
  /** After a rollback: what was added is not there. */
  readonly forgetAdded: () => void;
  /** Does at once all the upkeep that is otherwise done in the background. */
  readonly settle: () => void;
  readonly close: () => void;
}

/**
 * New keys are in memory and, with each commit, in a log; when there are enough of them they become a run, and the log begins again.
 *
 * Opening reads the log, of at most one run's entries.
 *
 * @param runEntries - how many keys make a run.
 */
export function openAcknowledgedKeys(sqlite: SqliteDatabase, runEntries = RUN_ENTRIES): AcknowledgedKeys {
  const runs = new KeyRuns(sqlite);
  const putLog = sqlite.prepare("insert into key_log (entries) values (?)");
  const trimLog = sqlite.prepare("delete from key_log where seq <= ?");
  const lastLogged = sqlite.prepare("select coalesce(max(seq), 0) as seq from key_log");
  let recent = new Map<string, string>();
  let added: string[] = [];
  /** Makes a run of what is recent, in the open transaction. */
  const makeRun = (upTo: number): (() => void) => {
    const committed = runs.put(recent);
    trimLog.run(upTo);
    return () => {
      committed();
      recent = new Map();
    };
  };
  for (const { seq, entries } of logged(sqlite)) {
    for (let at = 0; at < entries.length; at += ENTRY_BYTES)
      recent.set(
        entries.toString("latin1", at, at + KEY_BYTES),
        entries.toString("latin1", at + KEY_BYTES, at + ENTRY_BYTES),
      );
    if (recent.size >= runEntries) inTransaction(sqlite, () => makeRun(seq))();
  }
  return {
    find: (key) => recent.get(key) ?? runs.find(key),
    add: (key, digest) => {
      recent.set(key, digest);
      added.push(key);
    },
    write: () => {
      if (added.length === 0) return () => {};
      // In a list: the driver takes a buffer that is alone for named parameters, and aborts the process.
      putLog.run([Buffer.from(added.map((key) => key + (recent.get(key) ?? "")).join(""), "latin1")]);
      const settled = recent.size >= runEntries ? makeRun(integer(lastLogged.get(), "seq")) : () => {};
      return () => {
        added = [];
        settled();
      };
    },
    forgetAdded: () => {
      for (const key of added) recent.delete(key);
      added = [];
    },
    settle: () => runs.finish(),
    close: () => runs.close(),
  };
}

/** The log, a row at a time: after a migration it may be longer than memory should hold. */
function* logged(sqlite: SqliteDatabase): Generator<{ readonly seq: number; readonly entries: Buffer }> {
  const next = sqlite.prepare("select seq, entries from key_log where seq > ? order by seq limit 1");
  let last = 0;
  for (;;) {
    const row: unknown = next.get(last);
    if (row === undefined) return;
    last = integer(row, "seq");
    yield { seq: last, entries: bytes(row, "entries") };
  }
}
