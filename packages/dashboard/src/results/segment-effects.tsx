import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { IntervalView, MetricResultView, SegmentEffectView } from "@ratchet/protocol";
import { domainOf, endsOf, type Domain } from "../charts/domain.ts";
import { IntervalStrip } from "../charts/interval-strip.tsx";
import { StripAxis } from "../charts/strip-axis.tsx";
import {
  formatCount,
  formatDifference,
  formatEnds,
  formatEstimate,
  unitOf,
  type MetricKind,
} from "../format/numbers.ts";
import { segmentName } from "../format/words.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { VerdictPill } from "../parts/verdict-pill.tsx";
import { toneOf } from "./tone-of.ts";

const READINGS = [
  { value: "shrunken", label: "Steadied" },
  { value: "raw", label: "As measured" },
];

const EXPLAINED: Readonly<Record<string, string>> = {
  shrunken: "Each segment is drawn towards what all segments say, the more so the fewer units it has.",
  raw: "Each segment by itself. Small ones swing widely by chance alone.",
};

/** Where the effect is: one row a segment and action. */
export function SegmentEffects({ result }: { readonly result: MetricResultView }) {
  const { kind, direction, segments } = result;
  const [reading, setReading] = useState("shrunken");
  const shown = (row: SegmentEffectView): IntervalView => (reading === "raw" ? row.raw : row.shrunken);
  const domain = domainOf(segments.flatMap((row) => [...endsOf(row.shrunken), ...endsOf(row.raw)]));
  return (
    <div className="segments stack">
      <div className="row segments-head">
        <h3>By segment</h3>
        <SegmentedControl
          size="xs"
          data={READINGS}
          value={reading}
          onChange={setReading}
          aria-label="How segments are read"
        />
        <span className="small dim">{EXPLAINED[reading]}</span>
      </div>
      <DataTable
        caption={`Effect by segment, ${reading}`}
        columns={columnsOf({ kind, direction, domain, shown })}
        rows={segments}
        rowKey={({ segment, action }) => `${segment} ${action}`}
      />
    </div>
  );
}

interface Reading {
  readonly kind: MetricKind;
  readonly direction: MetricResultView["direction"];
  readonly domain: Domain;
  /** Which of a segment's two intervals is read. */
  readonly shown: (row: SegmentEffectView) => IntervalView;
}

function columnsOf({ kind, direction, domain, shown }: Reading): readonly Column<SegmentEffectView>[] {
  return [
    { header: "Segment", role: "lead", width: "20%", cell: ({ segment }) => segmentName(segment) },
    { header: "Action", width: "14%", cell: ({ action }) => action },
    {
      header: "Units",
      align: "right",
      width: "130px",
      cell: ({ n, n_baseline: base }) => <span className="nowrap">{`${formatCount(n)} / ${formatCount(base)}`}</span>,
    },
    {
      header: "Difference",
      role: "wide",
      width: "30%",
      foot: <StripAxis domain={domain} kind={kind} />,
      cell: (row) => (
        <IntervalStrip
          inner={shown(row)}
          domain={domain}
          tone={toneOf({ interval: shown(row), verdict: row.verdict, direction })}
          label={`${segmentName(row.segment)}, ${row.action}: ${formatDifference(shown(row), kind)}`}
        />
      ),
    },
    {
      header: `Numbers ${unitOf(kind)}`,
      width: "20%",
      cell: (row) => (
        <span className="num">
          <strong>{formatEstimate(shown(row), kind)}</strong>{" "}
          <span className="nowrap">({formatEnds(shown(row), kind)})</span>
        </span>
      ),
    },
    { header: "Verdict", cell: ({ verdict }) => <VerdictPill verdict={verdict} /> },
  ];
}
