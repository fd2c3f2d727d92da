import type { MetricResultView } from "@ratchet/protocol";
import { formatPlain, scaleOf, unitOf } from "../format/numbers.ts";
import { capital, counted, spoken } from "../format/words.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Panel } from "../parts/panel.tsx";
import { Pill } from "../parts/pill.tsx";
import { ActionEffects } from "./action-effects.tsx";
import { Readings } from "./readings.tsx";
import { SegmentEffects } from "./segment-effects.tsx";

/** One metric: each action against the baseline, what that means, and where. */
export function MetricResult({ result }: { readonly result: MetricResultView }) {
  return (
    <Panel
      title={
        <span className="row">
          {capital(spoken(result.metric))}
          {result.is_objective ? <Pill tone="info">Objective</Pill> : null}
        </span>
      }
      note={`against ${result.baseline} · ${direction(result)} · ${smallest(result)}`}
    >
      {result.actions.length === 0 ? (
        <EmptyState title="Nothing to compare yet">
          Each action needs units of its own beside those of {result.baseline}.
        </EmptyState>
      ) : (
        <div className="stack">
          <ActionEffects result={result} />
          <Readings result={result} />
          {result.censored === 0 ? null : (
            <p className="small dim num">
              {counted(result.censored, "decision")} {result.censored === 1 ? "is" : "are"} left out: the outcome window
              is still open, so the outcome is not known.
            </p>
          )}
          {result.segments.length === 0 ? null : <SegmentEffects result={result} />}
        </div>
      )}
    </Panel>
  );
}

function direction({ direction: better }: MetricResultView): string {
  return better === "increase" ? "more is better" : "less is better";
}

function smallest({ minimum_effect: effect, kind }: MetricResultView): string {
  return `worth a change from ${formatPlain(effect * scaleOf(kind))} ${unitOf(kind)}`;
}
