import type { FactsMigration } from "./migrations.ts";

/**
 * Deduplication by token is off by default; the window outlives any retry, since only the last segment is ever loaded again. A resolved
 * insert is on the disk.
 */
const SETTINGS =
  "SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1";

/** '' stands for "none" in ids: no id is empty, and Nullable columns cost a mark per row. */
export const INITIAL_FACTS: FactsMigration = {
  number: 1,
  statements: [
    `CREATE TABLE IF NOT EXISTS ratchet.decisions (
      workspace LowCardinality(String),
      segment_number Int64 CODEC(Delta, ZSTD),
      id String,
      source LowCardinality(String),
      point LowCardinality(String),
      unit_id String,
      segment LowCardinality(String),
      context String CODEC(ZSTD),
      action LowCardinality(String),
      propensity Nullable(Float64),
      cohort LowCardinality(String),
      playbook_version Int64 CODEC(Delta, ZSTD),
      change_id LowCardinality(String),
      rollout_share Float64,
      cycle Int64 CODEC(Delta, ZSTD),
      fold UInt8,
      reasons Array(String) CODEC(ZSTD),
      decided_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
      INDEX by_id id TYPE bloom_filter(0.01) GRANULARITY 1,
      INDEX by_unit unit_id TYPE bloom_filter(0.01) GRANULARITY 1,
      INDEX by_segment_number segment_number TYPE minmax GRANULARITY 1
    ) ENGINE = MergeTree ORDER BY (workspace, source, point, decided_at, id) ${SETTINGS}`,
    `CREATE TABLE IF NOT EXISTS ratchet.signals (
      workspace LowCardinality(String),
      segment_number Int64 CODEC(Delta, ZSTD),
      source LowCardinality(String),
      message_id String,
      type LowCardinality(String),
      unit_id String,
      decision_id String,
      value Nullable(Int64) COMMENT 'millionths',
      occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
      received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
      INDEX by_decision decision_id TYPE bloom_filter(0.01) GRANULARITY 1,
      INDEX by_unit unit_id TYPE bloom_filter(0.01) GRANULARITY 1,
      INDEX by_segment_number segment_number TYPE minmax GRANULARITY 1
    ) ENGINE = MergeTree ORDER BY (workspace, type, occurred_at, unit_id) ${SETTINGS}`,
    `CREATE TABLE IF NOT EXISTS ratchet.executions (
      workspace LowCardinality(String),
      segment_number Int64 CODEC(Delta, ZSTD),
      source LowCardinality(String),
      message_id String,
      decision_id String,
      kind LowCardinality(String) COMMENT 'delivered, worked, overridden, suppressed, skipped',
      actor String,
      reason String CODEC(ZSTD),
      occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
      received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
      INDEX by_decision decision_id TYPE bloom_filter(0.01) GRANULARITY 1
    ) ENGINE = MergeTree ORDER BY (workspace, kind, occurred_at, decision_id) ${SETTINGS}`,
    `CREATE TABLE IF NOT EXISTS ratchet.labels (
      workspace LowCardinality(String),
      segment_number Int64 CODEC(Delta, ZSTD),
      source LowCardinality(String),
      message_id String,
      signal_source LowCardinality(String),
      signal_message_id String,
      label LowCardinality(String),
      confidence Nullable(Float64),
      labeller String,
      version Int64,
      occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
      received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD)
    ) ENGINE = MergeTree ORDER BY (workspace, signal_source, signal_message_id) ${SETTINGS}`,
    `CREATE TABLE IF NOT EXISTS ratchet.segments (
      number Int64,
      digest String,
      decisions Int64,
      signals Int64,
      loaded_at DateTime64(3, 'UTC') DEFAULT now64(3)
    ) ENGINE = MergeTree ORDER BY number ${SETTINGS}`,
  ],
};
