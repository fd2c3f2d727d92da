import {
  isoOf,
  MICROS_PER_UNIT,
  type Instant,
  type LoggedRow,
  type MetricDefinition,
  type QuarantinedRow,
  type Receipt,
} from "@ratchet/engine";
import type { DataReport } from "@ratchet/protocol";
import { namelessText } from "../http/nameless-text.ts";
import type { ImportMapping } from "./import-mapping.ts";

/** Reasons shown in full; beyond that a file has other problems. */
const EXAMPLE_LENGTH_MAX = 300;

interface OutcomeTally {
  happened: number;
  pending: number;
  micros: number;
}

/** Counts an import as it goes. */
export interface DataTally {
  readonly rows: () => number;
  readonly imported: () => number;
  readonly quarantined: () => number;
  row(row: LoggedRow): void;
  pending(outcome: string): void;
  rejected(row: QuarantinedRow): void;
  /** What became of a row's decision, and how many of its outcomes were new. */
  acknowledged(decision: Receipt, signalsAdded: number): void;
  report(): DataReport;
}

export function dataTally(mapping: ImportMapping): DataTally {
  const counts = { rows: 0, imported: 0, duplicates: 0, conflicts: 0, quarantined: 0, pending: 0, signals_added: 0 };
  const codes = new Map<string, { count: number; readonly example: string }>();
  const actions = new Map<string, number>();
  const outcomes = new Map<string, OutcomeTally>(
    mapping.metrics.map(({ id }) => [id, { happened: 0, pending: 0, micros: 0 }]),
  );
  const span: { first: Instant | null; last: Instant | null } = { first: null, last: null };
  return {
    rows: () => counts.rows,
    imported: () => counts.imported,
    quarantined: () => counts.quarantined,
    row: (row) => {
      counts.rows += 1;
      actions.set(row.action, (actions.get(row.action) ?? 0) + 1);
      if (span.first === null || row.at < span.first) span.first = row.at;
      if (span.last === null || row.at > span.last) span.last = row.at;
      for (const { metric, value } of row.outcomes) addOutcome(outcomes.get(metric), value ?? 0);
    },
    pending: (outcome) => {
      counts.rows += 1;
      counts.pending += 1;
      const tally = outcomes.get(outcome);
      if (tally !== undefined) tally.pending += 1;
    },
    rejected: (row) => {
      counts.rows += 1;
      counts.quarantined += 1;
      const seen = codes.get(row.code) ?? {
        count: 0,
        example: namelessText(`${row.position}: ${row.reason}`).slice(0, EXAMPLE_LENGTH_MAX),
      };
      codes.set(row.code, { ...seen, count: seen.count + 1 });
    },
    acknowledged: (decision, signalsAdded) => {
      if (decision === "accepted") counts.imported += 1;
      else if (decision === "duplicate") counts.duplicates += 1;
      else counts.conflicts += 1;
      counts.signals_added += signalsAdded;
    },
    report: () => ({
      source: mapping.source,
      ...counts,
      quarantined_by_code: [...codes].map(([code, seen]) => ({ code, ...seen })).sort((a, b) => b.count - a.count),
      actions: [...actions].map(([action, rows]) => ({ action, rows })).sort((a, b) => b.rows - a.rows),
      outcomes: mapping.metrics.map((metric) =>
        rateOf(metric, outcomes.get(metric.id), counts.rows - counts.pending - counts.quarantined),
      ),
      first_at: span.first === null ? null : isoOf(span.first),
      last_at: span.last === null ? null : isoOf(span.last),
    }),
  };
}

function addOutcome(tally: OutcomeTally | undefined, micros: number): void {
  if (tally === undefined) return;
  tally.happened += 1;
  tally.micros += micros;
}

function rateOf(
  metric: MetricDefinition,
  tally: OutcomeTally | undefined,
  rows: number,
): DataReport["outcomes"][number] {
  const { happened, pending, micros } = tally ?? { happened: 0, pending: 0, micros: 0 };
  const total = metric.kind === "conversion" ? happened : micros / MICROS_PER_UNIT;
  return { metric: metric.id, kind: metric.kind, happened, pending, per_row: rows === 0 ? null : total / rows };
}
