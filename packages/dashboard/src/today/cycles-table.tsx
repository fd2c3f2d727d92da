import { Link } from "@tanstack/react-router";
import { MARKERS } from "../charts/cycle-markers.tsx";
import type { CycleLift } from "../charts/describe-cycles.ts";
import { formatCount, formatEnds, formatEstimate, unitOf, type MetricKind } from "../format/numbers.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";

/** The lift chart's numbers, newest first. */
export function CyclesTable({ cycles, kind }: { readonly cycles: readonly CycleLift[]; readonly kind: MetricKind }) {
  const columns: readonly Column<CycleLift>[] = [
    { header: "Cycle", role: "lead", cell: ({ cycle }) => cycle },
    { header: `Lift ${unitOf(kind)}`, align: "right", cell: (one) => formatEstimate(one, kind) },
    { header: "Interval", align: "right", cell: (one) => formatEnds(one, kind) },
    { header: "Units", align: "right", cell: ({ n }) => formatCount(n) },
    {
      header: "Changes",
      cell: ({ markers }) => (
        <span className="row">
          {markers.map((marker) => (
            <Link
              key={`${marker.kind} ${marker.change_id}`}
              to="/changes/$changeId"
              params={{ changeId: marker.change_id }}
            >
              {MARKERS[marker.kind].glyph} {marker.change_id} {MARKERS[marker.kind].word}
            </Link>
          ))}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      caption="Lift by cycle"
      columns={columns}
      rows={cycles.toReversed()}
      rowKey={({ cycle }) => String(cycle)}
    />
  );
}
