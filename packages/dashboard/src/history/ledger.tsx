import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { LedgerEntryView, LedgerView } from "@ratchet/protocol";
import { ledgerQuery } from "../api/queries.ts";
import { formatCount } from "../format/numbers.ts";
import { formatMinute } from "../format/times.ts";
import { actorName, capital } from "../format/words.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { Digest } from "../parts/digest.tsx";
import { Disclosure } from "../parts/disclosure.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Notice } from "../parts/notice.tsx";
import { QueryView } from "../parts/query-view.tsx";

const PAGE = 50;

const COLUMNS: readonly Column<LedgerEntryView>[] = [
  { header: "Entry", width: "64px", role: "lead", cell: ({ seq }) => <span className="num">{seq}</span> },
  { header: "When", width: "170px", cell: ({ at }) => <span className="nowrap">{formatMinute(at)}</span> },
  { header: "Who", width: "120px", cell: ({ actor }) => actorName(actor) },
  { header: "What happened", role: "wide", cell: (entry) => <What entry={entry} /> },
];

/** The tamper-evident record, newest first, and whether it is whole. */
export function Ledger() {
  const query = useQuery(ledgerQuery);
  return (
    <QueryView query={query}>
      {(ledger) => (
        <div className="stack">
          <Verification verification={ledger.verification} />
          <Entries entries={ledger.entries} />
        </div>
      )}
    </QueryView>
  );
}

function Verification({ verification }: { readonly verification: LedgerView["verification"] }) {
  if (verification.kind === "broken") {
    return (
      <Notice tone="bad" title={`The ledger is broken at entry ${verification.seq}`}>
        <p>{capital(verification.message)}</p>
        <p>Nothing after that entry can be trusted. Restore the state store from a backup and compare.</p>
      </Notice>
    );
  }
  if (verification.seq === 0) return null;
  return (
    <Notice tone="good" title={`The ledger is whole: all ${formatCount(verification.seq)} entries verified`}>
      <span className="row small">
        Each entry holds the hash of the one before. Head <Digest value={verification.hash} label="head hash" />
      </span>
    </Notice>
  );
}

function Entries({ entries }: { readonly entries: readonly LedgerEntryView[] }) {
  const [shown, setShown] = useState(PAGE);
  const newestFirst = entries.toReversed();
  if (entries.length === 0) {
    return (
      <section className="panel">
        <EmptyState title="Nothing recorded yet">
          <p>
            The first entry is written when the workspace is created: <Link to="/">choose how to start</Link>.
          </p>
        </EmptyState>
      </section>
    );
  }
  return (
    <section className="panel stack" aria-label="Ledger entries">
      <DataTable
        caption="Ledger, newest first"
        columns={COLUMNS}
        rows={newestFirst.slice(0, shown)}
        rowKey={({ seq }) => String(seq)}
      />
      {shown >= entries.length ? null : (
        <Button variant="default" size="xs" onClick={() => setShown(shown + PAGE)}>
          Show older entries
        </Button>
      )}
    </section>
  );
}

function What({ entry }: { readonly entry: LedgerEntryView }) {
  return (
    <div className="stack-tight">
      <span className="row">
        <span>{capital(entry.sentence)}</span>
        {entry.change_id === null ? null : (
          <Link to="/changes/$changeId" params={{ changeId: entry.change_id }} className="small" data-row-link>
            Open change
          </Link>
        )}
      </span>
      <Disclosure label="Show the record">
        <div className="stack-tight">
          <span className="row small">
            <span className="mono">{entry.kind}</span>
            Hash <Digest value={entry.hash} label="hash" /> after{" "}
            <Digest value={entry.previous} label="previous hash" />
          </span>
          <pre className="raw">{JSON.stringify(entry.body, null, 2)}</pre>
        </div>
      </Disclosure>
    </div>
  );
}
