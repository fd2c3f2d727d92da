import { DO_OWN_THING, executionState, isoOf, type Decision, type Execution } from "@ratchet/engine";
import type { DecisionDetailView, DecisionView } from "@ratchet/protocol";
import { executionView } from "./execution-view.ts";

/** A decision as its asker sees it. */
export function decisionView(decision: Decision): DecisionView {
  const { sendAt, mode } = decision.record ?? {};
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
    ...(decision.action === DO_OWN_THING || mode === "shadow" ? { do_own_thing: true } : {}),
    ...(mode === undefined || mode === "live" ? {} : { mode }),
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
