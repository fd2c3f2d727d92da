import type { DecisionDetailView } from "@ratchet/protocol";
import { formatShare } from "../format/numbers.ts";
import { capital, segmentName, spoken } from "../format/words.ts";
import { Disclosure } from "../parts/disclosure.tsx";
import { Panel } from "../parts/panel.tsx";
import { Chances } from "./chances.tsx";

const REASONS_MAX = 3;

/** At most three reasons in words, the chance it had, and what was known. */
export function Why({ decision }: { readonly decision: DecisionDetailView }) {
  const context = Object.entries(decision.context);
  return (
    <Panel title="Why this unit got this">
      <div className="stack">
        <ol className="reasons">
          {decision.reasons.slice(0, REASONS_MAX).map((reason) => (
            <li key={reason}>{capital(reason)}</li>
          ))}
        </ol>
        {decision.reasons.length === 0 ? (
          <p className="dim">This decision was imported; its log gives no reasons.</p>
        ) : null}
        <Chances decision={decision} />
        <dl className="facts">
          <dt>Action</dt>
          <dd>
            <strong>{decision.action}</strong>, {chance(decision.propensity)}
          </dd>
          <dt>Segment</dt>
          <dd>{segmentName(decision.segment)}</dd>
          <dt>Source</dt>
          <dd>{decision.source}</dd>
        </dl>
        {context.length === 0 ? null : (
          <Disclosure label={`What was known: ${context.length === 1 ? "1 value" : `${context.length} values`}`}>
            <dl className="facts">
              {context.map(([name, value]) => (
                <div key={name} className="key-row">
                  <dt>{spoken(name)}</dt>
                  <dd className="num">{value === null ? "unknown" : String(value)}</dd>
                </div>
              ))}
            </dl>
          </Disclosure>
        )}
        <span className="mono dim">{decision.decision_id}</span>
      </div>
    </Panel>
  );
}

function chance(propensity: number | null): string {
  if (propensity === null) return "with a chance that its log does not tell";
  return propensity === 1 ? "the only action it could get" : `with a chance of ${formatShare(propensity)}`;
}
