import type { FactsMigration } from "./migrations.ts";

/** What a signal tells beside what joins it to a decision. At the end of the table: rows are written in the order of the columns. */
export const SIGNAL_DETAIL: FactsMigration = {
  number: 2,
  statements: [
    `ALTER TABLE ratchet.signals
      ADD COLUMN IF NOT EXISTS person String,
      ADD COLUMN IF NOT EXISTS account String,
      ADD COLUMN IF NOT EXISTS currency LowCardinality(String),
      ADD COLUMN IF NOT EXISTS human_probability Nullable(Float64),
      ADD COLUMN IF NOT EXISTS properties String CODEC(ZSTD)`,
  ],
};
