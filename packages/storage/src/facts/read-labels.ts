import { decisionId, instant, LABELLER_KINDS, unitId, type Label, type LabelQuery } from "@ratchet/engine";
import { probability } from "@ratchet/engine/drivers";
import type { ChdbProcess, ResultRow } from "./chdb-process.ts";
import { WORKSPACE } from "./fact-rows.ts";
import { ColumnReader } from "./result-columns.ts";

/**
 * Readings in force of one question that are one label, with the columns of `ratchet.signals` that measuring reads: of each kind of
 * labeller the latest reading of a text, of those the highest kind's; a machine that cannot tell does not count.
 *
 * Parameters: `workspace`, `field`, `label`, and `known`, the time in ms by which a reading must have been given.
 */
export const LABEL_SIGNALS = `(
  SELECT workspace, source, message_id, {type:String} AS type, unit_id, decision_id, CAST(NULL, 'Nullable(Int64)') AS value,
    occurred_at, received_at, CAST(NULL, 'Nullable(DateTime64(3, \\'UTC\\'))') AS sent_at, CAST(NULL, 'Nullable(Float64)') AS human_probability
  FROM (
    SELECT workspace, source, message_id, argMin(reading, place) AS counts,
      counts.1 AS label, counts.2 AS unit_id, counts.3 AS decision_id, counts.4 AS occurred_at, counts.5 AS received_at
    FROM (
      SELECT workspace, source, message_id, labeller,
        argMax((label, unit_id, decision_id, occurred_at, labelled_at), (labelled_at, id)) AS reading,
        indexOf(['person', 'provider', 'model'], toString(labeller)) AS place
      FROM ratchet.labels
      WHERE workspace = {workspace:String} AND field = {field:String} AND toUnixTimestamp64Milli(labelled_at) <= {known:Int64}
      GROUP BY workspace, source, message_id, labeller
    )
    WHERE labeller = 'person' OR reading.1 != 'cannot_tell'
    GROUP BY workspace, source, message_id
  )
  WHERE label = {label:String}
)`;

const LABEL = `source, message_id, unit_id, decision_id, field, label, confidence, span_start, span_end, labeller, version, nth,
  toUnixTimestamp64Milli(labelled_at), toUnixTimestamp64Milli(occurred_at)`;

export async function readLabels(chdb: ChdbProcess, query: LabelQuery): Promise<readonly Label[]> {
  const { source, messageId, field, labeller, limit } = query;
  const wanted = [
    { condition: "workspace = {workspace:String}", name: "workspace", value: WORKSPACE },
    { condition: "source = {source:String}", name: "source", value: source },
    { condition: "message_id = {message:String}", name: "message", value: messageId },
    { condition: "field = {field:String}", name: "field", value: field },
    { condition: "labeller = {labeller:String}", name: "labeller", value: labeller },
  ].flatMap(({ value, ...rest }) => (value === undefined ? [] : { ...rest, value }));
  const rows = await chdb.read({
    sql: `SELECT ${LABEL} FROM ratchet.labels WHERE ${wanted.map(({ condition }) => condition).join(" AND ")}
          ORDER BY labelled_at DESC, toString(labeller) DESC, id DESC LIMIT {limit:UInt64}`,
    parameters: { ...Object.fromEntries(wanted.map(({ name, value }) => [name, value])), limit },
  });
  return rows.map(labelOf);
}

function labelOf(row: ResultRow): Label {
  const column = new ColumnReader(row);
  const told = { source: column.text(), messageId: column.text(), unitId: unitId(column.text()) };
  const decision = column.textOrNull();
  const reading = { field: column.text(), label: column.text() };
  const confidence = column.numberOrNull();
  const [start, end] = [column.numberOrNull(), column.numberOrNull()];
  return {
    ...told,
    decisionId: decision === null ? null : decisionId(decision),
    ...reading,
    confidence: confidence === null ? null : probability(confidence),
    span: start === null || end === null ? null : { start, end },
    labeller: labellerOf(column.text()),
    version: column.text(),
    nth: column.number(),
    labelledAt: instant(column.number()),
    occurredAt: instant(column.number()),
  };
}

/** @throws TypeError where the stored word is no kind of labeller. */
function labellerOf(stored: string): Label["labeller"] {
  const kind = LABELLER_KINDS.find((one) => one === stored);
  if (kind === undefined) throw new TypeError(`not a kind of labeller: ${stored}`);
  return kind;
}
