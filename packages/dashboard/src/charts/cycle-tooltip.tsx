import { formatCount, formatDifference, type MetricKind } from "../format/numbers.ts";
import { MARKERS } from "./cycle-markers.tsx";
import type { CycleLift } from "./describe-cycles.ts";

const WIDTH = 230;

interface CycleTooltipProps {
  readonly cycle: CycleLift;
  readonly kind: MetricKind;
  readonly x: number;
  /** Width of the chart: the tooltip stays inside. */
  readonly width: number;
}

/** The numbers under the pointer; the table below the chart has them all. */
export function CycleTooltip({ cycle, kind, x, width }: CycleTooltipProps) {
  const left = x + 12 + WIDTH > width ? Math.max(0, x - WIDTH - 12) : x + 12;
  return (
    <div className="chart-tooltip" style={{ left, width: WIDTH }} aria-hidden>
      <strong>Cycle {cycle.cycle}</strong>
      <span className="num">{formatDifference(cycle, kind)}</span>
      <span className="dim">{formatCount(cycle.n)} units so far</span>
      {cycle.markers.map((marker) => (
        <span key={`${marker.kind} ${marker.change_id}`}>
          {MARKERS[marker.kind].glyph} {marker.change_id} {MARKERS[marker.kind].word}
        </span>
      ))}
    </div>
  );
}
