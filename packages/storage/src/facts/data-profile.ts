import { changeId, DAY_MS, type DataProfile, type DataProfileQuery } from "@ratchet/engine";
import { AHEAD_MS, CATEGORY_VALUES_MAX, LATE_MS } from "@ratchet/engine/drivers";
import type { ChdbProcess, ResultRow } from "./chdb-process.ts";
import type { ChdbStatement } from "./chdb-statement.ts";
import { countFaults } from "./data-faults.ts";
import { WORKSPACE } from "./fact-rows.ts";
import { beginningSql, byBytes, RECEIVED, timeOf } from "./profile-sql.ts";
import { cohortOf } from "./read-facts.ts";
import { ColumnReader } from "./result-columns.ts";

const HOUR_MS = 3_600_000;

const DAY = beginningSql("received_at", DAY_MS);
const MADE_WEEK = beginningSql("decided_at", 7 * DAY_MS);

/** `FactsStore.dataProfile` on ClickHouse: one statement a list, each of a few columns, one after the other so that others get a turn. */
export async function profileData(chdb: ChdbProcess, query: DataProfileQuery): Promise<DataProfile> {
  const read = async <Row>(
    statement: Omit<ChdbStatement, "parameters"> & { readonly parameters?: ChdbStatement["parameters"] },
    rowOf: (column: ColumnReader) => Row,
  ): Promise<readonly Row[]> => {
    const parameters = { workspace: WORKSPACE, from: query.from, to: query.to, ...statement.parameters };
    const rows: readonly ResultRow[] = await chdb.read({ ...statement, parameters });
    return rows.map((row) => rowOf(new ColumnReader(row)));
  };
  return {
    sources: await read(
      {
        sql: `SELECT source, count(), max(toUnixTimestamp64Milli(received_at)) FROM ratchet.signals WHERE ${RECEIVED}
              GROUP BY source ORDER BY source`,
      },
      (column) => ({ source: column.text(), n: column.number(), lastReceivedAt: timeOf(column) }),
    ),
    arrivals: await read(
      {
        sql: `SELECT source, ${beginningSql("received_at", HOUR_MS)} AS hour, count() FROM ratchet.signals WHERE ${RECEIVED}
              GROUP BY source, hour ORDER BY source, hour`,
      },
      (column) => ({ source: column.text(), hour: timeOf(column), n: column.number() }),
    ),
    signals: await read({ sql: SIGNALS_SQL }, (column) => ({
      source: column.text(),
      type: column.text(),
      day: timeOf(column),
      n: column.number(),
      judged: column.number(),
      machine: column.number(),
      late: column.number(),
      ahead: column.number(),
    })),
    fields: await readFields(read, query),
    categories: await readCategories(read, query),
    faults: await countFaults(chdb, query),
    cohorts: await readCohorts(read, query),
  };
}

type Read = <Row>(statement: ChdbStatement, rowOf: (column: ColumnReader) => Row) => Promise<readonly Row[]>;

const AGE = "toUnixTimestamp64Milli(received_at) - toUnixTimestamp64Milli(occurred_at)";
const SIGNALS_SQL = `SELECT source, type, ${DAY} AS day, count(), countIf(human_probability IS NOT NULL),
    countIf(ifNull(human_probability, 1) < 0.5), countIf(${AGE} > ${LATE_MS}), countIf(-(${AGE}) > ${AHEAD_MS})
  FROM ratchet.signals WHERE ${RECEIVED} GROUP BY source, type, day ORDER BY source, type, day`;

/** Absent, null or empty, among the names that are told. Texts of our own encoder: a raw null is `null`, an empty text `""`. */
function missingSql(told: string, i: number): string {
  return `NOT has(${told}, {field${i}:String})`;
}

/** The names that a JSON object tells a value of. One reading of the text for all names: parsing it costs more than all else here. */
function toldSql(json: string): string {
  return `arrayMap(told -> told.1, arrayFilter(told -> told.2 NOT IN ('null', '""'), JSONExtractKeysAndValuesRaw(${json})))`;
}

/** Parameters `field0`, `field1` … */
function fieldParameters(fields: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(fields.map((field, i) => [`field${i}`, field]));
}

