import type { FactsMigration } from "./migrations.ts";

/**
 * What a decision was made from, as JSON ('' where it was not made here, or was erased), and whether a rule limited its candidates: those
 * are counted in no cell. At the end of the table: rows are written in the order of the columns.
 */
export const DECISION_RECORDS: FactsMigration = {
  number: 7,
  statements: [
    `ALTER TABLE ratchet.decisions
      ADD COLUMN IF NOT EXISTS record String CODEC(ZSTD(3)),
      ADD COLUMN IF NOT EXISTS limited UInt8`,
  ],
};
