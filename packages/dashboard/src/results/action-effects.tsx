import type { ComparisonView, MetricResultView } from "@ratchet/protocol";
import { domainOf, endsOf } from "../charts/domain.ts";
import { IntervalStrip } from "../charts/interval-strip.tsx";
import { StripAxis } from "../charts/strip-axis.tsx";
import {
  formatCount,
  formatDifference,
  formatEnds,
  formatEstimate,
  formatMean,
  formatShare,
  unitOf,
  type MetricKind,
} from "../format/numbers.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { VerdictPill } from "../parts/verdict-pill.tsx";
import { toneOf } from "./tone-of.ts";

/** A forest plot with its numbers: one row an action. */
export function ActionEffects({ result }: { readonly result: MetricResultView }) {
  const { kind, direction, actions } = result;
  const domain = domainOf(actions.flatMap(({ fixed, sequence }) => [...endsOf(fixed), ...endsOf(sequence)]));
  const columns: readonly Column<ComparisonView>[] = [
    { header: "Action", role: "lead", width: "14%", cell: ({ action }) => <strong>{action}</strong> },
    { header: "With the action", width: "11%", cell: ({ mean, n }) => <Measured mean={mean} n={n} kind={kind} /> },
    {
      header: "With the baseline",
      width: "11%",
      cell: ({ mean_baseline: mean, n_baseline: n }) => <Measured mean={mean} n={n} kind={kind} />,
    },
    {
      header: "Difference",
      role: "wide",
      width: "30%",
      foot: <StripAxis domain={domain} kind={kind} />,
      cell: (row) => (
        <IntervalStrip
          inner={row.fixed}
          outer={row.sequence}
          domain={domain}
          tone={toneOf({ interval: row.sequence, verdict: row.verdict, direction })}
          label={`${row.action}: ${formatDifference(row.fixed, kind)} looked at once; ${formatEnds(row.sequence, kind)} however often`}
        />
      ),
    },
    { header: `Numbers ${unitOf(kind)}`, width: "20%", cell: (row) => <Numbers row={row} kind={kind} /> },
    { header: "Verdict", cell: ({ verdict }) => <VerdictPill verdict={verdict} /> },
  ];
  return (
    <div>
      <DataTable
        caption={`Each action against ${result.baseline}`}
        columns={columns}
        rows={actions}
        rowKey={({ action }) => action}
      />
      <div className="forest-foot">
        <div className="chart-key">
          <span>
            <i className="key-inner" /> {formatShare(actions[0]?.fixed.confidence ?? 0.95)} interval, looked at once
          </span>
          <span>
            <i className="key-outer" /> however often you look
          </span>
          <span>
            <i className="key-none" /> no difference
          </span>
        </div>
      </div>
    </div>
  );
}

interface MeasuredProps {
  readonly mean: number | null;
  readonly n: number;
  readonly kind: MetricKind;
}

/** Raw counts always: a rate without them says nothing about how sure it is. */
function Measured({ mean, n, kind }: MeasuredProps) {
  const of =
    kind === "conversion" && mean !== null
      ? `${formatCount(mean * n)} of ${formatCount(n)}`
      : `${formatCount(n)} units`;
  return (
    <span className="stack-tight measured">
      <span className="num">{formatMean(mean, kind)}</span>
      <span className="small dim num">{of}</span>
    </span>
  );
}

function Numbers({ row, kind }: { readonly row: ComparisonView; readonly kind: MetricKind }) {
  return (
    <span className="stack-tight measured">
      <span className="num">
        <strong>{formatEstimate(row.fixed, kind)}</strong>{" "}
        <span className="nowrap">({formatEnds(row.fixed, kind)})</span>
      </span>
      <span className="small dim num">
        {row.sequence.estimate === null ? "" : `${formatEnds(row.sequence, kind)} however often`}
      </span>
    </span>
  );
}
