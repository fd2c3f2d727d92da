import type { DataReport as Report } from "@ratchet/protocol";
import { ShareBar } from "../charts/share-bar.tsx";
import { formatCount, formatMean } from "../format/numbers.ts";
import { formatDay } from "../format/times.ts";
import { capital, spoken } from "../format/words.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { Pill } from "../parts/pill.tsx";

type Outcome = Report["outcomes"][number];

const OUTCOMES: readonly Column<Outcome>[] = [
  { header: "Outcome", role: "lead", cell: ({ metric }) => <strong>{capital(spoken(metric))}</strong> },
  { header: "Happened", align: "right", cell: ({ happened }) => formatCount(happened) },
  { header: "Per row", align: "right", cell: ({ per_row, kind }) => formatMean(per_row, kind) },
  { header: "Not known yet", align: "right", cell: ({ pending }) => formatCount(pending) },
];

/** What the import found. Every row that was read is in exactly one of the counts. */
export function DataReport({ report }: { readonly report: Report }) {
  const counts = [
    { label: "Rows read", n: report.rows, note: period(report) },
    { label: "Imported", n: report.imported, note: "new in the store" },
    { label: "Quarantined", n: report.quarantined, note: "kept apart with the reason" },
    { label: "Duplicates", n: report.duplicates, note: "known before, counted once" },
    { label: "Conflicts", n: report.conflicts, note: "known otherwise, the first stands" },
    { label: "Not known yet", n: report.pending, note: "outcome still open" },
  ].filter(({ n }, i) => i < 3 || n > 0);
  return (
    <>
      <Panel title="Data report" note={<Pill tone="good">Imported as {report.source}</Pill>}>
        <dl className="report-counts">
          {counts.map(({ label, n, note }) => (
            <div key={label}>
              <dt className="small dim">{label}</dt>
              <dd className="report-n num">{formatCount(n)}</dd>
              <dd className="small dim">{note}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      <div className="panels">
        <Panel title="What was done">
          <ul className="plain-list exposures">
            {report.actions.map(({ action, rows }) => (
              <li key={action} className="report-action">
                <span>{action}</span>
                <ShareBar share={rows / Math.max(1, total(report))} label={action} />
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title="What came of it">
          <DataTable caption="Outcomes" columns={OUTCOMES} rows={report.outcomes} rowKey={({ metric }) => metric} />
        </Panel>
      </div>
      {report.quarantined_by_code.length === 0 ? null : <Quarantined report={report} />}
    </>
  );
}

function Quarantined({ report }: { readonly report: Report }) {
  return (
    <Panel title="Rows that did not fit" note={`${formatCount(report.quarantined)} kept apart`}>
      <ul className="plain-list left-out">
        {report.quarantined_by_code.map(({ code, count, example }) => (
          <li key={code} className="row small">
            <Pill tone="watch" glyph="!">
              {formatCount(count)}
            </Pill>
            <span className="mono">{code}</span>
            <span className="dim">{example}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function total(report: Report): number {
  return report.actions.reduce((sum, { rows }) => sum + rows, 0);
}

/** Nothing where all rows have the same day: a file without times gets made-up ones. */
function period({ first_at: first, last_at: last }: Report): string {
  if (first === null || last === null || formatDay(first) === formatDay(last)) return "in the file";
  return `${formatDay(first)} to ${formatDay(last)}`;
}
