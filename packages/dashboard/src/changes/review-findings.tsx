import type { ChangeView } from "@ratchet/protocol";
import { capital, counted, listed, spoken } from "../format/words.ts";
import { Disclosure } from "../parts/disclosure.tsx";
import { Panel } from "../parts/panel.tsx";
import { Pill } from "../parts/pill.tsx";

type Verdict = NonNullable<ChangeView["verdict"]>;

const SCORE_MAX = 100;

/** What the policy says: what it forbids stands open, the rules that hold are folded. */
export function ReviewFindings({ verdict }: { readonly verdict: Verdict }) {
  const forbidden = verdict.findings.filter(({ outcome }) => outcome === "forbidden");
  const fine = verdict.findings.filter(({ outcome }) => outcome === "ok");
  return (
    <Panel title="Policy" note={`impact ${verdict.tier} · ${Math.round(verdict.score)} of ${SCORE_MAX}`}>
      <div className="stack">
        <p>{ruling(verdict)}</p>
        <Findings findings={forbidden} />
        {fine.length === 0 ? null : (
          <Disclosure label={`${counted(fine.length, "rule")} checked and kept`}>
            <Findings findings={fine} />
          </Disclosure>
        )}
      </div>
    </Panel>
  );
}

function Findings({ findings }: { readonly findings: Verdict["findings"] }) {
  if (findings.length === 0) return null;
  return (
    <ul className="plain-list">
      {findings.map(({ rule, outcome, message }) => (
        <li key={`${rule} ${message}`} className="stack-tight">
          <span className="row">
            <Pill tone={outcome === "ok" ? "good" : "bad"} glyph={outcome === "ok" ? "✓" : "✕"}>
              {outcome === "ok" ? "Kept" : "Forbidden"}
            </Pill>
            <span className="mono">{rule}</span>
          </span>
          <span className="small dim">{capital(message)}</span>
        </li>
      ))}
    </ul>
  );
}

function ruling(verdict: Verdict): string {
  if (verdict.kind === "automatic")
    return "Goes ahead by itself: the policy asks for nobody's approval at this impact.";
  if (verdict.kind === "forbidden") return "Forbidden: at least one rule below says no.";
  return `Needs ${listed(verdict.approvers.map(({ role, count }) => `${counted(count, "approval")} as ${spoken(role)}`))}.`;
}
