import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Command } from "commander";
import { dryRunFile, importFile, loadImportMap } from "@ratchet/server";
import { createRatchet } from "@ratchet/sdk";
import type { DataReport } from "@ratchet/protocol";
import { openData, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { CommandError } from "../exit-code.ts";
import { count, print, printJson } from "../print.ts";
import { showProgress } from "../progress.ts";
import { reportText } from "./import-report.ts";

interface ImportOptions extends WorkspaceOptions {
  readonly map: string;
  readonly dryRun?: true;
}

interface Imported {
  readonly report: DataReport;
  readonly workspace: string;
}

const EXAMPLES = `
Examples:
  ratchet import mails.csv --map map.yaml
  ratchet import mails.csv.gz --map map.yaml --data /var/lib/ratchet --json
  ratchet import deals.csv --map signals.yaml --dry-run                    try the map; nothing is stored
  ratchet import mails.csv --map map.yaml --url http://localhost:4600      into a running server
  ratchet import deals.ndjson --map signals.yaml                           what happened, without decisions

A map of decisions (api_version ratchet.map/v1) makes every row a decision with its outcomes, and sets an empty workspace up from the
log: its actions, its outcomes, 10 % holdout. A map of signals (ratchet.signals/v1) reads events, stage histories and dates from CSV,
NDJSON or Parquet. Rows that do not fit are kept aside with the reason and never stop the others; the same file again adds only what is
missing; what is wrong with the data themselves is named at the end.
The maps' formats: docs/reference/mapping.md, docs/reference/signals-mapping.md`;

/** `ratchet import`: decisions that were made elsewhere, or what happened elsewhere. */
export function addImport(program: Command): void {
  withWorkspace(program.command("import"))
    .description("import a file of past decisions and outcomes, or of signals")
    .argument("<file>", "CSV or NDJSON, plain or .gz; of signals also Parquet")
    .requiredOption("--map <file>", "what the columns mean")
    .option("--dry-run", "read the file and show what an import would find; nothing is stored")
    .addHelpText("after", EXAMPLES)
    .action(runImport);
}

async function runImport(path: string, options: ImportOptions): Promise<void> {
  const startedAt = performance.now();
  if (options.dryRun === true) return tryImport(path, options, startedAt);
  const imported =
    options.url === undefined ? await importHere(path, options) : await importThere(path, options.url, options);
  const seconds = (performance.now() - startedAt) / 1000;
  if (options.json === true) printJson(imported);
  else print(reportText(imported, seconds));
}

/** On this machine, whatever server there is: nothing is sent. */
async function tryImport(path: string, options: ImportOptions, startedAt: number): Promise<void> {
  const mapping = await loadImportMap(options.map);
  const { report, rejected } = await dryRunFile({ path, mapping });
  if (options.json === true) return printJson({ report, rejected });
  const seconds = (performance.now() - startedAt) / 1000;
  print(
    reportText({ report, workspace: "as it was: this was a dry run, and nothing was stored", isDryRun: true }, seconds),
  );
}

async function importHere(path: string, options: ImportOptions): Promise<Imported> {
  const mapping = await loadImportMap(options.map);
  const opened = await openData(options.data);
  const shown = showProgress(`importing ${basename(path)}`, options.json === true);
  const startedAt = performance.now();
  try {
    const imported = await importFile(opened.context, {
      path,
      mapping,
      onProgress: ({ bytesRead, bytesTotal, rows, quarantined }) =>
        shown.update(bytesTotal === null ? null : bytesRead / bytesTotal, progressText(rows, quarantined, startedAt)),
    });
    shown.done(progressText(imported.report.rows, imported.report.quarantined, startedAt));
    return imported;
  } catch (error) {
    shown.failed();
    throw error;
  } finally {
    await opened.close();
  }
}

const POLL_MS = 300;

/** Through a running server: send the file, start, follow. */
async function importThere(path: string, url: string, options: ImportOptions): Promise<Imported> {
  const ratchet = createRatchet({ url });
  await loadImportMap(options.map); // its faults are named here, with the file's own name, before anything is sent
  const { upload_id } = await ratchet.imports.upload(basename(path), await readFile(path));
  const { import_id } = await ratchet.imports.start(upload_id, await readFile(options.map, "utf8"));
  const shown = showProgress(`importing ${basename(path)}`, options.json === true);
  const startedAt = performance.now();
  for (;;) {
    const run = await ratchet.imports.progress(import_id);
    if (run.state === "failed") {
      shown.failed();
      throw new CommandError(run.problem ?? "the import failed");
    }
    if (run.state === "done" && run.report !== null) {
      shown.done(progressText(run.rows, run.quarantined, startedAt));
      return { report: run.report, workspace: (await ratchet.job(import_id)).sentence };
    }
    shown.update(
      run.bytes_total === null ? null : run.bytes_read / run.bytes_total,
      progressText(run.rows, run.quarantined, startedAt),
    );
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function progressText(rows: number, quarantined: number, startedAt: number): string {
  const perSecond = Math.round(rows / Math.max(0.001, (performance.now() - startedAt) / 1000));
  return `${count(rows)} rows, ${count(perSecond)} rows/s${quarantined === 0 ? "" : `, ${count(quarantined)} do not fit`}`;
}
