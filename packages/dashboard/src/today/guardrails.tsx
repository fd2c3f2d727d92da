import type { GuardrailView } from "@ratchet/protocol";
import { GuardrailMeter } from "../charts/guardrail-meter.tsx";
import { capital, spoken, type Tone } from "../format/words.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Panel } from "../parts/panel.tsx";
import { Pill } from "../parts/pill.tsx";

const STATES: Readonly<
  Record<GuardrailView["state"], { readonly word: string; readonly tone: Tone; readonly glyph: string }>
> = {
  fine: { word: "Fine", tone: "good", glyph: "✓" },
  watch: { word: "Watch", tone: "watch", glyph: "!" },
  stopped: { word: "Stopped", tone: "bad", glyph: "■" },
  no_data: { word: "No data", tone: "neutral", glyph: "–" },
};

/** Metrics that must not get worse, each against its limit. */
export function Guardrails({ guardrails }: { readonly guardrails: readonly GuardrailView[] }) {
  return (
    <Panel title="Guardrails" note="candidate against control">
      {guardrails.length === 0 ? (
        <EmptyState title="No guardrail is set">
          Name metrics that must not get worse under guardrails in the mapping or the policy.
        </EmptyState>
      ) : (
        <ul className="plain-list">
          {guardrails.map((guardrail) => (
            <Guardrail key={guardrail.id} guardrail={guardrail} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Guardrail({ guardrail }: { readonly guardrail: GuardrailView }) {
  const { word, tone, glyph } = STATES[guardrail.state];
  return (
    <li className="guardrail">
      <div className="row guardrail-head">
        <strong>{capital(spoken(guardrail.metric))}</strong>
        <Pill tone={tone} glyph={glyph}>
          {word}
        </Pill>
      </div>
      {guardrail.estimate === null ? null : <GuardrailMeter guardrail={guardrail} tone={tone} />}
      <p className="small dim">{capital(guardrail.sentence)}</p>
    </li>
  );
}
