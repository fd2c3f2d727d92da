import type { MappingDocument, SignalsMappingDocument } from "@ratchet/protocol";
import { timeReader } from "../import/time-format.ts";
import { timeCell, type TimeCell } from "../signal-import/time-cell.ts";
import { mappedColumns } from "../signal-import/mapped-columns.ts";

/** What the columns of a file are to the person who imports it: all that the search for defects knows of a map. */
export interface DataShape {
  /** Columns that the map uses to say who, what and in which context. */
  readonly mapped: readonly string[];
  /** Columns that say when or whether something happened, or what it was worth: they predict themselves. */
  readonly measured: readonly string[];
  readonly unit: string | null;
  /** When a unit entered. */
  readonly starts: TimeCell | null;
  readonly outcome: OutcomeShape | null;
}

/** Where a file says what came of a unit. */
export interface OutcomeShape {
  /** null: it happened where `at` is filled. */
  readonly column: string | null;
  readonly at: TimeCell | null;
  /** null: what is filled and not false. */
  readonly positive: ReadonlySet<string> | null;
  readonly pending: ReadonlySet<string>;
}

/** Of a map of decisions: its unit, its time and its objective. */
export function shapeOfDecisions(document: MappingDocument): DataShape {
  const { unit, time, action, context, outcomes, objective } = document;
  const outcome = outcomes.find(({ id, kind }) => id === objective && kind === "conversion");
  const format = "column" in time ? (time.format ?? "iso") : "iso";
  const timed = timeReader(format);
  const cellOf = (column: string): TimeCell | null =>
    timed.kind === "ok" ? { column, optional: true, read: timed.value } : null;
  return {
    mapped: [
      ...("column" in unit ? [unit.column] : []),
      action.column,
      ...(context ?? []).map((field) => (typeof field === "string" ? field : field.column)),
    ],
    measured: [
      action.column,
      ...outcomes.flatMap(({ column, at }) => (at === undefined ? [column] : [column, at])),
      ...("column" in time ? [time.column] : []),
      ...("column" in unit ? [unit.column] : []),
    ],
    unit: "column" in unit ? unit.column : null,
    starts: "column" in time ? cellOf(time.column) : null,
    outcome:
      outcome === undefined
        ? null
        : {
            column: outcome.column,
            at: outcome.at === undefined ? null : cellOf(outcome.at),
            positive: outcome.positive === undefined ? null : new Set(outcome.positive),
            pending: new Set(outcome.pending ?? []),
          },
  };
}

/** Of a map of signals: what it says under `population`. */
export function shapeOfSignals(document: SignalsMappingDocument): DataShape {
  const { population } = document;
  const outcome = population?.outcome;
  const measured = measuredColumns(document);
  return {
    mapped: mappedColumns(document).filter((name) => !measured.includes(name)),
    measured,
    unit: population?.unit ?? null,
    starts: population?.starts === undefined ? null : timeCell(population.starts),
    outcome:
      outcome === undefined
        ? null
        : {
            column: outcome.column ?? null,
            at: outcome.at === undefined ? null : timeCell(outcome.at),
            positive: outcome.positive === undefined ? null : new Set(outcome.positive),
            pending: new Set(outcome.pending ?? []),
          },
  };
}

function measuredColumns({ at, signals, population }: SignalsMappingDocument): readonly string[] {
  const times = [at, ...signals.map((signal) => signal.at), population?.starts, population?.outcome?.at];
  const values = signals.map(({ value }) => (typeof value === "string" ? value : undefined));
  return [
    ...times.map((time) => (typeof time === "object" ? time.column : time)),
    ...values,
    population?.unit,
    population?.outcome?.column,
  ].filter((name) => name !== undefined);
}
