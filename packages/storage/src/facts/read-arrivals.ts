import {
  instant,
  type ArrivalDelays,
  type ArrivalDelaysQuery,
  type ClockEvidence,
  type ClockEvidenceQuery,
  type ClockGap,
  type ReceivedBetween,
} from "@ratchet/engine";
import { DELAY_BUCKETS_MS } from "@ratchet/engine/drivers";
import type { ChdbProcess } from "./chdb-process.ts";
import { WORKSPACE } from "./fact-rows.ts";
import { ColumnReader } from "./result-columns.ts";
import { occurredMs, readingParameters } from "./reading-sql.ts";

/** Quantiles of nothing are NULL, as counts are 0: the gaps of messages that do not tell that time are NULL. */
const gap = (column: string): string =>
  `count(${column}), min(${column}), quantileExact(0.05)(${column}), quantileExact(0.5)(${column})`;

/** `FactsStore.clockEvidence` on ClickHouse. */
export async function readClockEvidence(
  chdb: ChdbProcess,
  { bucketMs, ...between }: ClockEvidenceQuery,
): Promise<readonly ClockEvidence[]> {
  const rows = await chdb.read({
    sql: `
      SELECT source, stretch, ${gap("sent_gap")}, ${gap("occurred_gap")}
      FROM (
        SELECT source, toUnixTimestamp64Milli(received_at) AS received,
          received - positiveModulo(received, {bucket:Int64}) AS stretch,
          min(received - toUnixTimestamp64Milli(sent_at)) AS sent_gap,
          min(nullIf(received - toUnixTimestamp64Milli(occurred_at), 0)) AS occurred_gap
        FROM ratchet.signals
        WHERE workspace = {workspace:String} ${RECEIVED_BETWEEN}
        GROUP BY source, received
      )
      GROUP BY source, stretch
      HAVING count(sent_gap) + count(occurred_gap) > 0
      ORDER BY source, stretch`,
    parameters: { workspace: WORKSPACE, bucket: bucketMs, ...betweenParameters(between) },
  });
  return rows.map((row) => {
    const column = new ColumnReader(row);
    return {
      source: column.text(),
      from: instant(column.number()),
      sent: gapOf(column),
      occurred: gapOf(column),
    };
  });
}

/** `FactsStore.arrivalDelays` on ClickHouse. */
export async function readArrivalDelays(
  chdb: ChdbProcess,
  query: ArrivalDelaysQuery,
): Promise<readonly ArrivalDelays[]> {
  const rows = await chdb.read({
    sql: `
      SELECT source, roundDown(delay, CAST([${DELAY_BUCKETS_MS.join(", ")}], 'Array(Int64)')) AS bucket, count(), countIf(delay < 0)
      FROM (
        SELECT source, toUnixTimestamp64Milli(received_at) - ${occurredMs(query)} AS delay
        FROM ratchet.signals
        WHERE workspace = {workspace:String} AND received_at != occurred_at ${RECEIVED_BETWEEN}
          AND toUnixTimestamp64Milli(received_at) <= {known_at:Int64}
      )
      GROUP BY source, bucket
      ORDER BY source, bucket`,
    parameters: { workspace: WORKSPACE, ...betweenParameters(query), ...readingParameters(query) },
  });
  const delays: ArrivalDelays[] = [];
  for (const row of rows) {
    const column = new ColumnReader(row);
    const [source, bucket, n, ahead] = [column.text(), column.number(), column.number(), column.number()];
    const last = delays.at(-1)?.source === source ? delays.pop() : undefined;
    const before = last ?? { source, n: 0, ahead: 0, counts: DELAY_BUCKETS_MS.map(() => 0) };
    const counts = before.counts.with(DELAY_BUCKETS_MS.indexOf(bucket), n);
    delays.push({ source, n: before.n + n, ahead: before.ahead + ahead, counts });
  }
  return delays;
}

const RECEIVED_BETWEEN = `AND toUnixTimestamp64Milli(received_at) >= {received_from:Int64}
          AND toUnixTimestamp64Milli(received_at) < {received_before:Int64}`;

/** Times lie within the years 1900 to 2299, so these bounds leave nothing out. */
function betweenParameters({ receivedFrom, receivedBefore }: ReceivedBetween) {
  return {
    received_from: receivedFrom ?? -Number.MAX_SAFE_INTEGER,
    received_before: receivedBefore ?? Number.MAX_SAFE_INTEGER,
  };
}

function gapOf(column: ColumnReader): ClockGap | null {
  const n = column.number();
  const [minMs, lowMs, medianMs] = [column.numberOrNull(), column.numberOrNull(), column.numberOrNull()];
  return minMs === null || lowMs === null || medianMs === null ? null : { n, minMs, lowMs, medianMs };
}
