import { instant, type QuarantinedRow, type StateStore } from "@ratchet/engine";
import { inTransaction, type OpenDatabase, type SqliteDatabase } from "./open-database.ts";

/** Puts rows away inside whatever transaction is open. */
export function quarantineWriter(sqlite: SqliteDatabase): (rows: readonly QuarantinedRow[]) => void {
  const put = sqlite.prepare(
    "insert into quarantine (source, position, code, reason, raw, at, reading) values (?, ?, ?, ?, ?, ?, ?)",
  );
  return (rows) => {
    for (const { source, position, code, reason, raw, at, reading } of rows)
      put.run(source, position, code, reason, raw, at, reading ?? null);
  };
}

type Quarantine = Pick<StateStore, "quarantined" | "quarantinedCount" | "releaseQuarantined">;

/** What did not fit, on SQLite. */
export function sqliteQuarantine({ sqlite, kysely }: OpenDatabase): Quarantine {
  const release = sqlite.prepare("update quarantine set released_at = ? where seq = ? and released_at is null");
  return {
    quarantined: async ({ source, afterSeq = 0, waiting, readings, limit }) => {
      let query = kysely.selectFrom("quarantine").selectAll().where("seq", ">", afterSeq).orderBy("seq").limit(limit);
      if (source !== undefined) query = query.where("source", "=", source);
      if (waiting !== undefined) query = query.where("released_at", "is", null);
      if (readings !== undefined) query = query.where("reading", "in", readings);
      return (await query.execute()).map(({ released_at, at, reading, ...row }) => ({
        ...row,
        ...(reading === null ? {} : { reading }),
        at: instant(at),
        releasedAt: released_at === null ? null : instant(released_at),
      }));
    },
    quarantinedCount: async (source) => {
      let query = kysely
        .selectFrom("quarantine")
        .select((eb) => eb.fn.countAll<number>().as("n"))
        .where("released_at", "is", null);
      if (source !== undefined) query = query.where("source", "=", source);
      return (await query.executeTakeFirstOrThrow()).n;
    },
    releaseQuarantined: async (seqs, at) =>
      inTransaction(sqlite, () => {
        for (const seq of seqs) release.run(at, seq);
      }),
  };
}
