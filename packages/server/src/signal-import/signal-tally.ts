import { isoOf, type Instant } from "@ratchet/engine";
import type { DataReport } from "@ratchet/protocol";
import { namelessText } from "../http/nameless-text.ts";
import type { IngestTally } from "../ingest/ingest.ts";
import { positionOf, type TableRow } from "../table/table-row.ts";
import type { RowSignals } from "./signal-reader.ts";

const EXAMPLE_LENGTH_MAX = 300;

/** Counts an import of signals as it goes. */
export interface SignalTally {
  /** What a row told, before anything is taken in. */
  row(told: RowSignals, row: TableRow): void;
  /** What became of the signals of one transaction. */
  taken(tally: IngestTally): void;
  progress(): { readonly rows: number; readonly imported: number; readonly quarantined: number };
  /** `rows = imported + quarantined + signals.silent_rows`, `signals.read = accepted + duplicates + conflicts + refused`. */
  report(): DataReport;
}

export function signalTally(source: string): SignalTally {
  const rows = { rows: 0, imported: 0, quarantined: 0, silent: 0 };
  const signals = { read: 0, accepted: 0, duplicates: 0, conflicts: 0, refused: 0 };
  const types = new Map<string, number>();
  const codes = new Map<string, { count: number; readonly example: string }>();
  const span: { first: Instant | null; last: Instant | null } = { first: null, last: null };
  const seen = (at: Instant): void => {
    if (span.first === null || at < span.first) span.first = at;
    if (span.last === null || at > span.last) span.last = at;
  };
  return {
    row: (told, row) => {
      rows.rows += 1;
      if (told.kind === "rejected") {
        rows.quarantined += 1;
        const [{ code, message } = { code: "row.rejected", message: "" }] = told.faults;
        const before = codes.get(code) ?? {
          count: 0,
          example: namelessText(`${positionOf(row)}: ${code}: ${message}`).slice(0, EXAMPLE_LENGTH_MAX),
        };
        codes.set(code, { ...before, count: before.count + 1 });
        return;
      }
      if (told.signals.length === 0) rows.silent += 1;
      else rows.imported += 1;
      for (const { type, occurredAt } of told.signals) {
        signals.read += 1;
        types.set(type, (types.get(type) ?? 0) + 1);
        if (occurredAt !== null) seen(occurredAt);
      }
    },
    taken: ({ accepted, duplicates, conflicts, rejected }) => {
      signals.accepted += accepted;
      signals.duplicates += duplicates;
      signals.refused += rejected.length - conflicts;
      signals.conflicts += conflicts;
    },
    progress: () => ({ rows: rows.rows, imported: rows.imported, quarantined: rows.quarantined }),
    report: () => ({
      source,
      rows: rows.rows,
      imported: rows.imported,
      duplicates: 0,
      conflicts: 0,
      quarantined: rows.quarantined,
      quarantined_by_code: [...codes].map(([code, one]) => ({ code, ...one })).sort((a, b) => b.count - a.count),
      pending: 0,
      signals_added: signals.accepted,
      actions: [],
      outcomes: [],
      first_at: span.first === null ? null : isoOf(span.first),
      last_at: span.last === null ? null : isoOf(span.last),
      signals: {
        ...signals,
        silent_rows: rows.silent,
        by_type: [...types].map(([type, count]) => ({ type, signals: count })).sort((a, b) => b.signals - a.signals),
      },
    }),
  };
}
