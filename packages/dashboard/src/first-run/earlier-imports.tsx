import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ImportView } from "@ratchet/protocol";
import { importsQuery } from "../api/queries.ts";
import { formatCount } from "../format/numbers.ts";
import { Ago } from "../parts/ago.tsx";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { Pill } from "../parts/pill.tsx";

const COLUMNS: readonly Column<ImportView>[] = [
  {
    header: "Source",
    role: "lead",
    cell: ({ name, report }) =>
      report === null ? (
        name
      ) : (
        <Link to="/results" search={{ source: report.source }} className="row-link" data-row-link>
          {name}
        </Link>
      ),
  },
  { header: "File", cell: ({ file }) => file },
  {
    header: "State",
    cell: ({ state }) => (
      <Pill tone={state === "done" ? "good" : state === "failed" ? "bad" : "info"}>
        {state === "done" ? "Imported" : state === "failed" ? "Failed" : "Running"}
      </Pill>
    ),
  },
  { header: "Imported", align: "right", cell: ({ imported }) => formatCount(imported) },
  { header: "Quarantined", align: "right", cell: ({ quarantined }) => formatCount(quarantined) },
  { header: "Started", align: "right", cell: ({ started_at }) => <Ago at={started_at} /> },
];

/** What was brought in before. Silent where there is nothing: the drop zone above says what to do. */
export function EarlierImports() {
  const { data } = useQuery(importsQuery);
  if (data === undefined || data.imports.length === 0) return null;
  return (
    <Panel title="Earlier imports">
      <DataTable
        caption="Earlier imports"
        columns={COLUMNS}
        rows={data.imports}
        rowKey={({ import_id }) => import_id}
      />
    </Panel>
  );
}
