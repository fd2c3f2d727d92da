import type { MetricResultView } from "@ratchet/protocol";
import { sentence } from "../format/words.ts";
import { readingOf } from "./reading-of.ts";

/** What each row means, and what would make an open question answerable. */
export function Readings({ result }: { readonly result: MetricResultView }) {
  return (
    <dl className="facts readings">
      {result.actions.map((row) => (
        <div key={row.action} className="key-row">
          <dt>{row.action}</dt>
          <dd className="num">
            {readingOf(row, result)}
            {row.needed === null ? null : <span className="dim"> {sentence(row.needed)}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
