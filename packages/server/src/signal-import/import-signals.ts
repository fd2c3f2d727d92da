import { projectInbox, type Clock, type FactsStore, type Instant, type StateStore } from "@ratchet/engine";
import type { DataReport, SignalsMappingDocument } from "@ratchet/protocol";
import { layoutKeeper } from "../imports/file-layout.ts";
import type { LogOrigin } from "../import/log-bytes.ts";
import type { ImportProgress } from "../import/import-log.ts";
import { LogFileError } from "../import/log-file-error.ts";
import { quarantineWriter } from "../import/quarantine-writer.ts";
import type { CellFault } from "../import/time-format.ts";
import type { Ingest, ReadItem } from "../ingest/ingest.ts";
import { cellReaders, openLookups } from "../table/lookups.ts";
import { readTable } from "../table/read-table.ts";
import { positionOf, type TableRow } from "../table/table-row.ts";
import { refuseMissingColumns } from "./mapped-columns.ts";
import { rowSignalsReader, type RowSignals } from "./signal-reader.ts";
import { signalTally, type SignalTally } from "./signal-tally.ts";

/** Signals committed in one transaction. */
const ITEMS_PER_ACKNOWLEDGEMENT = 2000;
/** Signals that may wait in the inbox before they are moved on. */
const ITEMS_PER_PROJECTION = 20_000;
const PROJECTION = { maxItems: ITEMS_PER_PROJECTION, maxSegments: 100_000 };
/** When so many rows were rejected and none fitted, the map is wrong, not the rows. */
const HOPELESS_ROWS = 1000;

export type ImportSignalsTask = LogOrigin & {
  readonly document: SignalsMappingDocument;
  readonly ingest: Pick<Ingest, "take">;
  readonly state: StateStore;
  readonly facts: FactsStore;
  readonly clock: Clock;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Stops between two transactions; the import can be run again. */
  readonly signal?: AbortSignal;
};

/**
 * Imports a file of signals or history: each row becomes the signals that its map reads in it, taken in as if a client had sent them.
 *
 * Idempotent: message ids are digests of what names a row, so the same file again, or again after it was killed, adds only what is
 * missing. A row with any fault goes to quarantine whole, verbatim and with its line, and never stops the others.
 *
 * @throws LogFileError where no row can be read, or where none of the first 1,000 fits the map.
 */
export async function importSignals(task: ImportSignalsTask): Promise<DataReport> {
  const { document, state, facts, clock, signal, onProgress = () => {} } = task;
  const source = `import:${document.name}`;
  const lookups = await openLookups(document, "path" in task ? task.path : null);
  const read = rowSignalsReader(document, cellReaders(lookups, document.missing ?? []));
  const tally = signalTally(source);
  const heardAt = clock();
  const quarantine = await quarantineWriter(state, source);
  const taker = signalTaker(task, { source, heardAt, tally });
  const bytes: { read: number; total: number | null } = { read: 0, total: null };
  let checked = false;
  const keepLayout = layoutKeeper(state, document);
  for await (const { columns, complete, rows, header } of readTable(tableTask(task, bytes))) {
    if (!checked && complete) refuseMissingColumns(columns, document, lookups);
    checked = true;
    for (const row of rows) {
      const told = read(row);
      tally.row(told, row);
      if (told.kind === "rejected") {
        const reading = await keepLayout(header ?? null);
        quarantine.add({ source, ...quarantinedRow(row, told.faults), at: heardAt, reading });
      } else await taker.add(told, row);
    }
    await quarantine.flush();
    signal?.throwIfAborted();
    refuseHopeless(tally);
    onProgress({ bytesRead: bytes.read, bytesTotal: bytes.total, ...tally.progress() });
  }
  await taker.flush();
  await projectInbox({ state, facts }, PROJECTION);
  return tally.report();
}

function tableTask(
  task: ImportSignalsTask,
  bytes: { read: number; total: number | null },
): Parameters<typeof readTable>[0] {
  const { format, delimiter } = task.document;
  return {
    origin: task,
    ...(format === undefined ? {} : { format }),
    ...(delimiter === undefined ? {} : { delimiter }),
    onBytes: (read, total) => void Object.assign(bytes, { read, total }),
  };
}

function quarantinedRow(row: TableRow, faults: readonly CellFault[]) {
  return {
    position: positionOf(row),
    code: faults[0]?.code ?? "row.rejected",
    reason: faults.map(({ code, message }) => `${code}: ${message}`).join("; "),
    raw: row.raw,
  };
}

function refuseHopeless(tally: SignalTally): void {
  const { rows, quarantined } = tally.progress();
  if (quarantined < HOPELESS_ROWS || quarantined < rows) return;
  const reasons = tally
    .report()
    .quarantined_by_code.map(({ code, count, example }) => `${count} × ${code}, such as ${example}`);
  throw new LogFileError("import.nothing_fits", [
    `none of the first ${rows} rows fits the map; mend the map first`,
    ...reasons,
  ]);
}

interface SignalTaker {
  add(told: Extract<RowSignals, { readonly kind: "signals" }>, row: TableRow): Promise<void>;
  flush(): Promise<void>;
}

/** Takes signals in by the thousand, and moves them on before the inbox grows. */
function signalTaker(
  { ingest, state, facts }: Pick<ImportSignalsTask, "ingest" | "state" | "facts">,
  { source, heardAt, tally }: { readonly source: string; readonly heardAt: Instant; readonly tally: SignalTally },
): SignalTaker {
  let waiting: ReadItem[] = [];
  let unprojected = 0;
  let requests = 0;
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const items = waiting;
    waiting = [];
    requests += 1;
    // Whoever may import may also say what came of things: a file is vouched for by the person who imports it.
    const from = { id: source, carriesOutcomes: true };
    tally.taken(await ingest.take({ source: from, items, requestId: `import ${requests}`, now: heardAt }));
    unprojected += items.length;
    if (unprojected < ITEMS_PER_PROJECTION) return;
    unprojected = 0;
    await projectInbox({ state, facts }, PROJECTION);
  };
  return {
    add: async ({ signals }, row) => {
      waiting.push(...signals.map((signal): ReadItem => ({ kind: "signal", signal, raw: row.raw })));
      if (waiting.length >= ITEMS_PER_ACKNOWLEDGEMENT) await flush();
    },
    flush,
  };
}
