import { randomBytes } from "node:crypto";
import {
  instant,
  memoryFactsStore,
  memoryStateStore,
  surrogatesOf,
  type Clock,
  type QuarantinedRow,
  type StateStore,
} from "@ratchet/engine";
import type { DataReport } from "@ratchet/protocol";
import { importLog } from "../import/import-log.ts";
import { importMappingFrom } from "../import/import-mapping.ts";
import { openIngest } from "../ingest/ingest.ts";
import { NO_PROJECTOR } from "../jobs/projector.ts";
import { importSignals } from "../signal-import/import-signals.ts";
import { defectsOfSignals } from "./import-file.ts";
import { isSignalsMap } from "./import-map.ts";
import type { ImportFileTask } from "./import-file.ts";

/** Rows that do not fit, shown as examples. */
const EXAMPLES_MAX = 50;

/** What an import would find: its report as if nothing were there yet, and the first rows that do not fit. */
export interface DryRun {
  readonly report: DataReport;
  readonly rejected: readonly QuarantinedRow[];
}

/** Reads a whole file by a map of either kind and stores nothing. @throws LogFileError where no row can be read. */
export async function dryRunFile({
  path,
  mapping,
  onProgress,
  signal,
  clock = () => instant(Date.now()),
}: ImportFileTask & { readonly clock?: Clock }): Promise<DryRun> {
  const rejected: QuarantinedRow[] = [];
  const task = {
    path,
    state: forgetfulState(rejected),
    facts: memoryFactsStore(),
    clock,
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  };
  if (!isSignalsMap(mapping))
    return { report: await importLog({ ...task, mapping: importMappingFrom(mapping) }), rejected };
  // A key of its own: nobody keeps what it hides.
  const surrogates = surrogatesOf(randomBytes(32).toString("hex"));
  const ingest = openIngest({ state: task.state, projector: NO_PROJECTOR, surrogates });
  const report = await importSignals({ ...task, document: mapping, ingest });
  return { report: { ...report, defects: await defectsOfSignals({ path, mapping, signal }) }, rejected };
}

/** Says that it keeps everything, and keeps nothing but the first rows that do not fit. */
function forgetfulState(rejected: QuarantinedRow[]): StateStore {
  return {
    ...memoryStateStore(),
    acknowledge: async (items) => items.map(() => "accepted"),
    openSegment: async () => null,
    append: async () => {},
    quarantine: async (rows) => void rejected.push(...rows.slice(0, Math.max(0, EXAMPLES_MAX - rejected.length))),
  };
}
