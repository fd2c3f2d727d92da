import { unitOf, type MetricKind } from "../format/numbers.ts";
import { MARKERS } from "./cycle-markers.tsx";

/** What the marks of the lift chart mean. */
export function CycleKey({ kind }: { readonly kind: MetricKind }) {
  return (
    <figcaption className="chart-key">
      <span>
        <i className="key-line" /> lift {unitOf(kind)}
      </span>
      <span>
        <i className="key-band" /> where it may lie
      </span>
      <span>
        <i className="key-zero" /> holdout
      </span>
      {Object.entries(MARKERS).map(([marker, { glyph, word, tone }]) => (
        <span key={marker}>
          <b data-tone={tone} className="key-glyph">
            {glyph}
          </b>{" "}
          {word}
        </span>
      ))}
    </figcaption>
  );
}
