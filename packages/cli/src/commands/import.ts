import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Command } from "commander";
import { importFile, loadMapping } from "@ratchet/server";
import { createRatchet } from "@ratchet/sdk";
import type { DataReport } from "@ratchet/protocol";
import { openData, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { CommandError } from "../exit-code.ts";
import { count, percent, print, printJson, table, time } from "../print.ts";
import { showProgress } from "../progress.ts";

interface ImportOptions extends WorkspaceOptions {
  readonly map: string;
}

interface Imported {
  readonly report: DataReport;
  readonly workspace: string;
}

const EXAMPLES = `
Examples:
  ratchet import mails.csv --map map.yaml
  ratchet import mails.csv.gz --map map.yaml --data /var/lib/ratchet --json
  ratchet import mails.csv --map map.yaml --url http://localhost:4600      into a running server

Every row becomes a decision with its outcomes. Rows that do not fit are kept aside with the reason and never stop the others;
the same file again adds only what is missing. An empty workspace is set up from the log: its actions, its outcomes, 10 % holdout.
The map's format: docs/reference/mapping.md`;

/** `ratchet import`: a log of decisions that were made elsewhere. */
export function addImport(program: Command): void {
  withWorkspace(program.command("import"))
    .description("import a CSV of past decisions and outcomes")
    .argument("<file>", "CSV file, plain or .gz")
    .requiredOption("--map <file>", "which columns are unit, time, action, propensity, context and outcomes")
    .addHelpText("after", EXAMPLES)
    .action(runImport);
}

async function runImport(path: string, options: ImportOptions): Promise<void> {
  const startedAt = performance.now();
  const imported =
    options.url === undefined ? await importHere(path, options) : await importThere(path, options.url, options);
  const seconds = (performance.now() - startedAt) / 1000;
  if (options.json === true) printJson(imported);
  else print(reportText(imported, seconds));
}

async function importHere(path: string, options: ImportOptions): Promise<Imported> {
  const { document } = await loadMapping(options.map);
  const opened = await openData(options.data);
  const shown = showProgress(`importing ${basename(path)}`, options.json === true);
  const startedAt = performance.now();
  try {
    const imported = await importFile(opened.context, {
      path,
      mapping: document,
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
  await loadMapping(options.map); // its faults are named here, with the file's own name, before anything is sent
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

function reportText({ report, workspace }: Imported, seconds: number): string {
  const { rows, imported, duplicates, conflicts, pending } = report;
  const beside = [
    [duplicates, "were there before"],
    [conflicts, "contradict what was there before, which stands"],
    [pending, "wait for an outcome and were left out"],
  ] as const;
  const span =
    report.first_at === null || report.last_at === null
      ? []
      : [`from ${time(report.first_at)} to ${time(report.last_at)} UTC`];
  return [
    `Imported ${count(imported)} of ${count(rows)} rows in ${seconds.toFixed(1)} s (${count(Math.round(rows / seconds))} rows/s) as ${report.source}`,
    ...beside.flatMap(([n, what]) => (n === 0 ? [] : [`  ${count(n)} ${what}`])),
    ...span.map((text) => `  ${text}`),
    "",
    table(
      ["action", "rows", "share"],
      report.actions.map(({ action, rows: n }) => [action, count(n), percent(n / Math.max(1, imported + duplicates))]),
    ),
    "",
    table(
      ["outcome", "happened", "per row"],
      report.outcomes.map(({ metric, kind, happened, per_row }) => [
        metric,
        count(happened),
        per_row === null ? "–" : kind === "conversion" ? percent(per_row) : String(Number(per_row.toPrecision(4))),
      ]),
    ),
    "",
    ...quarantineText(report),
    `Workspace: ${workspace}`,
    `Next: ratchet results --source ${report.source}`,
  ].join("\n");
}

function quarantineText(report: DataReport): readonly string[] {
  if (report.quarantined === 0) return ["Quarantine: every row fitted"];
  return [
    `Quarantine: ${report.quarantined === 1 ? "1 row" : `${count(report.quarantined)} rows`} did not fit`,
    ...report.quarantined_by_code.map(({ code, count: n, example }) => `  ${count(n)} × ${code}, such as ${example}`),
    `  see them: ratchet quarantine --source ${report.source}`,
  ];
}
