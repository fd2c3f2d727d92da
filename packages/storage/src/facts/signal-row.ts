import {
  accountRef,
  decisionId,
  instant,
  microsOf,
  personRef,
  unitId,
  type Context,
  type Signal,
  type SignalDetail,
} from "@ratchet/engine";
import { probability } from "@ratchet/engine/drivers";
import type { RowBinaryReader, RowBinaryWriter } from "./row-binary.ts";

/** What a signal's row holds, in the order in which it is written; where it is loaded from is added there. */
export const SIGNAL_ROW = `source String, message_id String, type String, unit_id String, decision_id String, value Nullable(Int64),
  occurred_at DateTime64(3, 'UTC'), received_at DateTime64(3, 'UTC'), person String, account String, currency String,
  human_probability Nullable(Float64), properties String, sent_at Nullable(DateTime64(3, 'UTC'))`;

/** @throws RangeError where a number is none that a double holds exactly; TypeError where a property has no JSON text. */
export function writeSignalRow(writer: RowBinaryWriter, signal: Signal): void {
  const { detail } = signal;
  writer
    .string(signal.source)
    .string(signal.messageId)
    .string(signal.type)
    .string(signal.unitId)
    .string(signal.decisionId ?? "")
    .nullable(signal.value, (value) => writer.int64(value))
    .int64(signal.occurredAt)
    .int64(signal.receivedAt)
    .string(detail?.person ?? "")
    .string(detail?.account ?? "")
    .string(detail?.currency ?? "")
    .nullable(detail?.humanProbability ?? null, (p) => writer.float64(p))
    .string(detail === undefined ? "" : JSON.stringify(detail.properties))
    .nullable(signal.sentAt ?? null, (at) => writer.int64(at));
}

/** The signal that `writeSignalRow` wrote. */
export function readSignalRow(reader: RowBinaryReader): Signal {
  const fact = {
    source: reader.string(),
    messageId: reader.string(),
    type: reader.string(),
    unitId: unitId(reader.string()),
    decisionId: textOrNull(reader, decisionId),
    value: reader.nullable(() => microsOf(reader.int64())),
    occurredAt: instant(reader.int64()),
    receivedAt: instant(reader.int64()),
  };
  const told = {
    person: textOrNull(reader, personRef),
    account: textOrNull(reader, accountRef),
    currency: textOrNull(reader, (currency) => currency),
    humanProbability: reader.nullable(() => probability(reader.float64())),
  };
  const properties = reader.string();
  const sentAt = reader.nullable(() => instant(reader.int64()));
  const detail: SignalDetail | null = properties === "" ? null : { ...told, properties: contextOf(properties) };
  return { ...fact, ...(sentAt === null ? {} : { sentAt }), ...(detail === null ? {} : { detail }) };
}

function textOrNull<T>(reader: RowBinaryReader, make: (text: string) => T): T | null {
  const text = reader.string();
  return text === "" ? null : make(text);
}

/** Our own bytes. */
function contextOf(text: string): Context {
  const properties: Context = JSON.parse(text);
  return properties;
}
