import type { ChangeView, EditRowView } from "@ratchet/protocol";
import { RangeBar } from "../charts/range-bar.tsx";
import { formatPoints, formatShare } from "../format/numbers.ts";
import { segmentName } from "../format/words.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { Disclosure } from "../parts/disclosure.tsx";
import { Panel } from "../parts/panel.tsx";

const COLUMNS: readonly Column<EditRowView>[] = [
  { header: "Action", role: "lead", cell: ({ action }) => <strong>{action}</strong> },
  { header: "Now", align: "right", width: "64px", cell: ({ now }) => formatShare(now) },
  {
    header: "Proposed",
    align: "right",
    width: "76px",
    cell: ({ proposed }) => <strong>{formatShare(proposed)}</strong>,
  },
  {
    header: "Allowed range",
    role: "wide",
    width: "24%",
    cell: (row) => <RangeBar row={row} />,
  },
  {
    header: "Change",
    align: "right",
    cell: ({ difference }) => <span className="nowrap">{formatPoints(difference)}</span>,
  },
  { header: "Rule that applies", width: "26%", cell: ({ rule }) => <span className="small">{rule}</span> },
];

/** Now, proposed, and what is allowed: the same in every segment that the change edits. */
export function ApprovalDiff({ edits }: { readonly edits: ChangeView["edits"] }) {
  return (
    <Panel title="What would change" note="probability of each action">
      <div className="stack">
        {edits.map(({ segment, rows }) => (
          <div key={segment} className="stack-tight">
            <h3 className="segment-title">{segmentName(segment)}</h3>
            <DataTable
              caption={`Edits for ${segmentName(segment)}`}
              columns={COLUMNS}
              rows={rows}
              rowKey={({ action }) => action}
            />
          </div>
        ))}
        <div className="diff-foot">
          <span className="chart-key">
            <span>
              <i className="key-now" /> now
            </span>
            <span>
              <i className="key-proposed" /> proposed
            </span>
            <span>
              <i className="key-allowed" /> allowed by the policy
            </span>
          </span>
          <Disclosure label="Show as JSON">
            <pre className="raw">{JSON.stringify(edits, null, 2)}</pre>
          </Disclosure>
        </div>
      </div>
    </Panel>
  );
}
