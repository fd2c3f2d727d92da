import type { ChangeView } from "@ratchet/protocol";
import { actorName, counted, listed, spoken } from "../format/words.ts";
import { Ago } from "../parts/ago.tsx";
import { Panel } from "../parts/panel.tsx";
import { Pill } from "../parts/pill.tsx";

/** Who said yes to exactly these bytes, and who is still asked. */
export function Approvals({ change }: { readonly change: ChangeView }) {
  const { approvals, approvals_missing: missing, verdict, status } = change;
  const isAsked = status === "pending" && missing.length > 0;
  return (
    <Panel title="Approvals">
      <ul className="plain-list">
        {approvals.map((approval) => (
          <li key={`${approval.by} ${approval.role}`} className="stack-tight">
            <span className="row">
              <Pill tone="good" glyph="✓">
                Approved
              </Pill>
              <span>
                <strong>{actorName(approval.by)}</strong> as {spoken(approval.role)}
              </span>
            </span>
            <span className="small dim">
              <Ago at={approval.at} />
              {approval.comment === "" ? null : ` · “${approval.comment}”`}
            </span>
          </li>
        ))}
        {isAsked
          ? missing.map(({ role, count, people }) => (
              <li key={role} className="stack-tight">
                <span className="row">
                  <Pill tone="watch" glyph="○">
                    Missing
                  </Pill>
                  <span>
                    <strong>{counted(count, "approval")}</strong> as {spoken(role)}
                  </span>
                </span>
                <span className="small dim">
                  {people.length === 0 ? "nobody has this role" : listed(people.map(actorName))}
                </span>
              </li>
            ))
          : null}
      </ul>
      {approvals.length === 0 && !isAsked ? <p className="dim">{silence(verdict?.kind)}</p> : null}
    </Panel>
  );
}

function silence(kind: NonNullable<ChangeView["verdict"]>["kind"] | undefined): string {
  if (kind === "automatic") return "The policy lets this change go ahead without a person.";
  if (kind === "forbidden") return "The policy forbids this change: nobody can approve it.";
  return "Nobody has ruled on this change.";
}
