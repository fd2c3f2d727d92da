import type { TodayView } from "@ratchet/protocol";
import { formatCount } from "../format/numbers.ts";

/** What has come in, always as raw counts. */
export function CountStrip({ counts }: { readonly counts: TodayView["counts"] }) {
  const shown = [
    { label: "Decisions", n: counts.decisions, note: "recorded" },
    { label: "Signals", n: counts.signals, note: "received" },
    { label: "In the inbox", n: counts.backlog, note: "safe, not yet counted" },
    { label: "Quarantined", n: counts.quarantined, note: "did not fit" },
  ];
  return (
    <dl className="counts" aria-label="Counts">
      {shown.map(({ label, n, note }) => (
        <div key={label} className="count">
          <dt>{label}</dt>
          <dd className="num">{formatCount(n)}</dd>
          <dd className="dim small">{note}</dd>
        </div>
      ))}
    </dl>
  );
}
