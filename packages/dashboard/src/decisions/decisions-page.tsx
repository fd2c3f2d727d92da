import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import type { DecisionDetailView, DecisionListView } from "@ratchet/protocol";
import { decisionsQuery } from "../api/queries.ts";
import { formatCount, formatShare } from "../format/numbers.ts";
import { segmentName } from "../format/words.ts";
import { Ago } from "../parts/ago.tsx";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { CohortPill } from "./cohort-pill.tsx";
import { HowToAsk } from "./how-to-ask.tsx";
import "./decisions.css";

const COLUMNS: readonly Column<DecisionDetailView>[] = [
  {
    header: "Unit",
    role: "lead",
    cell: ({ decision_id, unit_id }) => (
      <Link to="/decisions/$decisionId" params={{ decisionId: decision_id }} className="row-link" data-row-link>
        {unit_id}
      </Link>
    ),
  },
  { header: "Action", cell: ({ action }) => <strong>{action}</strong> },
  {
    header: "Chance",
    align: "right",
    cell: ({ propensity }) => (propensity === null ? "not logged" : formatShare(propensity, 0)),
  },
  { header: "Segment", cell: ({ segment }) => segmentName(segment) },
  { header: "Cohort", cell: ({ cohort }) => <CohortPill cohort={cohort} /> },
  { header: "Playbook", align: "right", cell: ({ playbook_version: version }) => `v${version}` },
  { header: "Decided", align: "right", cell: ({ decided_at }) => <Ago at={decided_at} /> },
];

/** What did we tell your tools to do? */
export function DecisionsPage() {
  const { unit } = useSearch({ from: "/decisions" });
  const query = useQuery(decisionsQuery(unit));
  return (
    <div className="page">
      <PageHeader
        title="Decisions"
        below={<p className="dim">What Ratchet told your tools to do, newest first. Open one to see why.</p>}
        actions={<UnitFilter key={unit ?? ""} unit={unit ?? ""} />}
      />
      <QueryView query={query}>{(list) => <DecisionList list={list} unit={unit} />}</QueryView>
    </div>
  );
}

function UnitFilter({ unit }: { readonly unit: string }) {
  const navigate = useNavigate();
  const [text, setText] = useState(unit);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void navigate({ to: "/decisions", search: text.trim() === "" ? {} : { unit: text.trim() } });
  };
  return (
    <form className="row" onSubmit={submit} role="search">
      <TextInput
        size="xs"
        aria-label="Unit id"
        placeholder="Unit id"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button size="xs" variant="default" type="submit">
        Find unit
      </Button>
    </form>
  );
}

function DecisionList({ list, unit }: { readonly list: DecisionListView; readonly unit: string | undefined }) {
  if (list.decisions.length === 0) return unit === undefined ? <HowToAsk /> : <NoneFor unit={unit} />;
  return (
    <section className="panel stack" aria-label="List of decisions">
      <span className="dim small num">
        {formatCount(list.decisions.length)} of {formatCount(list.total)}
        {unit === undefined ? null : ` for ${unit}`}
      </span>
      <DataTable
        caption="Decisions, newest first"
        columns={COLUMNS}
        rows={list.decisions}
        rowKey={({ decision_id }) => decision_id}
      />
    </section>
  );
}

function NoneFor({ unit }: { readonly unit: string }) {
  return (
    <section className="panel">
      <EmptyState title={`No decision for ${unit}`}>
        <p>
          Ids must match to the letter. <Link to="/decisions">Show all decisions</Link>
        </p>
      </EmptyState>
    </section>
  );
}
