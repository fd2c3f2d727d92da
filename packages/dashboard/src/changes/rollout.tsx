import type { ChangeView } from "@ratchet/protocol";
import { RolloutBar } from "../charts/rollout-bar.tsx";
import { formatCount, formatDifference, formatShare } from "../format/numbers.ts";
import { isRunning } from "../format/words.ts";
import { Ago } from "../parts/ago.tsx";
import { Panel } from "../parts/panel.tsx";
import { useObjectiveKind } from "./use-metric-kind.ts";

interface RolloutProps {
  readonly change: ChangeView;
  readonly rollout: NonNullable<ChangeView["rollout"]>;
}

/** How far the release has come, and what it has shown so far. */
export function Rollout({ change, rollout }: RolloutProps) {
  const kind = useObjectiveKind();
  const isLive = isRunning(change.status);
  return (
    <Panel
      title="Rollout"
      note={
        rollout.started_at === null ? (
          "not started"
        ) : (
          <>
            started <Ago at={rollout.started_at} />
          </>
        )
      }
    >
      <div className="stack">
        <RolloutBar rollout={rollout} isLive={isLive} isPromoted={change.status === "promoted"} />
        <dl className="facts">
          <dt>Share of units now</dt>
          <dd className="num">{change.status === "promoted" ? "all but the holdout" : formatShare(change.share)}</dd>
          <dt>Candidate units so far</dt>
          <dd className="num">{formatCount(rollout.units)}</dd>
          <dt>Candidate against control</dt>
          <dd className="num">
            {rollout.effect === null
              ? "not measured yet"
              : `${formatDifference(rollout.effect, kind)}, however often you look`}
          </dd>
        </dl>
      </div>
    </Panel>
  );
}
