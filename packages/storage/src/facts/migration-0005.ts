import type { FactsMigration } from "./migrations.ts";

/**
 * Readings of texts: the table of the first release, which nothing ever wrote to, made anew with what a reading is joined by and how its
 * precedence is found. Ordered by what is asked for: one question, all of its readings of one text together.
 */
export const READINGS: FactsMigration = {
  number: 5,
  statements: [
    "DROP TABLE IF EXISTS ratchet.labels SYNC",
    `CREATE TABLE IF NOT EXISTS ratchet.labels (
      workspace LowCardinality(String),
      segment_number Int64 CODEC(Delta, ZSTD),
      id String,
      source LowCardinality(String) COMMENT 'of the signal that carried the text',
      message_id String,
      unit_id String,
      decision_id String,
      field LowCardinality(String),
      label LowCardinality(String),
      confidence Nullable(Float64),
      span_start Nullable(Int64) COMMENT 'UTF-16 units of the text, which is not here',
      span_end Nullable(Int64),
      labeller LowCardinality(String) COMMENT 'person, provider, model',
      version String,
      nth Int64,
      labelled_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
      occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
      INDEX by_segment_number segment_number TYPE minmax GRANULARITY 1
    ) ENGINE = MergeTree ORDER BY (workspace, field, source, message_id, labelled_at, id)
    SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1`,
    "ALTER TABLE ratchet.segments ADD COLUMN IF NOT EXISTS labels Int64 DEFAULT 0",
  ],
};
