import { isoOf, type Decision } from "@ratchet/engine";
import type { DecisionDetailView, DecisionView } from "@ratchet/protocol";

/** A decision as its asker sees it. */
export function decisionView(decision: Decision): DecisionView {
  return {
    decision_id: decision.id,
    point: decision.point,
    unit_id: decision.unitId,
    action: decision.action,
    propensity: decision.propensity,
    cohort: decision.cohort,
    holdout: decision.cohort === "holdout",
    segment: decision.segment,
    playbook_version: decision.playbookVersion,
    change_id: decision.changeId,
    reasons: decision.reasons,
    decided_at: isoOf(decision.decidedAt),
  };
}

/** A decision with everything it was made from. */
export function decisionDetailView(decision: Decision): DecisionDetailView {
  return {
    ...decisionView(decision),
    source: decision.source,
    cycle: decision.cycle,
    rollout_share: decision.rolloutShare,
    context: { ...decision.context },
  };
}
