import type { FactsMigration } from "./migrations.ts";

/** When a message left by its sender's clock, and when we heard of a decision made elsewhere. */
export const TIMES_TOLD: FactsMigration = {
  number: 4,
  statements: [
    "ALTER TABLE ratchet.signals ADD COLUMN IF NOT EXISTS sent_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD)",
    "ALTER TABLE ratchet.decisions ADD COLUMN IF NOT EXISTS received_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD)",
  ],
};
