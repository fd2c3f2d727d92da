import { isLimited, labelId, type Decision, type Execution, type Label, type Signal } from "@ratchet/engine";
import { RowBinaryWriter } from "./row-binary.ts";
import { SIGNAL_ROW, writeSignalRow } from "./signal-row.ts";

/** Everything belongs to one workspace until there are several; the column is there from the first day. */
export const WORKSPACE = "default";

/** How a table's rows are written to a file and read from it. */
export interface FactTable {
  readonly name: "decisions" | "signals" | "labels" | "executions";
  /** Columns and their types, in the order in which the encoder writes them. */
  readonly structure: string;
  /** Whether the encoder leaves out whose rows they are, and of which segment: the first two columns of the table. */
  readonly isUnplaced?: true;
}

const DECISION_COLUMNS = `workspace String, segment_number Int64, id String, source String, point String, unit_id String, segment String,
  context String, action String, propensity Nullable(Float64), cohort String, playbook_version Int64, change_id String,
  rollout_share Float64, cycle Int64, fold UInt8, reasons Array(String), decided_at DateTime64(3, 'UTC'),
  received_at Nullable(DateTime64(3, 'UTC')), record String, limited UInt8`;
const LABEL_COLUMNS = `workspace String, segment_number Int64, id String, source String, message_id String, unit_id String,
  decision_id String, field String, label String, confidence Nullable(Float64), span_start Nullable(Int64), span_end Nullable(Int64),
  labeller String, version String, nth Int64, labelled_at DateTime64(3, 'UTC'), occurred_at DateTime64(3, 'UTC')`;

const EXECUTION_COLUMNS = `workspace String, segment_number Int64, source String, message_id String, decision_id String, kind String,
  actor String, reason String, occurred_at DateTime64(3, 'UTC'), received_at DateTime64(3, 'UTC'), did_instead String`;

export const DECISIONS: FactTable = { name: "decisions", structure: DECISION_COLUMNS };
export const SIGNALS: FactTable = { name: "signals", structure: SIGNAL_ROW, isUnplaced: true };
export const LABELS: FactTable = { name: "labels", structure: LABEL_COLUMNS };
export const EXECUTIONS: FactTable = { name: "executions", structure: EXECUTION_COLUMNS };

export function encodeDecisions(segmentNumber: number, decisions: readonly Decision[]): Buffer {
  const writer = new RowBinaryWriter();
  for (const d of decisions) {
    writer
      .string(WORKSPACE)
      .int64(segmentNumber)
      .string(d.id)
      .string(d.source)
      .string(d.point)
      .string(d.unitId)
      .string(d.segment)
      .string(JSON.stringify(d.context))
      .string(d.action)
      .nullable(d.propensity, (p) => writer.float64(p))
      .string(d.cohort)
      .int64(d.playbookVersion)
      .string(d.changeId ?? "")
      .float64(d.rolloutShare)
      .int64(d.cycle)
      .uint8(d.fold)
      .strings(d.reasons)
      .int64(d.decidedAt)
      .nullable(d.receivedAt ?? null, (at) => writer.int64(at))
      .string(d.record === undefined ? "" : JSON.stringify(d.record))
      .uint8(isLimited(d) ? 1 : 0);
  }
  return writer.bytes;
}

export function encodeSignals(signals: readonly Signal[]): Buffer {
  const writer = new RowBinaryWriter();
  for (const signal of signals) writeSignalRow(writer, signal);
  return writer.bytes;
}

export function encodeLabels(segmentNumber: number, labels: readonly Label[]): Buffer {
  const writer = new RowBinaryWriter();
  for (const label of labels) {
    writer
      .string(WORKSPACE)
      .int64(segmentNumber)
      .string(labelId(label))
      .string(label.source)
      .string(label.messageId)
      .string(label.unitId)
      .string(label.decisionId ?? "")
      .string(label.field)
      .string(label.label)
      .nullable(label.confidence, (confidence) => writer.float64(confidence))
      .nullable(label.span, ({ start }) => writer.int64(start))
      .nullable(label.span, ({ end }) => writer.int64(end))
      .string(label.labeller)
      .string(label.version)
      .int64(label.nth)
      .int64(label.labelledAt)
      .int64(label.occurredAt);
  }
  return writer.bytes;
}

export function encodeExecutions(segmentNumber: number, executions: readonly Execution[]): Buffer {
  const writer = new RowBinaryWriter();
  for (const { source, messageId, decisionId, report, occurredAt, receivedAt } of executions) {
    writer
      .string(WORKSPACE)
      .int64(segmentNumber)
      .string(source)
      .string(messageId)
      .string(decisionId)
      .string(report.kind)
      .string(report.kind === "overridden" ? report.by : "")
      .string("reason" in report ? (report.reason ?? "") : "")
      .int64(occurredAt)
      .int64(receivedAt)
      .string(report.kind === "overridden" ? (report.didInstead ?? "") : "");
  }
  return writer.bytes;
}
