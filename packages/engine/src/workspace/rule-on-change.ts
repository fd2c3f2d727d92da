import type { ChangeState } from "../governance/change.ts";
import { approve, reject, type ApprovalAnswer, type ApprovalRequest } from "../governance/approve.ts";
import type { ActorId, ChangeId } from "../ids.ts";
import { isExposed } from "../governance/change-lifecycle.ts";
import { rollBack } from "../rollout/decide-rollout.ts";
import { evidenceSnapshot } from "./trace.ts";
import type { Workspace } from "./workspace.ts";

/** A person approves exactly the bytes that they saw. */
export function approveChange(workspace: Workspace, id: ChangeId, request: ApprovalRequest): Promise<ApprovalAnswer> {
  return rule(workspace, { id, by: request.by }, (state) => approve(state, request, workspace.policy));
}

/** A person rejects a change that has not started. */
export async function rejectChange(
  workspace: Workspace,
  id: ChangeId,
  request: ApprovalRequest,
): Promise<ApprovalAnswer> {
  const decisions = await decisionsKnown(workspace, id);
  return rule(workspace, { id, by: request.by }, (state) =>
    reject(state, request, { policy: workspace.policy, decisions }),
  );
}

/** Anybody may undo a running change, at any time: it needs no role and no approval, and waits for no measurement. */
export async function undoChange(
  workspace: Workspace,
  id: ChangeId,
  { by, reason }: { readonly by: ActorId; readonly reason: string },
): Promise<ApprovalAnswer> {
  const decisions = await decisionsKnown(workspace, id);
  return rule(workspace, { id, by }, (state) => {
    if (!isExposed(state.status))
      return {
        kind: "refused",
        code: "change.not_running",
        message: `change ${id} is ${state.status}; nothing to undo`,
      };
    const move = rollBack(state, `undone by ${by}: ${reason}`, { evidence: null, decisions });
    return { kind: "accepted", events: move.kind === "events" ? move.events : [] };
  });
}

/** Decisions behind the last evidence on the change's lever: what was rejected or undone is not tried again before they have materially grown. */
async function decisionsKnown(workspace: Workspace, id: ChangeId): Promise<number> {
  const lever = workspace.change(id)?.change.lever;
  for (const { digest } of workspace.view.evidence.toReversed()) {
    if ((await workspace.document(digest)) === null) continue;
    const snapshot = await evidenceSnapshot(workspace, digest);
    if (snapshot.lever === lever) return snapshot.programme.programmeUnits;
  }
  return 0;
}

function rule(
  workspace: Workspace,
  { id, by }: { readonly id: ChangeId; readonly by: ActorId },
  answerTo: (state: ChangeState) => ApprovalAnswer,
): Promise<ApprovalAnswer> {
  return workspace.appendDecided(() => {
    const state = workspace.change(id);
    const answer: ApprovalAnswer =
      state === null
        ? { kind: "refused", code: "change.unknown", message: `there is no change ${id}` }
        : answerTo(state);
    const events = answer.kind === "accepted" ? answer.events : [];
    const at = workspace.stores.clock();
    return { drafts: events.map((body) => ({ at, actor: by, body })), documents: [], answer };
  });
}
