import {
  actionId,
  actorId,
  decisionId,
  instant,
  EXECUTION_KINDS,
  OVERRIDE_REASONS,
  type Execution,
  type ExecutionQuery,
  type ExecutionReport,
  type Instant,
  type OverrideCount,
  type OverrideReason,
} from "@ratchet/engine";
import type { ChdbProcess, ResultRow } from "./chdb-process.ts";
import { WORKSPACE } from "./fact-rows.ts";
import { ColumnReader } from "./result-columns.ts";

/** Newest first. Ids hold no line breaks, so a list of them is one text. */
export async function readExecutions(
  chdb: ChdbProcess,
  { decisionIds, kind, since, until, limit }: ExecutionQuery,
): Promise<readonly Execution[]> {
  if (decisionIds?.length === 0) return [];
  const rows = await chdb.read({
    sql: `SELECT source, message_id, decision_id, kind, actor, reason, did_instead,
            toUnixTimestamp64Milli(occurred_at), toUnixTimestamp64Milli(received_at)
          FROM ratchet.executions
          WHERE workspace = {workspace:String}
            ${decisionIds === undefined ? "" : "AND decision_id IN (SELECT arrayJoin(splitByChar('\\n', {ids:String})))"}
            ${kind === undefined ? "" : "AND kind = {kind:String}"}
            ${since === undefined ? "" : "AND toUnixTimestamp64Milli(occurred_at) > {since:Int64}"}
            ${until === undefined ? "" : "AND toUnixTimestamp64Milli(occurred_at) <= {until:Int64}"}
          ORDER BY occurred_at DESC, source DESC, message_id DESC LIMIT {limit:UInt64}`,
    parameters: {
      workspace: WORKSPACE,
      ...(decisionIds === undefined ? {} : { ids: decisionIds.join("\n") }),
      ...(kind === undefined ? {} : { kind }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      limit,
    },
  });
  return rows.map(executionOf);
}

export async function countOverrides(
  chdb: ChdbProcess,
  { since }: { readonly since?: Instant },
): Promise<readonly OverrideCount[]> {
  const rows = await chdb.read({
    sql: `
      SELECT d.point AS point, d.action AS action, e.reason AS reason, e.did_instead AS instead, uniqExact(e.decision_id) AS n
      FROM (
        SELECT decision_id, reason, did_instead FROM ratchet.executions
        WHERE workspace = {workspace:String} AND kind = 'overridden'
          ${since === undefined ? "" : "AND toUnixTimestamp64Milli(occurred_at) > {since:Int64}"}
      ) AS e
      LEFT JOIN (
        SELECT id, argMin(point, source) AS point, argMin(action, source) AS action FROM ratchet.decisions
        WHERE workspace = {workspace:String}
          AND id IN (SELECT decision_id FROM ratchet.executions WHERE workspace = {workspace:String} AND kind = 'overridden')
        GROUP BY id
      ) AS d ON d.id = e.decision_id
      GROUP BY point, action, reason, instead
      ORDER BY n DESC, point = '', point, action = '', action, reason, instead = '', instead`,
    parameters: { workspace: WORKSPACE, ...(since === undefined ? {} : { since }) },
  });
  return rows.map((row) => {
    const column = new ColumnReader(row);
    const [point, action] = [column.textOrNull(), column.textOrNull()];
    const reason = reasonOf(column.text());
    const instead = column.textOrNull();
    return {
      point,
      action: action === null ? null : actionId(action),
      reason,
      didInstead: instead === null ? null : actionId(instead),
      count: column.number(),
    };
  });
}

function executionOf(row: ResultRow): Execution {
  const column = new ColumnReader(row);
  const told = { source: column.text(), messageId: column.text(), decisionId: decisionId(column.text()) };
  const report = reportOf(column);
  return { ...told, report, occurredAt: instant(column.number()), receivedAt: instant(column.number()) };
}

/** @throws TypeError where a stored word is none of ours. */
function reportOf(column: ColumnReader): ExecutionReport {
  const stored = column.text();
  const kind = EXECUTION_KINDS.find((one) => one === stored);
  const [by, reason, instead] = [column.text(), column.text(), column.textOrNull()];
  switch (kind) {
    case "offered":
    case "exposed":
    case "delivered":
    case "worked":
      return { kind };
    case "overridden":
      return {
        kind,
        by: actorId(by),
        reason: reasonOf(reason),
        didInstead: instead === null ? null : actionId(instead),
      };
    case "suppressed":
    case "skipped":
      return { kind, reason: reason === "" ? null : reason };
    case undefined:
      throw new TypeError(`not a kind of execution: ${stored}`);
  }
}

function reasonOf(stored: string): OverrideReason {
  const reason = OVERRIDE_REASONS.find((one) => one === stored);
  if (reason === undefined) throw new TypeError(`not a reason to override: ${stored}`);
  return reason;
}
