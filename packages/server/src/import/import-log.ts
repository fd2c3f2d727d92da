import {
  decisionId,
  digestOf,
  foldOf,
  projectInbox,
  segmentOf,
  sha256,
  type Clock,
  type Decision,
  type FactsStore,
  type InboxItem,
  type Instant,
  type LoggedRow,
  type SentItem,
  type StateStore,
} from "@ratchet/engine";
import { probabilitiesSchema as storedPropensities, type DataReport } from "@ratchet/protocol";
import { namelessContext } from "../people/nameless-state.ts";
import { layoutKeeper } from "../imports/file-layout.ts";
import { dataTally, type DataTally } from "./data-report.ts";
import type { ImportMapping } from "./import-mapping.ts";
import type { LogOrigin } from "./log-bytes.ts";
import { LogFileError } from "./log-file-error.ts";
import { quarantineWriter } from "./quarantine-writer.ts";
import { propensitiesOf, readLogBatches, type LogItem } from "./read-log.ts";

/** Facts committed in one transaction. */
const ITEMS_PER_ACKNOWLEDGEMENT = 2000;
/** Facts that may wait in the inbox before they are moved on. */
const ITEMS_PER_PROJECTION = 20_000;
/** More segments than any file fills: at the end all that was acknowledged is moved. */
const PROJECTION = { maxItems: ITEMS_PER_PROJECTION, maxSegments: 100_000 };
/** When so many rows were rejected and none fitted, the map is wrong, not the rows. */
const HOPELESS_ROWS = 1000;

/** How far an import is. */
export interface ImportProgress {
  readonly bytesRead: number;
  /** null where the size is not known beforehand. */
  readonly bytesTotal: number | null;
  readonly rows: number;
  readonly imported: number;
  readonly quarantined: number;
}

export type ImportLogTask = LogOrigin & {
  readonly mapping: ImportMapping;
  readonly state: StateStore;
  readonly facts: FactsStore;
  readonly clock: Clock;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** As in `ReadLogTask`. */
  readonly firstRow?: number;
  /** Stops between two transactions; the import can be run again. */
  readonly signal?: AbortSignal;
};

/**
 * Imports a log: every row becomes a decision with its outcomes as signals, acknowledged together and projected to the facts.
 *
 * Idempotent: ids are made from the source, the unit and the time (or the row, where the file has no times), so the same file again, or
 * again after it was killed, adds only what is missing. Rows that do not fit go to quarantine, and never stop the others.
 *
 * @throws LogFileError where no row can be read, or where none of the first 1,000 fits the map.
 */
export async function importLog(task: ImportLogTask): Promise<DataReport> {
  const { mapping, state, clock, onProgress = () => {}, signal } = task;
  const tally = dataTally(mapping);
  const writer = factWriter(task, tally);
  const quarantine = await quarantineWriter(state, mapping.source);
  const bytes: { read: number; total: number | null } = { read: 0, total: null };
  const heardAt = clock();
  const onBytes = (read: number, total: number | null): void => void Object.assign(bytes, { read, total });
  const propensities = await rememberedPropensities(task, heardAt);
  const remembered = propensities === null ? {} : { propensities };
  const keepLayout = layoutKeeper(state, mapping.document);
  let header = "";
  const onHeader = (raw: string): void => void (header = raw);
  for await (const batch of readLogBatches({ ...task, ...remembered, now: heardAt, onBytes, onHeader })) {
    for (const item of batch) {
      if (item.kind === "row") {
        tally.row(item.row);
        const full = writer.add(factsOf(item, mapping, heardAt));
        if (full) await writer.flush();
      } else if (item.kind === "pending") {
        tally.pending(item.outcome);
      } else {
        tally.rejected(item.row);
        quarantine.add({ ...item.row, reading: await keepLayout(header) });
      }
    }
    await quarantine.flush();
    signal?.throwIfAborted();
    refuseHopeless(tally);
    onProgress({
      bytesRead: bytes.read,
      bytesTotal: bytes.total,
      rows: tally.rows(),
      imported: tally.imported(),
      quarantined: tally.quarantined(),
    });
  }
  await writer.finish();
  return tally.report();
}

/**
 * Estimated propensities are those of the first import under this source and action column. A file that was mended or has grown since
 * would give others, and with them every decision would contradict the one that stands.
 */
