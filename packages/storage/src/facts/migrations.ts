import type { ChdbProcess } from "./chdb-process.ts";
import { INITIAL_FACTS } from "./migration-0001.ts";
import { SIGNAL_DETAIL } from "./migration-0002.ts";
import { PROMPT_CLEAN_UP } from "./migration-0003.ts";
import { DECISION_RECORDS } from "./migration-0007.ts";
import { EXECUTIONS_TOLD } from "./migration-0008.ts";

/** A numbered step. Its statements may run again after a crash between them, so each says IF NOT EXISTS or the like. */
export interface FactsMigration {
  readonly number: number;
  readonly statements: readonly string[];
}

/** In order; a released one is never edited or removed. */
const MIGRATIONS: readonly FactsMigration[] = [
  INITIAL_FACTS,
  SIGNAL_DETAIL,
  PROMPT_CLEAN_UP,
  DECISION_RECORDS,
  EXECUTIONS_TOLD,
];

/** Brings the tables up to date. An Atomic database, since chDB's own default one cannot rename or drop safely. */
export async function migrateFacts(chdb: ChdbProcess): Promise<void> {
  await chdb.write({ sql: "CREATE DATABASE IF NOT EXISTS ratchet ENGINE = Atomic" });
  await chdb.write({
    sql: `CREATE TABLE IF NOT EXISTS ratchet.migrations (number UInt32, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
          ENGINE = MergeTree ORDER BY number SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  });
  const applied = new Set(
    (await chdb.read({ sql: "SELECT DISTINCT number FROM ratchet.migrations" })).map(([number]) => number),
  );
  for (const migration of MIGRATIONS) {
    if (applied.has(migration.number)) continue;
    for (const sql of migration.statements) await chdb.write({ sql });
    await chdb.write({
      sql: "INSERT INTO ratchet.migrations (number) SELECT {number:UInt32}",
      parameters: { number: migration.number },
    });
  }
}
