import type { ChangeView } from "@ratchet/protocol";
import { formatMinute } from "../format/times.ts";
import { actorName, capital } from "../format/words.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Panel } from "../parts/panel.tsx";

/** What the ledger says about this change, oldest first. */
export function ChangeTimeline({ timeline }: { readonly timeline: ChangeView["timeline"] }) {
  return (
    <Panel title="Timeline" note="from the ledger">
      {timeline.length === 0 ? (
        <EmptyState title="Nothing recorded yet">Its first entry appears when it is proposed.</EmptyState>
      ) : (
        <ol className="timeline">
          {timeline.map((entry, i) => (
            <li key={`${entry.at} ${entry.kind} ${i}`} data-kind={entry.kind}>
              <span>{capital(entry.sentence)}</span>
              <span className="small dim">
                {formatMinute(entry.at)} · {actorName(entry.actor)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