/** A field's count of missing values for each of two tables: one scan of each counts all the fields. */
async function readFields(read: Read, { fields }: DataProfileQuery): Promise<DataProfile["fields"]> {
  if (fields.length === 0) return [];
  const counted = (orTold: string): string =>
    fields
      .map((_, i) => `countIf(${missingSql("told", i)} AND NOT ({field${i}:String} = 'account' AND ${orTold}))`)
      .join(", ");
  const made = beginningSql("decided_at", DAY_MS);
  const rows = await read(
    {
      sql: `SELECT 'decisions' AS of, source, kind, day, count() AS n, [${counted("false")}] AS missing
            FROM (
              SELECT source, point AS kind, ${made} AS day, ${toldSql("context")} AS told FROM ratchet.decisions
              WHERE workspace = {workspace:String} AND toUnixTimestamp64Milli(decided_at) >= {from:Int64}
                AND toUnixTimestamp64Milli(decided_at) < {to:Int64}
            ) GROUP BY source, kind, day
            UNION ALL
            SELECT 'signals' AS of, source, kind, day, count() AS n, [${counted("account != ''")}] AS missing
            FROM (
              SELECT source, type AS kind, ${DAY} AS day, account, ${toldSql("properties")} AS told FROM ratchet.signals WHERE ${RECEIVED}
            ) GROUP BY source, kind, day`,
      parameters: fieldParameters(fields),
    },
    (column) => ({
      of: column.text() === "decisions" ? ("decisions" as const) : ("signals" as const),
      source: column.text(),
      kind: column.text(),
      day: timeOf(column),
      n: column.number(),
      missing: column.numbers(),
    }),
  );
  return rows
    .flatMap(({ of, source, kind, day, n, missing }) =>
      fields.map((field, i) => ({ of, source, kind, field, day, n, missing: missing[i] ?? 0 })),
    )
    .toSorted(
      (a, b) =>
        byBytes(a.of, b.of) ||
        byBytes(a.source, b.source) ||
        byBytes(a.kind, b.kind) ||
        byBytes(a.field, b.field) ||
        a.day - b.day,
    );
}

async function readCategories(read: Read, { categories }: DataProfileQuery): Promise<DataProfile["categories"]> {
  if (categories.length === 0) return [];
  return read(
    {
      // A property's raw text is counted, and only what it groups by is read as the text that it is.
      sql: `SELECT source, type, property, value, day, n
            FROM (
              SELECT source, type, pair.1 AS property, JSONExtractString(pair.2) AS value, day, n,
                uniqExact(value) OVER (PARTITION BY source, type, property) AS values
              FROM (
                SELECT source, type, pair, day, count() AS n
                FROM (
                  SELECT source, type, ${DAY} AS day,
                    arrayJoin(arrayFilter(told -> startsWith(told.2, '"') AND told.2 != '""'
                      AND told.1 IN (${categories.map((_, i) => `{field${i}:String}`).join(", ")}),
                      JSONExtractKeysAndValuesRaw(properties))) AS pair
                  FROM ratchet.signals WHERE ${RECEIVED} AND properties != ''
                ) GROUP BY source, type, pair, day)
            ) WHERE values <= ${CATEGORY_VALUES_MAX} ORDER BY source, type, property, value, day`,
      parameters: fieldParameters(categories),
    },
    (column) => ({
      source: column.text(),
      type: column.text(),
      property: column.text(),
      value: column.text(),
      day: timeOf(column),
      n: column.number(),
    }),
  );
}

async function readCohorts(read: Read, { fields, cohortsFrom }: DataProfileQuery): Promise<DataProfile["cohorts"]> {
  const lacks = fields.map((_, i) => `max(${missingSql("told", i)}) AS lacks${i}`);
  const missing = fields.map((_, i) => `countIf(lacks${i})`).join(", ");
  return read(
    {
      sql: `SELECT point, change_id, rollout_share, cohort, week, count(), [${missing}] FROM (
              SELECT ${["point, change_id, rollout_share, cohort", "min(week_made) AS week", ...lacks].join(", ")}
              FROM (SELECT *, ${MADE_WEEK} AS week_made, ${toldSql("context")} AS told FROM ratchet.decisions
              WHERE workspace = {workspace:String} AND source = 'engine' AND toUnixTimestamp64Milli(decided_at) >= {cohorts:Int64}
                AND toUnixTimestamp64Milli(decided_at) < {to:Int64}
              ) GROUP BY point, change_id, rollout_share, cohort, unit_id)
            GROUP BY point, change_id, rollout_share, cohort, week ORDER BY point, change_id, rollout_share, cohort, week`,
      parameters: { ...fieldParameters(fields), cohorts: cohortsFrom },
    },
    (column) => {
      const point = column.text();
      const change = column.textOrNull();
      return {
        point,
        changeId: change === null ? null : changeId(change),
        rolloutShare: column.number(),
        cohort: cohortOf(column.text()),
        week: timeOf(column),
        units: column.number(),
        missing: column.numbers(),
      };
    },
  );
}
