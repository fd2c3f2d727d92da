import { isoOf } from "@ratchet/engine";
import type { ImportView } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { Upload } from "../uploads/upload-store.ts";
import { importFile } from "./import-file.ts";
import { isSignalsMap, type ImportMap } from "./import-map.ts";

/** @throws ProblemError `map.invalid` for a map that looks things up in other files: an upload has none beside it. */
export function refuseLookups(mapping: ImportMap): void {
  if (isSignalsMap(mapping) && (mapping.lookups ?? []).length > 0)
    throw new ProblemError(
      "map.invalid",
      "lookups: this map looks things up in other files, which an upload does not have beside it; import with `ratchet import FILE --map MAP --data DIR`",
    );
}

/**
 * Starts an import as a job; its progress is read with `GET /v1/imports/{import_id}`.
 *
 * @throws ProblemError as `refuseLookups`.
 */
export async function startImport(context: AppContext, upload: Upload, mapping: ImportMap): Promise<ImportView> {
  refuseLookups(mapping);
  const { imports, jobs, stores, log } = context;
  const job = jobs.start("import", async ({ report, signal }) => {
    const update = (part: Partial<ImportView>): void => {
      const before = imports.find(job.job_id);
      if (before !== null) imports.put({ ...before, ...part });
    };
    try {
      const done = await importFile(context, {
        path: upload.path,
        mapping,
        signal,
        onProgress: ({ bytesRead, bytesTotal, rows, imported, quarantined }) => {
          update({ bytes_read: bytesRead, bytes_total: bytesTotal, rows, imported, quarantined });
          report(
            bytesTotal === null || bytesTotal === 0 ? 0 : bytesRead / bytesTotal,
            `importing ${mapping.name}: ${rows} rows`,
          );
        },
      });
      const { rows, imported, quarantined } = done.report;
      update({ state: "done", bytes_read: upload.bytes, rows, imported, quarantined, report: done.report });
      log.info({ import: job.job_id, rows, imported, quarantined }, "an import ended");
      return `${imported} rows imported; ${done.workspace}`;
    } catch (error) {
      update({ state: "failed", problem: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      await imports.save();
    }
  });
  const view: ImportView = {
    import_id: job.job_id,
    name: mapping.name,
    file: upload.name,
    state: "running",
    started_at: isoOf(stores.clock()),
    bytes_read: 0,
    bytes_total: upload.bytes,
    rows: 0,
    imported: 0,
    quarantined: 0,
    report: null,
    problem: null,
  };
  imports.put(view);
  await imports.save();
  return view;
}
