import type { FactsMigration } from "./migrations.ts";

/** What was done in an overridden action's place, and how many executions a segment put in. At the ends: rows are written by column. */
export const EXECUTIONS_TOLD: FactsMigration = {
  number: 8,
  statements: [
    `ALTER TABLE ratchet.executions
      ADD COLUMN IF NOT EXISTS did_instead LowCardinality(String),
      ADD INDEX IF NOT EXISTS by_segment_number segment_number TYPE minmax GRANULARITY 1`,
    "ALTER TABLE ratchet.segments ADD COLUMN IF NOT EXISTS executions Int64",
  ],
};
