import { actionId, changeId, labelSignalOf, segmentId, type Measurement, type MeasureQuery } from "@ratchet/engine";
import { compareCells, LAST_INSTANT, outcomeCell, type CellKey } from "@ratchet/engine/drivers";
import type { ChdbProcess } from "./chdb-process.ts";
import { WORKSPACE } from "./fact-rows.ts";
import { humanParameters, humanSignals } from "./human-signals.ts";
import { LABEL_SIGNALS } from "./read-labels.ts";
import { cohortOf } from "./read-facts.ts";
import { DECISION_KNOWN_MS, occurredMs, readingParameters, unitOfRow } from "./reading-sql.ts";
import { ColumnReader } from "./result-columns.ts";

/** What one attributed signal adds to its decision's outcome, and how a decision's signals come together. Whole numbers throughout. */
const OUTCOME: Readonly<Record<MeasureQuery["metric"]["kind"], string>> = {
  conversion: "toInt256(1)",
  value: "sum(toInt256(ifNull(value, 0)))",
};

/** What differs between queries, as text of ours. */
interface SqlParts {
  readonly outcome: string;
  /** What has the columns of `ratchet.signals`. */
  readonly signals: string;
  /** When a row of it happened, epoch ms. */
  readonly occurred: string;
  /** The unit of a row of it, or of `ratchet.decisions`. */
  readonly unit: string;
}

/**
 * The port's definition of attribution, in four steps: the decisions seen by the watermark · the signals that name one of them · each
 * remaining signal with the latest decision of its unit (of several at one time, the greatest id) · the outcome of each decision, and
 * the cells. Labels are read as the signals that they stand for.
 */
function measureSql({ outcome, signals, occurred, unit }: SqlParts): string {
  return `
    WITH
      seen AS (
        SELECT *, toUnixTimestamp64Milli(decided_at) AS decided
        FROM ratchet.decisions
        WHERE workspace = {workspace:String} AND source = {source:String} AND point = {point:String}
          AND toUnixTimestamp64Milli(decided_at) <= {watermark:Int64} AND ${DECISION_KNOWN_MS} <= {known_at:Int64}
      ),
      heard AS (
        SELECT unit_id, decision_id, value, ${occurred} AS occurred
        FROM ${signals}
        WHERE workspace = {workspace:String} AND type = {type:String} AND occurred <= {watermark:Int64}
          AND NOT has(JSONExtract({untrusted:String}, 'Array(String)'), source)
          AND toUnixTimestamp64Milli(received_at) <= {known_at:Int64}
      ),
      unnamed AS (SELECT ${unit} AS unit, occurred, value FROM heard WHERE decision_id = ''),
      latest AS (
        SELECT ${unit} AS unit, decided, max(id) AS id FROM seen
        WHERE unit IN (SELECT unit FROM unnamed)
        GROUP BY unit, decided
      ),
      attributed AS (
        SELECT s.id AS id, h.value AS value
        FROM (SELECT id, decided FROM seen) AS s INNER JOIN (SELECT * FROM heard WHERE decision_id != '') AS h ON h.decision_id = s.id
        WHERE h.occurred >= s.decided AND h.occurred <= s.decided + {window:Int64}
        UNION ALL
        SELECT l.id AS id, u.value AS value
        FROM unnamed AS u ASOF INNER JOIN latest AS l ON l.unit = u.unit AND l.decided <= u.occurred
        WHERE u.occurred <= l.decided + {window:Int64}
      ),
      outcomes AS (SELECT id, ${outcome} AS y FROM attributed GROUP BY id)
    SELECT
      d.cycle, d.fold, d.segment, d.cohort, d.playbook_version, d.change_id, d.rollout_share, d.action, d.propensity, d.limited,
      countIf(d.mature), countIf(d.mature AND o.y != 0), toString(sumIf(o.y, d.mature)), toString(sumIf(o.y * o.y, d.mature)),
      countIf(NOT d.mature)
    FROM (
      SELECT id, cycle, fold, segment, cohort, playbook_version, change_id, rollout_share, action, propensity, limited,
        decided + {window:Int64} <= {watermark:Int64} AS mature
      FROM seen
      WHERE NOT arrayExists(t -> decided <= t.2 AND decided + {window:Int64} >= t.1,
        JSONExtract({excluded:String}, 'Array(Tuple(Int64, Int64))'))
    ) AS d LEFT JOIN outcomes AS o ON o.id = d.id
    GROUP BY d.cycle, d.fold, d.segment, d.cohort, d.playbook_version, d.change_id, d.rollout_share, d.action, d.propensity, d.limited`;
}

/** `FactsStore.measure` on ClickHouse: sums over 256-bit integers, made doubles by the rule that all stores share. */
export async function measureFacts(chdb: ChdbProcess, query: MeasureQuery): Promise<Measurement> {
  const { source, point, metric, watermark, untrusted = [], excluded = [] } = query;
  const read = labelSignalOf(metric.signal);
  const { unit, parameters } = unitOfRow(query);
  const rows = await chdb.read({
    sql: measureSql({
      outcome: OUTCOME[metric.kind],
      signals: read === null ? humanSignals(query) : LABEL_SIGNALS,
      occurred: occurredMs(query),
      unit,
    }),
    parameters: {
      workspace: WORKSPACE,
      source,
      point,
      type: metric.signal,
      window: metric.windowMs,
      watermark,
      untrusted: JSON.stringify(untrusted),
      excluded: JSON.stringify(excluded.map(({ from, to }) => [from, to])),
      ...humanParameters(query),
      ...readingParameters(query),
      ...parameters,
      ...(read === null ? {} : { ...read, known: query.knownAt ?? LAST_INSTANT }),
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
      limited: column.number() !== 0,
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
