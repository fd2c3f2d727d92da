import { isLimited, type Decision, type Execution, type Signal } from "@ratchet/engine";
import { RowBinaryWriter } from "./row-binary.ts";

/** Everything belongs to one workspace until there are several; the column is there from the first day. */
export const WORKSPACE = "default";

/** How a table's rows are written to a file and read from it. */
export interface FactTable {
  readonly name: "decisions" | "signals" | "executions";
  /** Columns and their types, in the order in which the encoder writes them. */
  readonly structure: string;
}

const DECISION_COLUMNS = `workspace String, segment_number Int64, id String, source String, point String, unit_id String, segment String,
  context String, action String, propensity Nullable(Float64), cohort String, playbook_version Int64, change_id String,
  rollout_share Float64, cycle Int64, fold UInt8, reasons Array(String), decided_at DateTime64(3, 'UTC'), record String, limited UInt8`;
const SIGNAL_COLUMNS = `workspace String, segment_number Int64, source String, message_id String, type String, unit_id String,
  decision_id String, value Nullable(Int64), occurred_at DateTime64(3, 'UTC'), received_at DateTime64(3, 'UTC'), person String,
  account String, currency String, human_probability Nullable(Float64), properties String`;

const EXECUTION_COLUMNS = `workspace String, segment_number Int64, source String, message_id String, decision_id String, kind String,
  actor String, reason String, occurred_at DateTime64(3, 'UTC'), received_at DateTime64(3, 'UTC'), did_instead String`;

export const DECISIONS: FactTable = { name: "decisions", structure: DECISION_COLUMNS };
export const SIGNALS: FactTable = { name: "signals", structure: SIGNAL_COLUMNS };
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
      .string(d.record === undefined ? "" : JSON.stringify(d.record))
      .uint8(isLimited(d) ? 1 : 0);
  }
  return writer.bytes;
}

export function encodeSignals(segmentNumber: number, signals: readonly Signal[]): Buffer {
  const writer = new RowBinaryWriter();
  for (const s of signals) {
    writer
      .string(WORKSPACE)
      .int64(segmentNumber)
      .string(s.source)
      .string(s.messageId)
      .string(s.type)
      .string(s.unitId)
      .string(s.decisionId ?? "")
      .nullable(s.value, (value) => writer.int64(value))
      .int64(s.occurredAt)
      .int64(s.receivedAt)
      .string(s.detail?.person ?? "")
      .string(s.detail?.account ?? "")
      .string(s.detail?.currency ?? "")
      .nullable(s.detail?.humanProbability ?? null, (p) => writer.float64(p))
      .string(s.detail === undefined ? "" : JSON.stringify(s.detail.properties));
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
