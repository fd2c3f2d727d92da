import type { ChangeEvent, ChangeState } from "../governance/change.ts";
import { approve, reject, type ApprovalAnswer, type ApprovalRequest } from "../governance/approve.ts";
import type { ActorId, ChangeId } from "../ids.ts";
import { isExposed } from "../governance/change-lifecycle.ts";
import { rollBack } from "../rollout/decide-rollout.ts";
import type { Workspace } from "./workspace.ts";

/** A person approves exactly the bytes that they saw. */
export function approveChange(workspace: Workspace, id: ChangeId, request: ApprovalRequest): Promise<ApprovalAnswer> {
  return rule(workspace, { id, by: request.by }, (state) => approve(state, request, workspace.policy));
}

/** A person rejects a change that has not started. */
export function rejectChange(workspace: Workspace, id: ChangeId, request: ApprovalRequest): Promise<ApprovalAnswer> {
  return rule(workspace, { id, by: request.by }, (state) => reject(state, request, workspace.policy));
}

/** Anybody may undo a running change, at any time: it needs no role and no approval. */
export function undoChange(
  workspace: Workspace,
  id: ChangeId,
  { by, reason }: { readonly by: ActorId; readonly reason: string },
): Promise<ApprovalAnswer> {
  return rule(workspace, { id, by }, (state) => {
    if (!isExposed(state.status))
      return {
        kind: "refused",
        code: "change.not_running",
        message: `change ${id} is ${state.status}; nothing to undo`,
      };
    const move = rollBack(state, `undone by ${by}: ${reason}`, { evidence: null, decisions: state.decisions });
    return { kind: "accepted", events: move.kind === "events" ? move.events : [] };
  });
}

async function rule(
  workspace: Workspace,
  { id, by }: { readonly id: ChangeId; readonly by: ActorId },
  answerTo: (state: ChangeState) => ApprovalAnswer,
): Promise<ApprovalAnswer> {
  const state = workspace.change(id);
  if (state === null) return { kind: "refused", code: "change.unknown", message: `there is no change ${id}` };
  const answer = answerTo(state);
  if (answer.kind === "accepted") {
    const at = workspace.stores.clock();
    await workspace.append(
      answer.events.map((body: ChangeEvent) => ({ at, actor: by, body })),
      [],
    );
  }
  return answer;
}
