import type { MappingDocument, DataReport } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { importLog, type ImportProgress } from "../import/import-log.ts";
import { importMappingFrom } from "../import/import-mapping.ts";
import { setUpFromLog } from "../setup/set-up-from-log.ts";
import { rememberMapping } from "./imported-mapping.ts";

/** A file on this machine, and how to read it. */
export interface ImportFileTask {
  readonly path: string;
  readonly mapping: MappingDocument;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
}

/** What an import found, and what became of the workspace. */
export interface ImportedFile {
  readonly report: DataReport;
  /** A sentence on whether the workspace was set up from it. */
  readonly workspace: string;
}

/**
 * Imports a log, remembers its map so that its results can be read, and sets an empty workspace up from it. Running it again adds only what
 * is missing.
 *
 * @throws LogFileError where no row can be read.
 */
export async function importFile(
  { stores, workspace }: Pick<AppContext, "stores" | "workspace">,
  { path, mapping: document, onProgress, signal }: ImportFileTask,
): Promise<ImportedFile> {
  const mapping = importMappingFrom(document);
  const report = await importLog({
    path,
    mapping,
    ...stores,
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  });
  await rememberMapping(stores.state, document);
  return { report, workspace: await setUpFromLog(workspace.current(), mapping, report) };
}
