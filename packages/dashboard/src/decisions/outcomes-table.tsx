import { Link } from "@tanstack/react-router";
import type { TracedOutcomeView } from "@ratchet/protocol";
import { formatNumber } from "../format/numbers.ts";
import { formatMinute } from "../format/times.ts";
import { spoken } from "../format/words.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";

const COLUMNS: readonly Column<TracedOutcomeView>[] = [
  {
    header: "Unit",
    role: "lead",
    cell: ({ decision_id, unit_id }) => (
      <Link to="/decisions/$decisionId" params={{ decisionId: decision_id }}>
        {unit_id}
      </Link>
    ),
  },
  { header: "Got", cell: ({ action }) => action },
  {
    header: "Outcome",
    cell: ({ signal, value }) =>
      `${spoken(signal)}${value === null ? "" : `: ${formatNumber(value, Number.isInteger(value) ? 0 : 2)}`}`,
  },
  { header: "When", align: "right", cell: ({ occurred_at }) => formatMinute(occurred_at) },
];

/** Outcomes, each with the decision that it followed. */
export function OutcomesTable({ outcomes }: { readonly outcomes: readonly TracedOutcomeView[] }) {
  return <DataTable caption="Outcomes" columns={COLUMNS} rows={outcomes} rowKey={({ message_id }) => message_id} />;
}
