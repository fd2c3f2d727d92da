import type { TraceView } from "@ratchet/protocol";
import { counted, percent } from "./numbers-in-words.ts";

/** The whole walk in sentences, oldest first: outcomes, change, approvals, playbook, this decision, what came of it, what it led to. */
export function traceStory(view: Omit<TraceView, "story">, actionBefore: string | null): readonly string[] {
  return [...beforeIt(view), ...decisionItself(view, actionBefore), ...afterIt(view)];
}

function beforeIt({ change, playbook }: Omit<TraceView, "story">): readonly string[] {
  if (change === null) {
    return playbook.version === 0
      ? ["This decision was made elsewhere and imported; no playbook of this workspace made it."]
      : [`Playbook v${playbook.version} answered; no change stands behind what this unit got.`];
  }
  const { evidence } = change;
  const sample = evidence?.sample[0];
  const from =
    evidence === null
      ? []
      : [
          `${counted(evidence.outcomes, "outcome")} had been seen${sample === undefined ? "" : `, such as ${sample.signal} of unit ${sample.unit_id} after “${sample.action}” on ${sample.occurred_at.slice(0, 10)}`}.`,
          `From them change ${change.id} was drafted by ${change.author}: ${change.title}. ${evidence.sentence}.`,
        ];
  const said = change.approvals.map(({ by, role, at }) => `${by} approved it as ${role} on ${at.slice(0, 10)}.`);
  const approved =
    said.length > 0 ? said : [`Tier ${change.tier ?? "unknown"}: the policy asked nobody to approve it.`];
  const made =
    playbook.change_id === change.id
      ? `It was proven on a share, promoted, and became playbook v${playbook.version}.`
      : `It was on trial (now ${change.status}) beside playbook v${playbook.version}.`;
  return [...from, ...approved, made];
}

function decisionItself(
  { decision, outcomes, change }: Omit<TraceView, "story">,
  actionBefore: string | null,
): readonly string[] {
  const chance = decision.propensity === null ? "" : ` (chance ${percent(decision.propensity)})`;
  const made = `Unit ${decision.unit_id} got “${decision.action}”${chance} on ${decision.decided_at.slice(0, 10)}, in cohort ${decision.cohort}.`;
  const came =
    outcomes.length === 0
      ? "Nothing has come of it so far."
      : `What came of it: ${outcomes.map((o) => `${o.signal}${o.value === null ? "" : ` (${o.value})`} on ${o.occurred_at.slice(0, 10)}`).join(", ")}.`;
  const without = `Without change ${change?.id ?? ""} the same draw would have given it`;
  const altered =
    actionBefore === null
      ? []
      : [actionBefore === decision.action ? `${without} the same.` : `${without} “${actionBefore}”.`];
  return [made, ...altered, came];
}

function afterIt({ contributed_to: changes, later }: Omit<TraceView, "story">): readonly string[] {
  if (changes.length === 0) return ["No change has been drafted from evidence that counted it."];
  const counts = changes.map(
    ({ id, title, status }) => `It counted in the evidence of change ${id} (${title}), now ${status}.`,
  );
  const [altered] = later.altered;
  return [
    ...counts,
    ...(later.count === 0 ? [] : [`${counted(later.count, "later decision")} were made under what was learned.`]),
    ...(altered === undefined
      ? []
      : [
          `Without it, decision ${altered.decision_id} (unit ${altered.unit_id}) would have been “${altered.action_before}”; it was “${altered.action}”.`,
        ]),
  ];
}
