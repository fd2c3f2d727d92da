import {
  choiceLeverNamed,
  isChoiceEdit,
  isLimited,
  probabilitiesFor,
  redraw,
  type ActionId,
  type Trace,
  type Workspace,
} from "@ratchet/engine";

/**
 * The action that the same draw would have given this decision under the playbook that its change edits; null where no change stands behind
 * it. Where it is the action taken, the change made no difference to this unit.
 */
export function actionBefore(workspace: Workspace, { decision, change }: Trace): ActionId | null {
  if (change === null) return null;
  const edited = change.state.change;
  if (isLimited(decision) || !edited.edits.every(isChoiceEdit)) return null;
  const lever = choiceLeverNamed(workspace.playbookAt(edited.basedOn), edited.lever);
  const probabilities = probabilitiesFor(lever, decision.segment);
  return redraw(workspace.frame.salt, lever, { decision, probabilities });
}
