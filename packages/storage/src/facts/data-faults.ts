import { DAY_MS, type DataProfileQuery, type FaultCount, type FaultKind } from "@ratchet/engine";
import { BEFORE_DECISION_MS, EXAMPLES_MAX, FUTURE_MS, SETTLING_MS, THING_PROPERTIES } from "@ratchet/engine/drivers";
import type { ChdbProcess } from "./chdb-process.ts";
import { WORKSPACE } from "./fact-rows.ts";
import { beginningSql, byBytes, RECEIVED, timeOf } from "./profile-sql.ts";
import { ColumnReader } from "./result-columns.ts";

const OCCURRED = "toUnixTimestamp64Milli(occurred_at)";
const HEARD = "toUnixTimestamp64Milli(received_at)";

/** What each kind of fault is looked for in: rows with source, type, message id and day of receipt. `{columns}` stands for those. */
const COLUMNS = `source, type, message_id, ${beginningSql("received_at", DAY_MS)} AS day`;
const STRANGER = `NOT has(JSONExtract({outcomes:String}, 'Array(String)'), type) AS ordinary`;

const DECISIONS = "ratchet.decisions WHERE workspace = {workspace:String}";

/** All that a signal says, apart from its names and when it was heard. */
const TOLD = "cityHash64(type, unit_id, occurred_at, isNull(value), ifNull(value, 0), decision_id, person, properties)";

const FAULTS_SQL: readonly (readonly [kinds: readonly FaultKind[], sql: string])[] = [
  [
    ["negative_value", "future", "probability_outside"],
    `SELECT ${COLUMNS}, arrayJoin(arrayFilter(k -> k != '', [
        if(ifNull(value, 0) < 0, 'negative_value', ''),
        if(${OCCURRED} - ${HEARD} > ${FUTURE_MS}, 'future', ''),
        if(human_probability IS NOT NULL AND NOT (ifNull(human_probability, 0) >= 0 AND ifNull(human_probability, 0) <= 1),
          'probability_outside', '')])) AS kind
      FROM ratchet.signals WHERE ${RECEIVED}`,
  ],
  [
    ["no_such_decision", "before_decision"],
    `SELECT source, type, message_id, day, kind FROM (
        SELECT s.source AS source, s.type AS type, s.message_id AS message_id, s.day AS day,
          multiIf(d.found = 0, if(s.heard < {to:Int64} - ${SETTLING_MS}, 'no_such_decision', ''),
            d.decided - s.occurred > ${BEFORE_DECISION_MS}, 'before_decision', '') AS kind
        FROM (SELECT ${COLUMNS}, decision_id, ${OCCURRED} AS occurred, ${HEARD} AS heard FROM ratchet.signals
              WHERE ${RECEIVED} AND decision_id != '') AS s
        LEFT JOIN (SELECT id, 1 AS found, min(toUnixTimestamp64Milli(decided_at)) AS decided FROM ${DECISIONS}
              AND id IN (SELECT decision_id FROM ratchet.signals WHERE ${RECEIVED} AND decision_id != '') GROUP BY id) AS d
        ON d.id = s.decision_id
      ) WHERE kind != ''`,
  ],
  [
    ["stranger"],
    `SELECT ${COLUMNS}, 'stranger' AS kind, ${STRANGER} FROM ratchet.signals
      WHERE ${RECEIVED} AND decision_id = '' AND NOT ordinary AND unit_id NOT IN (SELECT unit_id FROM ${DECISIONS})
        AND (SELECT count() FROM ${DECISIONS}) > 0`,
  ],
  [["stage_mismatch", "won_reopened"], stagesSql()],
  [
    ["duplicate"],
    `SELECT source, type, message_id, day, 'duplicate' AS kind FROM (
        SELECT ${COLUMNS}, row_number() OVER (
          PARTITION BY type, unit_id, occurred_at, value, decision_id, person, properties ORDER BY source, message_id) AS place
        FROM ratchet.signals
        WHERE ${RECEIVED} AND ${TOLD} IN (
          SELECT ${TOLD} AS told FROM ratchet.signals WHERE ${RECEIVED} GROUP BY told HAVING count() > 1)
      ) WHERE place > 1`,
  ],
];

/** Where each thing went last, and whether it had been won, by when things happened. */
function stagesSql(): string {
  const text = (name: string): string => `JSONExtractString(properties, '${name}')`;
  const named = THING_PROPERTIES.reduceRight((rest, name) => `if(${text(name)} != '', ${text(name)}, ${rest})`, "''");
  const frame = "ORDER BY occurred, message_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING";
  return `SELECT source, type, message_id, day, arrayJoin(arrayFilter(k -> k != '', [
        if(origin != '' AND before > 0 AND last != origin, 'stage_mismatch', ''),
        if(won > 0 AND occurred > won, 'won_reopened', '')])) AS kind
      FROM (
        SELECT *, count() OVER (PARTITION BY source, unit_id, person, thing, pipeline ${frame}) AS before,
          anyLast(target) OVER (PARTITION BY source, unit_id, person, thing, pipeline ${frame}) AS last
        FROM (
          SELECT *, minIf(occurred, type = 'opportunity_won' AND thing != '') OVER (PARTITION BY source, unit_id, person, thing) AS won
          FROM (
            SELECT ${COLUMNS}, unit_id, person, ${OCCURRED} AS occurred, ${named} AS thing, ${text("pipeline")} AS pipeline,
              ${text("from")} AS origin, ${text("to")} AS target
            FROM ratchet.signals WHERE ${RECEIVED} AND type IN ('stage_changed', 'opportunity_won')
          )
        ) WHERE type = 'stage_changed'
      )`;
}

/** The faults of a data profile: rows are counted where they are, and only counts and three ids of each kind come out. */
export async function countFaults(
  chdb: ChdbProcess,
  { from, to, outcomeTypes }: DataProfileQuery,
): Promise<readonly FaultCount[]> {
  const found: FaultCount[] = [];
  for (const [kinds, sql] of FAULTS_SQL) {
    const rows = await chdb.read({
      sql: `SELECT kind, source, type, day, count(), groupArraySorted(${EXAMPLES_MAX})(message_id) FROM (${sql})
            GROUP BY kind, source, type, day`,
      parameters: {
        workspace: WORKSPACE,
        from,
        to,
        ...(kinds.includes("stranger") ? { outcomes: JSON.stringify(outcomeTypes) } : {}),
      },
      settings: { join_use_nulls: 0 },
    });
    for (const row of rows) {
      const column = new ColumnReader(row);
      const word = column.text();
      const kind = kinds.find((one) => one === word);
      if (kind === undefined) throw new TypeError(`not a kind of fault: ${word}`);
      found.push({
        kind,
        source: column.text(),
        type: column.text(),
        day: timeOf(column),
        n: column.number(),
        examples: column.texts(),
      });
    }
  }
  return found.toSorted(
    (a, b) => byBytes(a.kind, b.kind) || byBytes(a.source, b.source) || byBytes(a.type, b.type) || a.day - b.day,
  );
}
