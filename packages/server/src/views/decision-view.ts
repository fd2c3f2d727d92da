import { executionState, isoOf, type Decision, type Execution } from "@ratchet/engine";
import type { DecisionDetailView, DecisionView } from "@ratchet/protocol";
import { executionView } from "./execution-view.ts";

/** A decision as its asker sees it. */
export function decisionView(decision: Decision): DecisionView {
  const sendAt = decision.record?.sendAt;
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
    ...(sendAt === undefined ? {} : { send_at: isoOf(sendAt) }),
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

/** The same with what is known of how it was carried out. */
export function withExecutions(view: DecisionDetailView, executions: readonly Execution[]): DecisionDetailView {
  return { ...view, execution_state: executionState(executions), executions: executions.map(executionView) };
}
