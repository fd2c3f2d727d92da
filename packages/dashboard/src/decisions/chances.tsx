import { useQuery } from "@tanstack/react-query";
import type { DecisionDetailView, PlaybookView } from "@ratchet/protocol";
import { playbookQuery } from "../api/queries.ts";
import { ShareBar } from "../charts/share-bar.tsx";
import { chancesIn } from "./chances-in.ts";

/** The alternatives, each with its chance. Only where the playbook as it stands decided: the holdout and a trial have rules of their own. */
export function Chances({ decision }: { readonly decision: DecisionDetailView }) {
  const fromPlaybook = decision.cohort === "control" && decision.playbook_version > 0 && decision.propensity !== null;
  const { data } = useQuery({ ...playbookQuery(decision.playbook_version), enabled: fromPlaybook });
  const chances = data === undefined ? null : chancesOf(data, decision);
  if (chances === null) return null;
  return (
    <ul className="chances" aria-label="What it could have got">
      {chances.map(([action, share]) => (
        <li key={action} data-taken={action === decision.action || undefined}>
          <span>{action}</span>
          <ShareBar share={share} label={action} />
        </li>
      ))}
    </ul>
  );
}

function chancesOf(
  playbook: PlaybookView,
  decision: DecisionDetailView,
): readonly (readonly [string, number])[] | null {
  const lever = playbook.levers.find(({ point }) => point === decision.point);
  if (lever?.kind !== "choice") return null;
  const own = chancesIn(lever.segments, decision.segment);
  return own === null ? null : Object.entries(own).toSorted(([, a], [, b]) => b - a);
}
