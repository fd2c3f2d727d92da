import type { HealthView } from "@ratchet/protocol";
import { capital, spoken, type Tone } from "../format/words.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Panel } from "../parts/panel.tsx";

const STATES: Readonly<
  Record<HealthView["state"], { readonly tone: Tone; readonly glyph: string; readonly word: string }>
> = {
  green: { tone: "good", glyph: "✓", word: "passes" },
  red: { tone: "bad", glyph: "✕", word: "fails" },
  no_data: { tone: "neutral", glyph: "–", word: "no data" },
};

/** Whether the data can be believed. One red check voids every verdict. */
export function Health({ checks }: { readonly checks: readonly HealthView[] }) {
  const red = checks.filter((check) => check.state === "red").length;
  const note = checks.length === 0 ? undefined : red === 0 ? "nothing fails" : `${red} of ${checks.length} fail`;
  return (
    <Panel title="Data health" note={note}>
      {checks.length === 0 ? (
        <EmptyState title="Nothing checked yet">Checks run when the first decisions and outcomes are in.</EmptyState>
      ) : (
        <ul className="plain-list">
          {checks.map((check) => (
            <li key={check.check} className="health">
              <span
                className="health-mark"
                data-tone={STATES[check.state].tone}
                role="img"
                aria-label={STATES[check.state].word}
              >
                {STATES[check.state].glyph}
              </span>
              <span className="stack-tight">
                <strong>{capital(spoken(check.check))}</strong>
                <span className="small dim">{capital(check.sentence)}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
