import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { FactsStore } from "@ratchet/engine";
import { ChdbProcess } from "./chdb-process.ts";
import { profileData } from "./data-profile.ts";
import { eraseFacts } from "./erase-facts.ts";
import { loadSegment } from "./load-segment.ts";
import { measureFacts } from "./measure.ts";
import { migrateFacts } from "./migrations.ts";
import { multipleExposure } from "./multiple-exposure.ts";
import { readArrivalDelays, readClockEvidence } from "./read-arrivals.ts";
import { countOverrides, readExecutions } from "./read-executions.ts";
import { readDecision, readDecisions, readSignals, readSignalsOf } from "./read-facts.ts";
import { readLabels } from "./read-labels.ts";
import { ColumnReader } from "./result-columns.ts";

export interface ChdbFactsOptions {
  /** The data directory; made if absent, readable by its owner alone. chDB's files are in `facts` below it. */
  readonly directory: string;
  /** Memory the engine may take, in bytes; 1.5 GB unless told. It has been seen to take half as much again for moments. */
  readonly memoryBytes?: number;
  /** Longest time of one statement, in ms; 2 minutes unless told. */
  readonly statementMs?: number;
}

/** How sound the facts are: anything but zeros must be shown, since evidence from damaged facts is void. */
export interface FactsHealth {
  /** Parts that the engine set aside in silence because they were damaged, mostly by a power cut. Their rows are missing. */
  readonly detachedParts: number;
  /** Rows that segments put in and that are not there. */
  readonly missing: { readonly decisions: number; readonly signals: number; readonly executions: number };
  /** How often the engine's process had to be started again since opening. */
  readonly restarts: number;
}

/** The facts store on chDB, with what only it can tell. */
export interface ChdbFactsStore extends FactsStore {
  health(): Promise<FactsHealth>;
}

const MEMORY_BYTES = 1_500_000_000;
const STATEMENT_MS = 120_000;

/**
 * The facts store on chDB, in a process of its own that ends with this one.
 *
 * @throws DataDirectoryInUseError
 */
export async function openChdbFacts(options: ChdbFactsOptions): Promise<ChdbFactsStore> {
  const directory = resolve(options.directory);
  const spool = spoolIn(directory);
  const chdb = await ChdbProcess.open({
    directory: join(directory, "facts"),
    spool: spool.path,
    dataDirectory: options.directory,
    memoryBytes: options.memoryBytes ?? MEMORY_BYTES,
    statementMs: options.statementMs ?? STATEMENT_MS,
  });
  const close = async (): Promise<void> => {
    await chdb.close();
    if (spool.temporary) rmSync(spool.path, { recursive: true, force: true });
  };
  try {
    await migrateFacts(chdb);
  } catch (error) {
    await close();
    throw error;
  }
  return storeOver(chdb, spool.path, close);
}

/** `file()` reads `*`, `?` and braces in a path as a pattern, finds nothing and says nothing: such a directory gets its spool elsewhere. */
function spoolIn(directory: string): { readonly path: string; readonly temporary: boolean } {
  if (!/[*?{}]/u.test(directory)) return { path: join(directory, "facts-spool"), temporary: false };
  return { path: mkdtempSync(join(tmpdir(), "ratchet-spool-")), temporary: true };
}

function storeOver(chdb: ChdbProcess, spool: string, close: () => Promise<void>): ChdbFactsStore {
  // One load at a time: they share file names, and the engine would only queue them.
  let lastLoad: Promise<unknown> = Promise.resolve();
  return {
    load: (segment) => {
      const load = lastLoad.then(() => loadSegment(chdb, spool, segment));
      lastLoad = load.catch(() => {});
      return load;
    },
    measure: (query) => measureFacts(chdb, query),
    decision: (id) => readDecision(chdb, id),
    decisions: (query) => readDecisions(chdb, query),
    signalsOf: (decision, reading = {}) => readSignalsOf(chdb, decision, reading),
    signals: (query) => readSignals(chdb, query),
    dataProfile: (query) => profileData(chdb, query),
    labels: (query) => readLabels(chdb, query),
    executions: (query) => readExecutions(chdb, query),
    overrides: (query) => countOverrides(chdb, query),
    multipleExposure: (query) => multipleExposure(chdb, query),
    counts: async () => {
      const counts = await numbers(
        chdb,
        "SELECT (SELECT count() FROM ratchet.decisions), (SELECT count() FROM ratchet.signals)",
      );
      return { decisions: counts.number(), signals: counts.number() };
    },
    clockEvidence: (query) => readClockEvidence(chdb, query),
    arrivalDelays: (query) => readArrivalDelays(chdb, query),
    erase: (whom) => {
      // In turn with the loads: a part that a load is writing would not be rewritten.
      const erase = lastLoad.then(() => eraseFacts(chdb, whom));
      lastLoad = erase.catch(() => {});
      return erase;
    },
    latest: async () => {
      const latest = await numbers(
        chdb,
        `SELECT maxOrNull(ms) FROM (
          SELECT maxOrNull(toUnixTimestamp64Milli(decided_at)) AS ms FROM ratchet.decisions
          UNION ALL SELECT maxOrNull(toUnixTimestamp64Milli(occurred_at)) AS ms FROM ratchet.signals)`,
      );
      return latest.numberOrNull();
    },
    health: async () => {
      const found = await numbers(
        chdb,
        `SELECT (SELECT count() FROM system.detached_parts WHERE database = 'ratchet'),
          (SELECT sum(decisions) FROM ratchet.segments) - (SELECT count() FROM ratchet.decisions),
          (SELECT sum(signals) FROM ratchet.segments) - (SELECT count() FROM ratchet.signals),
          (SELECT sum(executions) FROM ratchet.segments) - (SELECT count() FROM ratchet.executions)`,
      );
      const detachedParts = found.number();
      return {
        detachedParts,
        missing: { decisions: found.number(), signals: found.number(), executions: found.number() },
        restarts: chdb.restarts,
      };
    },
    close,
  };
}

/** The one row of a query that always has one. */
async function numbers(chdb: ChdbProcess, sql: string): Promise<ColumnReader> {
  return new ColumnReader((await chdb.read({ sql }))[0] ?? []);
}
