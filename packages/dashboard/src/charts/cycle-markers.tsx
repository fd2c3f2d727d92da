import type { Tone } from "../format/words.ts";
import type { CycleLift } from "./describe-cycles.ts";

type Marker = CycleLift["markers"][number]["kind"];

/** How each event is drawn and called. */
export const MARKERS: Readonly<Record<Marker, { readonly glyph: string; readonly word: string; readonly tone: Tone }>> =
  {
    started: { glyph: "◆", word: "change started", tone: "info" },
    promoted: { glyph: "▲", word: "promoted", tone: "good" },
    rolled_back: { glyph: "▼", word: "rolled back", tone: "bad" },
  };

const GLYPH_WIDTH = 13;

interface CycleMarkersProps {
  readonly cycles: readonly CycleLift[];
  readonly x: (cycle: number) => number;
  readonly top: number;
  readonly bottom: number;
}

/** A vertical line and a glyph for each thing that happened to the playbook. */
export function CycleMarkers({ cycles, x, top, bottom }: CycleMarkersProps) {
  return cycles
    .filter(({ markers }) => markers.length > 0)
    .map(({ cycle, markers }) => (
      <g key={cycle}>
        <line x1={x(cycle)} x2={x(cycle)} y1={top} y2={bottom} className="chart-marker-line" />
        {markers.map(({ kind, change_id }, i) => (
          <text
            key={`${kind} ${change_id}`}
            x={x(cycle) + (i - (markers.length - 1) / 2) * GLYPH_WIDTH}
            y={top - 4}
            textAnchor="middle"
            className="chart-glyph"
            data-tone={MARKERS[kind].tone}
          >
            {MARKERS[kind].glyph}
          </text>
        ))}
      </g>
    ));
}
