import { actionId, changeId, segmentId, type Measurement, type MeasureQuery } from "@ratchet/engine";
import { compareCells, outcomeCell, type CellKey } from "@ratchet/engine/drivers";
import type { ChdbProcess } from "./chdb-process.ts";
import { WORKSPACE } from "./fact-rows.ts";
import { cohortOf } from "./read-facts.ts";
import { ColumnReader } from "./result-columns.ts";

/** What one attributed signal adds to its decision's outcome, and how a decision's signals come together. Whole numbers throughout. */
const OUTCOME: Readonly<Record<MeasureQuery["metric"]["kind"], string>> = {
  conversion: "toInt256(1)",
  value: "sum(toInt256(ifNull(value, 0)))",
};

/**
 * The port's definition of attribution, in four steps: the decisions seen by the watermark · the signals that name one of them · each
 * remaining signal with the latest decision of its unit (of several at one time, the greatest id) · the outcome of each decision, and
 * the cells, of those that no rule limited.
 */
function measureSql(outcome: string): string {
  return `
    WITH
      seen AS (
        SELECT *, toUnixTimestamp64Milli(decided_at) AS decided
        FROM ratchet.decisions
        WHERE workspace = {workspace:String} AND source = {source:String} AND point = {point:String}
          AND toUnixTimestamp64Milli(decided_at) <= {watermark:Int64}
      ),
      heard AS (
        SELECT unit_id, decision_id, value, toUnixTimestamp64Milli(occurred_at) AS occurred
        FROM ratchet.signals
        WHERE workspace = {workspace:String} AND type = {type:String} AND toUnixTimestamp64Milli(occurred_at) <= {watermark:Int64}
          AND NOT has(JSONExtract({untrusted:String}, 'Array(String)'), source)
      ),
      unnamed AS (SELECT unit_id, occurred, value FROM heard WHERE decision_id = ''),
      latest AS (
        SELECT unit_id, decided, max(id) AS id FROM seen
        WHERE unit_id IN (SELECT unit_id FROM unnamed)
        GROUP BY unit_id, decided
      ),
      attributed AS (
        SELECT s.id AS id, h.value AS value
        FROM (SELECT id, decided FROM seen) AS s INNER JOIN (SELECT * FROM heard WHERE decision_id != '') AS h ON h.decision_id = s.id
        WHERE h.occurred >= s.decided AND h.occurred <= s.decided + {window:Int64}
        UNION ALL
        SELECT l.id AS id, u.value AS value
        FROM unnamed AS u ASOF INNER JOIN latest AS l ON l.unit_id = u.unit_id AND l.decided <= u.occurred
        WHERE u.occurred <= l.decided + {window:Int64}
      ),
      outcomes AS (SELECT id, ${outcome} AS y FROM attributed GROUP BY id)
    SELECT
      d.cycle, d.fold, d.segment, d.cohort, d.playbook_version, d.change_id, d.rollout_share, d.action, d.propensity,
      countIf(d.mature), countIf(d.mature AND o.y != 0), toString(sumIf(o.y, d.mature)), toString(sumIf(o.y * o.y, d.mature)),
      countIf(NOT d.mature)
    FROM (
      SELECT id, cycle, fold, segment, cohort, playbook_version, change_id, rollout_share, action, propensity,
        decided + {window:Int64} <= {watermark:Int64} AS mature
      FROM seen WHERE limited = 0
    ) AS d LEFT JOIN outcomes AS o ON o.id = d.id
    GROUP BY d.cycle, d.fold, d.segment, d.cohort, d.playbook_version, d.change_id, d.rollout_share, d.action, d.propensity`;
}

const SQL = { conversion: measureSql(OUTCOME.conversion), value: measureSql(OUTCOME.value) };

/** `FactsStore.measure` on ClickHouse: sums over 256-bit integers, made doubles by the rule that all stores share. */
export async function measureFacts(
  chdb: ChdbProcess,
  { source, point, metric, watermark, untrusted = [] }: MeasureQuery,
): Promise<Measurement> {
  const rows = await chdb.read({
    sql: SQL[metric.kind],
    parameters: {
      workspace: WORKSPACE,
      source,
      point,
      type: metric.signal,
      window: metric.windowMs,
      watermark,
      untrusted: JSON.stringify(untrusted),
    },
    settings: { join_use_nulls: 0 },
  });
  let censored = 0;
  const cells = rows.flatMap((row) => {
    const column = new ColumnReader(row);
    const key: CellKey = {
      cycle: column.number(),
      fold: column.number(),
      segment: segmentId(column.text()),
      cohort: cohortOf(column.text()),
      playbookVersion: column.number(),
      changeId: changeOrNull(column.textOrNull()),
      rolloutShare: column.number(),
      action: actionId(column.text()),
      propensity: column.numberOrNull(),
    };
    const sums = {
      n: column.number(),
      nonZero: column.number(),
      sumMicros: column.bigint(),
      sumSquaresMicros: column.bigint(),
    };
    censored += column.number();
    return sums.n === 0 ? [] : [outcomeCell(metric.kind, key, sums)];
  });
  return { cells: cells.sort(compareCells), censored };
}

function changeOrNull(id: string | null): CellKey["changeId"] {
  return id === null ? null : changeId(id);
}
