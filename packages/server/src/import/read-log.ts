import type { Instant, LoggedRow, QuarantinedRow, SentItem } from "@ratchet/engine";
import { actionNamer, statedPropensities } from "./action-reader.ts";
import { findColumns } from "./columns.ts";
import { csvRecords, type CsvRecord } from "./csv-records.ts";
import type { ImportMapping } from "./import-mapping.ts";
import { logBytes, type LogOrigin, type OnBytes } from "./log-bytes.ts";
import { LogFileError } from "./log-file-error.ts";
import { rowReader, type RowReader } from "./row-reader.ts";
import type { CellFault } from "./time-format.ts";

/** One row of a log: read, left out because an outcome is not known yet, or rejected with every reason. */
export type LogItem =
  | { readonly kind: "row"; readonly row: LoggedRow; readonly sent: SentItem }
  | { readonly kind: "pending"; readonly outcome: string }
  | { readonly kind: "rejected"; readonly row: QuarantinedRow };

/** What to read, and how. */
export type ReadLogTask = LogOrigin & {
  readonly mapping: ImportMapping;
  /** When rejected rows are said to have been rejected. */
  readonly now: Instant;
  readonly onBytes?: OnBytes;
  /** The header line as it stands in the file. */
  readonly onHeader?: (raw: string) => void;
  /** The number of the first row; 1 unless told: a row that is read again keeps its own. */
  readonly firstRow?: number;
  /** Estimated earlier from the same log; without it a map that says `estimate` has the log read twice. */
  readonly propensities?: ReadonlyMap<string, number>;
};

/**
 * Reads a CSV log (plain or gzip) row by row, in the order of the file and in bounded memory.
 *
 * @throws LogFileError where no row can be read: a mapped column is missing, the file is empty, or broken as a gzip.
 */
export async function* readLog(task: ReadLogTask): AsyncGenerator<LogItem> {
  for await (const batch of readLogBatches(task)) yield* batch;
}

/** The same in batches, as they come from the file: a few thousand rows each, for callers that count microseconds. */
export async function* readLogBatches(task: ReadLogTask): AsyncGenerator<readonly LogItem[]> {
  const { mapping, now, onBytes = () => {} } = task;
  const propensities = task.propensities ?? (await propensitiesOf(task));
  let read: RowReader | null = null;
  let n = (task.firstRow ?? 1) - 1;
  for await (const batch of csvRecords(logBytes(task, onBytes), mapping.document.delimiter ?? null)) {
    const items: LogItem[] = [];
    for (const record of batch) {
      if (read === null) {
        const columns = findColumns(record.fields, mapping.document);
        task.onHeader?.(record.raw);
        read = rowReader(mapping, { width: record.fields.length, columns, propensities });
        continue;
      }
      n += 1;
      const reading =
        record.fault === null
          ? read(record.fields, n)
          : { kind: "rejected" as const, faults: [csvFault(record.fault)] };
      if (reading.kind === "rejected")
        items.push({ kind: "rejected", row: quarantined(record, reading.faults, { n, mapping, now }) });
      else items.push(reading.kind === "row" ? { ...reading, sent: sentOf(record, n) } : reading);
    }
    if (items.length > 0) yield items;
  }
}

function csvFault(message: string): CellFault {
  return { code: "row.quoting", message };
}

interface Place {
  readonly n: number;
  readonly mapping: ImportMapping;
  readonly now: Instant;
}

function quarantined(record: CsvRecord, faults: readonly CellFault[], { n, mapping, now }: Place): QuarantinedRow {
  return {
    source: mapping.source,
    ...sentOf(record, n),
    code: faults[0]?.code ?? "row.rejected",
    reason: faults.map(({ code, message }) => `${code}: ${message}`).join("; "),
    at: now,
  };
}

function sentOf({ raw, line }: CsvRecord, n: number): SentItem {
  return { raw, position: `row ${n} (line ${line})` };
}

/**
 * Probability of each action, where the map states it or asks for an estimate from the whole log; null where a column says it, or nothing.
 *
 * @throws LogFileError where an estimate is asked of a stream.
 */
export async function propensitiesOf(task: ReadLogTask): Promise<ReadonlyMap<string, number> | null> {
  return task.mapping.document.propensity === "estimate"
    ? estimatePropensities(task, task.mapping)
    : statedPropensities(task.mapping);
}

/** Each action's share of the rows that name one: what the log's own rule must have been, if it was the same for every row. */
async function estimatePropensities(from: LogOrigin, mapping: ImportMapping): Promise<ReadonlyMap<string, number>> {
  if (!("path" in from)) {
    throw new LogFileError("import.needs_file", [
      "propensity: estimate reads the log twice, so it needs a file, not a stream",
    ]);
  }
  const counts = new Map<string, number>();
  let total = 0;
  let name: ReturnType<typeof actionNamer> | null = null;
  for await (const batch of csvRecords(
    logBytes(from, () => {}),
    mapping.document.delimiter ?? null,
  )) {
    for (const record of batch) {
      if (name === null) {
        name = actionNamer(mapping, findColumns(record.fields, mapping.document));
        continue;
      }
      const action = record.fault === null ? name(record.fields, () => {}) : null;
      if (action === null) continue;
      counts.set(action, (counts.get(action) ?? 0) + 1);
      total += 1;
    }
  }
  return new Map([...counts].map(([action, count]) => [action, count / total]));
}
