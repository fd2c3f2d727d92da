import type { ChangeView } from "@ratchet/protocol";
import { formatShare } from "../format/numbers.ts";
import "./charts.css";

type Rollout = NonNullable<ChangeView["rollout"]>;

interface RolloutBarProps {
  readonly rollout: Rollout;
  /** Where the change stands now: it stopped where it was, or goes on. */
  readonly isLive: boolean;
  readonly isPromoted: boolean;
}

/** The stages of a release, as a list that looks like a bar: passed, here, to come. */
export function RolloutBar({ rollout, isLive, isPromoted }: RolloutBarProps) {
  return (
    <ol className="rollout">
      {rollout.steps.map((share, i) => {
        const state = isPromoted || i < rollout.step ? "passed" : i === rollout.step && isLive ? "here" : "ahead";
        return (
          <li key={share} data-state={state} aria-current={state === "here" ? "step" : undefined}>
            <span className="rollout-bar" />
            <span className="rollout-share">{formatShare(share)}</span>
            <span className="rollout-word">
              {i === 0 ? "canary" : ""}
              {state === "here" ? (i === 0 ? " · here" : "here") : ""}
            </span>
          </li>
        );
      })}
      <li data-state={isPromoted ? "passed" : "ahead"}>
        <span className="rollout-bar" />
        <span className="rollout-share">Promoted</span>
        <span className="rollout-word">everyone but the holdout</span>
      </li>
    </ol>
  );
}
