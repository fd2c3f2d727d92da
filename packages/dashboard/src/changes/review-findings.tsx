import type { ChangeView } from "@ratchet/protocol";
import { capital, counted, listed, spoken } from "../format/words.ts";
import { Panel } from "../parts/panel.tsx";
import { Pill } from "../parts/pill.tsx";

type Verdict = NonNullable<ChangeView["verdict"]>;

const SCORE_MAX = 100;

/** What the policy says, rule by rule. */
export function ReviewFindings({ verdict }: { readonly verdict: Verdict }) {
  return (
    <Panel title="Policy" note={`impact ${verdict.tier} · ${Math.round(verdict.score)} of ${SCORE_MAX}`}>
      <div className="stack">
        <p>{ruling(verdict)}</p>
        <ul className="plain-list findings">
          {verdict.findings.map((finding) => (
            <li key={`${finding.rule} ${finding.message}`} className="stack-tight">
              <span className="row">
                <Pill tone={finding.outcome === "ok" ? "good" : "bad"} glyph={finding.outcome === "ok" ? "✓" : "✕"}>
                  {finding.outcome === "ok" ? "Within" : "Forbidden"}
                </Pill>
                <span className="mono">{finding.rule}</span>
              </span>
              <span className="small dim">{capital(finding.message)}</span>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}

function ruling(verdict: Verdict): string {
  if (verdict.kind === "automatic")
    return "Goes ahead by itself: the policy asks for nobody's approval at this impact.";
  if (verdict.kind === "forbidden") return "Forbidden: at least one rule below says no.";
  return `Needs ${listed(verdict.approvers.map(({ role, count }) => `${counted(count, "approval")} as ${spoken(role)}`))}.`;
}
