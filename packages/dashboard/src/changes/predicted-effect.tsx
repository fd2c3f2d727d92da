import { useQuery } from "@tanstack/react-query";
import type { ChangeView, PredictedEffectView } from "@ratchet/protocol";
import { evidenceQuery } from "../api/queries.ts";
import { domainOf, endsOf } from "../charts/domain.ts";
import { IntervalStrip } from "../charts/interval-strip.tsx";
import { StripAxis } from "../charts/strip-axis.tsx";
import { formatCount, formatDifference, formatShare } from "../format/numbers.ts";
import { capital, spoken, type Tone } from "../format/words.ts";
import { Digest } from "../parts/digest.tsx";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { useObjectiveKind } from "./use-metric-kind.ts";

type Estimate = Extract<PredictedEffectView, { kind: "estimate" }>;

/** What the change would do, how sure that is, and what nobody would notice. */
export function PredictedEffect({ change }: { readonly change: ChangeView }) {
  const { predicted, rationale, cannot_detect: blind, evidence } = change;
  return (
    <Panel title="Predicted effect" note="from data that this change did not choose">
      <div className="stack">
        {predicted.kind === "estimate" ? (
          <EstimatedEffect predicted={predicted} />
        ) : (
          <Notice tone="neutral" title="Its effect cannot be predicted">
            <p>{capital(predicted.message)}</p>
          </Notice>
        )}
        <p>{rationale}</p>
        {blind.length === 0 ? null : (
          <div className="stack-tight">
            <h3>What cannot be detected</h3>
            <ul className="bullets">
              {blind.map((sentence) => (
                <li key={sentence}>{capital(sentence)}</li>
              ))}
            </ul>
          </div>
        )}
        {evidence === null ? null : <Maths digest={evidence} />}
      </div>
    </Panel>
  );
}

function EstimatedEffect({ predicted }: { readonly predicted: Estimate }) {
  const kind = useObjectiveKind();
  const domain = domainOf(endsOf(predicted));
  const clears: Tone = (predicted.lower ?? -1) > 0 ? "good" : (predicted.upper ?? 1) < 0 ? "bad" : "neutral";
  const label = `${spoken(predicted.metric)}: ${formatDifference(predicted, kind)}`;
  return (
    <div className="stack-tight">
      <p className="effect num">
        {formatDifference(predicted, kind)} <span className="dim">in {spoken(predicted.metric)}</span>
      </p>
      <div className="effect-plot">
        <IntervalStrip inner={predicted} domain={domain} tone={clears} label={label} />
        <StripAxis domain={domain} kind={kind} />
      </div>
      <p className="small dim num">
        {formatShare(predicted.confidence)} interval, from {formatCount(predicted.n)} decisions worth{" "}
        {formatCount(predicted.effective_sample_size)} equally weighted ones.
      </p>
    </div>
  );
}

/** The evidence snapshot itself, asked for only when it is opened. */
function Maths({ digest }: { readonly digest: string }) {
  const { data, refetch } = useQuery({ ...evidenceQuery(digest), enabled: false });
  return (
    <details
      className="disclosure"
      onToggle={(event) => {
        if (event.currentTarget.open && data === undefined) void refetch();
      }}
    >
      <summary>Show the maths</summary>
      <div className="stack-tight">
        <span className="row small">
          Evidence snapshot <Digest value={digest} label="evidence digest" />
        </span>
        <pre className="raw">{data === undefined ? "Loading…" : JSON.stringify(data.document, null, 2)}</pre>
      </div>
    </details>
  );
}
