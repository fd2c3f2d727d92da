import type { DataDefect, DataReport, MappingDocument, SignalsMappingDocument } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { shapeOfDecisions, shapeOfSignals } from "../data-report/data-shape.ts";
import { findDefects } from "../data-report/find-defects.ts";
import { importLog, type ImportProgress } from "../import/import-log.ts";
import { importMappingFrom } from "../import/import-mapping.ts";
import { setUpFromLog } from "../setup/set-up-from-log.ts";
import { importSignals } from "../signal-import/import-signals.ts";
import { openLookups } from "../table/lookups.ts";
import { isSignalsMap, type ImportMap } from "./import-map.ts";
import { signalsMapSetting } from "./replay-file-row.ts";
import { rememberMapping } from "./imported-mapping.ts";

/** A file on this machine, and how to read it. */
export interface ImportFileTask {
  readonly path: string;
  readonly mapping: ImportMap;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
}

/** What an import found, and what became of the workspace. */
export interface ImportedFile {
  readonly report: DataReport;
  /** A sentence on whether the workspace was set up from it. */
  readonly workspace: string;
}

type Importing = Pick<AppContext, "stores" | "workspace" | "ingest">;

/**
 * Imports a file of either kind, then looks at its data for defects. A log of decisions also leaves its map, so that its results can be
 * read, and sets an empty workspace up. Running it again adds only what is missing.
 *
 * @throws LogFileError where no row can be read.
 */
export async function importFile(context: Importing, task: ImportFileTask): Promise<ImportedFile> {
  const { mapping } = task;
  return isSignalsMap(mapping)
    ? importFileOfSignals(context, { ...task, mapping })
    : importFileOfDecisions(context, { ...task, mapping });
}

async function importFileOfDecisions(
  { stores, workspace }: Importing,
  { mapping: document, ...task }: ImportFileTask & { readonly mapping: MappingDocument },
): Promise<ImportedFile> {
  const mapping = importMappingFrom(document);
  const imported = await importLog({ ...task, mapping, ...stores });
  await rememberMapping(stores.state, document);
  const { delimiter } = document;
  const defects = await findDefects({
    table: { origin: task, format: "csv", ...(delimiter === undefined ? {} : { delimiter }) },
    shape: shapeOfDecisions(document),
    lookups: [],
    missing: [],
    ...(task.signal === undefined ? {} : { signal: task.signal }),
  });
  const report = { ...imported, defects };
  return { report, workspace: await setUpFromLog(workspace.current(), mapping, report) };
}

async function importFileOfSignals(
  { stores, ingest }: Importing,
  { mapping: document, ...task }: ImportFileTask & { readonly mapping: SignalsMappingDocument },
): Promise<ImportedFile> {
  const imported = await importSignals({ ...task, document, ingest, ...stores });
  await stores.state.putSetting(signalsMapSetting(`import:${document.name}`), JSON.stringify(document));
  const defects = await defectsOfSignals({ path: task.path, mapping: document, signal: task.signal });
  return {
    report: { ...imported, defects },
    workspace: "as it was: signals inform decisions, and join those that they name or follow",
  };
}

/** What is wrong with the data of a file of signals, by reading it once more. */
export async function defectsOfSignals({
  path,
  mapping: document,
  signal,
}: {
  readonly path: string;
  readonly mapping: SignalsMappingDocument;
  readonly signal: AbortSignal | undefined;
}): Promise<readonly DataDefect[]> {
  const { delimiter, format, missing = [] } = document;
  return findDefects({
    table: {
      origin: { path },
      ...(format === undefined ? {} : { format }),
      ...(delimiter === undefined ? {} : { delimiter }),
    },
    shape: shapeOfSignals(document),
    lookups: await openLookups(document, path),
    missing,
    ...(signal === undefined ? {} : { signal }),
  });
}