async function rememberedPropensities(task: ImportLogTask, now: Instant): Promise<ReadonlyMap<string, number> | null> {
  const { mapping, state } = task;
  if (mapping.document.propensity !== "estimate") return null;
  const key = `${mapping.source}:propensities:${digestOf(mapping.document.action)}`;
  const stored = await state.setting(key);
  if (stored !== null) return new Map(Object.entries(storedPropensities.parse(JSON.parse(stored))));
  const estimated = (await propensitiesOf({ ...task, now })) ?? new Map<string, number>();
  await state.putSetting(key, JSON.stringify(Object.fromEntries(estimated)));
  return estimated;
}

function refuseHopeless(tally: DataTally): void {
  if (tally.quarantined() < HOPELESS_ROWS || tally.quarantined() < tally.rows()) return;
  const reasons = tally
    .report()
    .quarantined_by_code.map(({ code, count, example }) => `${count} × ${code}, such as ${example}`);
  throw new LogFileError("import.nothing_fits", [
    `none of the first ${tally.rows()} rows fits the map; mend the map first`,
    ...reasons,
  ]);
}

/** A row's decision, then its outcomes. */
type RowFacts = readonly [InboxItem, ...InboxItem[]];

type LoggedItem = Extract<LogItem, { readonly kind: "row" }>;

/** One logged row as facts. Nothing in them but `receivedAt` depends on when the import ran. */
function factsOf({ row, sent: text }: LoggedItem, mapping: ImportMapping, heardAt: Instant): RowFacts {
  const { source } = mapping;
  const sent = (): SentItem => text;
  const decision = decisionOf(row, mapping, heardAt);
  const signals = row.outcomes.map(({ metric, signal, value, at }): InboxItem => {
    const messageId = `${decision.id}:${metric}`;
    const facts = {
      type: signal,
      unitId: row.unitId,
      decisionId: decision.id,
      value,
      occurredAt: at,
      receivedAt: heardAt,
    };
    return { kind: "signal", source, messageId, signal: { source, messageId, ...facts }, sent };
  });
  return [{ kind: "decision", source, messageId: decision.id, decision, sent }, ...signals];
}

function decisionOf(row: LoggedRow, mapping: ImportMapping, receivedAt: Instant): Decision {
  // Before a segment is named after it.
  const context = namelessContext(row.context);
  const place = "row_order" in mapping.document.time ? `row ${row.row}` : `at ${row.at}`;
  return {
    id: decisionId(`dec_${sha256(`${mapping.source}\n${row.unitId}\n${place}`).slice(0, 26)}`),
    source: mapping.source,
    point: mapping.point,
    unitId: row.unitId,
    segment: segmentOf(mapping.segments, context),
    context,
    action: row.action,
    propensity: row.propensity,
    cohort: "control",
    playbookVersion: 0,
    changeId: null,
    rolloutShare: 0,
    cycle: Math.floor((row.row - 1) / mapping.cycleRows),
    fold: foldOf(row.unitId),
    reasons: [],
    decidedAt: row.at,
    receivedAt,
  };
}

interface FactWriter {
  /** Takes a row's facts; says whether it is time to flush. */
  add(facts: RowFacts): boolean;
  flush(): Promise<void>;
  /** Flushes, and moves on everything acknowledged by then. */
  finish(): Promise<void>;
}

/** Acknowledges facts in transactions that never split a row, and moves them on before the inbox grows. */
function factWriter({ state, facts }: Pick<ImportLogTask, "state" | "facts">, tally: DataTally): FactWriter {
  let waiting: RowFacts[] = [];
  let items = 0;
  let unprojected = 0;
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const rows = waiting;
    waiting = [];
    items = 0;
    const all = rows.flat();
    const receipts = await state.acknowledge(all);
    let at = 0;
    for (const row of rows) {
      const [decision = "accepted", ...signals] = receipts.slice(at, at + row.length);
      at += row.length;
      tally.acknowledged(decision, signals.filter((receipt) => receipt === "accepted").length);
    }
    unprojected += all.length;
    if (unprojected < ITEMS_PER_PROJECTION) return;
    unprojected = 0;
    await projectInbox({ state, facts }, PROJECTION);
  };
  return {
    add: (row) => {
      waiting.push(row);
      items += row.length;
      return items >= ITEMS_PER_ACKNOWLEDGEMENT;
    },
    flush,
    finish: async () => {
      await flush();
      await projectInbox({ state, facts }, PROJECTION);
    },
  };
}
