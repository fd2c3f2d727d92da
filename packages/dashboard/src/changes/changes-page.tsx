import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { ChangeSummaryView } from "@ratchet/protocol";
import { changesQuery, todayQuery } from "../api/queries.ts";
import { formatShare } from "../format/numbers.ts";
import { isRunning, spoken } from "../format/words.ts";
import { Ago } from "../parts/ago.tsx";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { StatusPill } from "../parts/status-pill.tsx";

const FILTERS = ["Open", "All"];

const COLUMNS: readonly Column<ChangeSummaryView>[] = [
  {
    header: "Change",
    role: "lead",
    cell: ({ id, title }) => (
      <Link to="/changes/$changeId" params={{ changeId: id }} className="row-link" data-row-link>
        {title}
      </Link>
    ),
  },
  { header: "Status", width: "180px", cell: ({ status }) => <StatusPill status={status} /> },
  { header: "Lever", cell: ({ lever }) => spoken(lever) },
  { header: "Impact", cell: ({ tier }) => tier ?? "–" },
  { header: "Share now", align: "right", cell: ({ share, status }) => (isRunning(status) ? formatShare(share) : "–") },
  { header: "By", cell: ({ author }) => author },
  { header: "Since", align: "right", cell: ({ since }) => <Ago at={since} /> },
];

/** What the engine wants to change, is changing, and has changed. */
export function ChangesPage() {
  const query = useQuery(changesQuery);
  return (
    <div className="page">
      <PageHeader
        title="Changes"
        below={<p className="dim">Every edit of the playbook, from proposal to promoted or undone.</p>}
      />
      <QueryView query={query}>
        {({ changes }) => (changes.length === 0 ? <NoChanges /> : <ChangeList changes={changes} />)}
      </QueryView>
    </div>
  );
}

function isOpen({ status }: ChangeSummaryView): boolean {
  return (
    isRunning(status) || ["draft", "evidence", "policy_check", "pending", "approved", "rolling_back"].includes(status)
  );
}

function ChangeList({ changes }: { readonly changes: readonly ChangeSummaryView[] }) {
  const open = changes.filter(isOpen);
  const [filter, setFilter] = useState("All");
  const shown = filter === "Open" ? open : changes;
  return (
    <section className="panel stack" aria-label="List of changes">
      <div className="row">
        <SegmentedControl size="xs" data={FILTERS} value={filter} onChange={setFilter} aria-label="Which changes" />
        <span className="dim small">
          {open.length} open of {changes.length}
        </span>
      </div>
      {shown.length === 0 ? (
        <EmptyState title="No change is open">Choose All to see those that have ended.</EmptyState>
      ) : (
        <DataTable
          caption="Changes, newest first"
          columns={COLUMNS}
          rows={shown}
          rowKey={({ id }) => id}
          isMarked={({ status }) => status === "pending"}
        />
      )}
    </section>
  );
}

function NoChanges() {
  const { data } = useQuery(todayQuery);
  return (
    <section className="panel">
      <EmptyState title="Nothing to review">
        <p>
          {data?.next_cycle?.sentence ?? "A change is proposed when the evidence of a cycle supports one."} Until then,{" "}
          <Link to="/results">Results</Link> say what is known.
        </p>
      </EmptyState>
    </section>
  );
}
