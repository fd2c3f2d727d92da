import { Link } from "@tanstack/react-router";
import type { TraceView } from "@ratchet/protocol";
import { formatCount, formatShare } from "../format/numbers.ts";
import { Ago } from "../parts/ago.tsx";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { StatusPill } from "../parts/status-pill.tsx";
import { Step } from "./came-from.tsx";
import { OutcomesTable } from "./outcomes-table.tsx";

type Altered = TraceView["later"]["altered"][number];

const ALTERED: readonly Column<Altered>[] = [
  {
    header: "Unit",
    role: "lead",
    cell: ({ decision_id, unit_id }) => (
      <Link to="/decisions/$decisionId" params={{ decisionId: decision_id }}>
        {unit_id}
      </Link>
    ),
  },
  {
    header: "Would have got",
    cell: ({ action_before, before }) => `${action_before} (${formatShare(before[action_before] ?? 0, 0)})`,
  },
  {
    header: "Got instead",
    cell: ({ action, after }) => <strong>{`${action} (${formatShare(after[action] ?? 0, 0)})`}</strong>,
  },
  { header: "Decided", align: "right", cell: ({ decided_at }) => <Ago at={decided_at} /> },
];

/** Forward: what came of it, which changes it counted for, which later decisions those altered. */
export function LedTo({ trace: { outcomes, contributed_to: changes, later } }: { readonly trace: TraceView }) {
  return (
    <Panel title="What it led to" note="decision → outcomes → changes → later decisions">
      <ol className="walk">
        <Step name="Outcomes">
          {outcomes.length === 0 ? (
            <span className="dim">None heard of. While its window is open that is unknown, not a no.</span>
          ) : (
            <OutcomesTable outcomes={outcomes} />
          )}
        </Step>
        <Step name="Changes">
          {changes.length === 0 ? <span className="dim">No change's evidence counts this decision yet.</span> : null}
          {changes.map((change) => (
            <span key={change.id} className="row">
              <Link to="/changes/$changeId" params={{ changeId: change.id }}>
                {change.title}
              </Link>
              <StatusPill status={change.status} />
            </span>
          ))}
        </Step>
        <Step name="Later decisions">
          <span className="num">
            {later.count === 0
              ? "None made under those changes yet."
              : `${formatCount(later.count)} made under those changes; of ${formatCount(later.sample.length)} looked at, ${formatCount(later.altered.length)} came out differently because of them.`}
          </span>
          {later.altered.length === 0 ? null : (
            <DataTable
              caption="Later decisions that were altered"
              columns={ALTERED}
              rows={later.altered}
              rowKey={({ decision_id }) => decision_id}
            />
          )}
        </Step>
      </ol>
    </Panel>
  );
}
