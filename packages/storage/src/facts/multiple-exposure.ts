import type { ExposureQuery, MultipleExposure } from "@ratchet/engine";
import type { ChdbProcess } from "./chdb-process.ts";
import { WORKSPACE } from "./fact-rows.ts";
import { ColumnReader } from "./result-columns.ts";

/** `FactsStore.multipleExposure` on ClickHouse. */
export async function multipleExposure(
  chdb: ChdbProcess,
  { source, point, changeId, until }: ExposureQuery,
): Promise<MultipleExposure> {
  const [row = []] = await chdb.read({
    sql: `
      SELECT count(), countIf(at_one_share > 1), countIf(overall > 1) FROM (
        SELECT max(cohorts) AS at_one_share, length(arrayDistinct(groupArrayArray(names))) AS overall FROM (
          SELECT unit_id, rollout_share, groupUniqArray(cohort) AS names, length(names) AS cohorts
          FROM ratchet.decisions
          WHERE workspace = {workspace:String} AND source = {source:String} AND point = {point:String}
            AND change_id = {change:String} AND toUnixTimestamp64Milli(decided_at) <= {until:Int64}
          GROUP BY unit_id, rollout_share
        )
        GROUP BY unit_id
      )`,
    parameters: { workspace: WORKSPACE, source, point, change: changeId, until },
  });
  const column = new ColumnReader(row);
  return { units: column.number(), atOneShare: column.number(), overall: column.number() };
}
