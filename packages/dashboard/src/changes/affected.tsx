import type { ChangeView } from "@ratchet/protocol";
import { ShareBar } from "../charts/share-bar.tsx";
import { capital, listed, segmentName } from "../format/words.ts";
import { Panel } from "../parts/panel.tsx";

/** Who is affected, and how it is taken back. */
export function Affected({ change }: { readonly change: ChangeView }) {
  return (
    <Panel title="Who is affected">
      <div className="stack">
        <div className="stack-tight">
          <span>{listed(change.edits.map(({ segment }) => segmentName(segment)))}</span>
          <ShareBar share={change.audience_share} label="Share of all units" />
          <span className="small dim">of all units; the holdout never gets it</span>
        </div>
        <div className="stack-tight">
          <h3>When it is taken back</h3>
          <p className="small">{capital(change.rollback_rule)}</p>
        </div>
      </div>
    </Panel>
  );
}
