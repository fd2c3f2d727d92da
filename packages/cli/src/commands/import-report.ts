import type { DataDefect, DataReport, SignalCounts } from "@ratchet/protocol";
import { count, percent, table, time } from "../print.ts";

/** What an import found, as text. */
export function reportText(
  {
    report,
    workspace,
    isDryRun = false,
  }: { readonly report: DataReport; readonly workspace: string; readonly isDryRun?: boolean },
  seconds: number,
): string {
  const { rows, imported, signals } = report;
  const span =
    report.first_at === null || report.last_at === null
      ? []
      : [`  from ${time(report.first_at)} to ${time(report.last_at)} UTC`];
  return [
    `${isDryRun ? "Would import" : "Imported"} ${count(imported)} of ${count(rows)} rows in ${seconds.toFixed(1)} s (${count(Math.round(rows / seconds))} rows/s) as ${report.source}`,
    ...besideText(report),
    ...span,
    "",
    ...(signals === undefined ? decisionsText(report) : signalsText(signals)),
    "",
    ...quarantineText(report),
    ...defectsText(report.defects ?? []),
    `Workspace: ${workspace}`,
    ...(signals === undefined ? [`Next: ratchet results --source ${report.source}`] : []),
  ].join("\n");
}

function besideText({ duplicates, conflicts, pending, signals }: DataReport): readonly string[] {
  const beside = [
    [duplicates, "were there before"],
    [conflicts, "contradict what was there before, which stands"],
    [pending, "wait for an outcome and were left out"],
    [signals?.silent_rows ?? 0, "tell nothing under this map"],
  ] as const;
  return beside.flatMap(([n, what]) => (n === 0 ? [] : [`  ${count(n)} ${what}`]));
}

function decisionsText({ actions, outcomes, imported, duplicates }: DataReport): readonly string[] {
  return [
    table(
      ["action", "rows", "share"],
      actions.map(({ action, rows: n }) => [action, count(n), percent(n / Math.max(1, imported + duplicates))]),
    ),
    "",
    table(
      ["outcome", "happened", "per row"],
      outcomes.map(({ metric, kind, happened, per_row }) => [
        metric,
        count(happened),
        per_row === null ? "–" : kind === "conversion" ? percent(per_row) : String(Number(per_row.toPrecision(4))),
      ]),
    ),
  ];
}

function signalsText({ read, accepted, duplicates, conflicts, refused, by_type }: SignalCounts): readonly string[] {
  return [
    table(
      ["signal", "read"],
      by_type.map(({ type, signals }) => [type, count(signals)]),
    ),
    "",
    `${count(read)} signals = ${count(accepted)} new + ${count(duplicates)} there before + ${count(conflicts)} contradicting + ${count(refused)} refused`,
  ];
}

function quarantineText(report: DataReport): readonly string[] {
  if (report.quarantined === 0) return ["Quarantine: every row fitted"];
  return [
    `Quarantine: ${report.quarantined === 1 ? "1 row" : `${count(report.quarantined)} rows`} did not fit`,
    ...report.quarantined_by_code.map(({ code, count: n, example }) => `  ${count(n)} × ${code}, such as ${example}`),
    `  see them: ratchet quarantine --source ${report.source}`,
  ];
}

function defectsText(defects: readonly DataDefect[]): readonly string[] {
  if (defects.length === 0) return [];
  return [
    "",
    `Data: ${defects.length === 1 ? "1 finding" : `${defects.length} findings`}`,
    ...defects.flatMap(({ severity, code, sentence, examples, fix }) => [
      `  ${severity} ${code}: ${sentence}`,
      ...(examples[0] === undefined ? [] : [`    such as ${examples[0]}`]),
      `    ${fix}`,
    ]),
    "",
  ];
}
