import { decisionId, instant, LABELLER_KINDS, unitId, type Label, type LabelQuery } from "@ratchet/engine";
import { probability } from "@ratchet/engine/drivers";
import type { ChdbProcess, ResultRow } from "./chdb-process.ts";
import { WORKSPACE } from "./fact-rows.ts";
import { ColumnReader } from "./result-columns.ts";

/** The latest reading of a kind of labeller, ties by id, and when it was given. */
const LATEST = (labeller: string): string => `argMaxIf(label, (labelled_at, id), labeller = '${labeller}')`;
const GIVEN = (labeller: string): string => `maxIf(labelled_at, labeller = '${labeller}')`;

/**
 * Readings in force of one question that are one label, with the columns of `ratchet.signals` that measuring reads: of each kind of
 * labeller the latest reading of a text, of those the highest kind's; a machine that cannot tell does not count. One pass in the order of
 * the table: nothing is kept of a text but its three readings.
 *
 * Parameters: `workspace`, `field`, `label`, and `known`, the time in ms by which a reading must have been given.
 */
export const LABEL_SIGNALS = `(
  SELECT {workspace:String} AS workspace, source, message_id, {type:String} AS type, unit_id, decision_id,
    CAST(NULL, 'Nullable(Int64)') AS value, occurred_at, received_at, CAST(NULL, 'Nullable(DateTime64(3, \\'UTC\\'))') AS sent_at,
    CAST(NULL, 'Nullable(Float64)') AS human_probability
  FROM (
    SELECT source, message_id, any(unit_id) AS unit_id, any(decision_id) AS decision_id, any(occurred_at) AS occurred_at,
      ${LATEST("person")} AS person, ${LATEST("provider")} AS provider, ${LATEST("model")} AS model,
      multiIf(person != '', (person, ${GIVEN("person")}), provider NOT IN ('', 'cannot_tell'), (provider, ${GIVEN("provider")}),
        model NOT IN ('', 'cannot_tell'), (model, ${GIVEN("model")}), ('', ${GIVEN("model")})) AS counts,
      counts.2 AS received_at
    FROM ratchet.labels
    WHERE workspace = {workspace:String} AND field = {field:String} AND toUnixTimestamp64Milli(labelled_at) <= {known:Int64}
    GROUP BY source, message_id
    SETTINGS optimize_aggregation_in_order = 1
  )
  WHERE counts.1 = {label:String}
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
