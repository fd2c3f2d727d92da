import {
  approveChange,
  digest,
  rejectChange,
  undoChange,
  type ApprovalAnswer,
  type ApprovalRequest,
  type ChangeId,
  type ChangeState,
} from "@ratchet/engine";
import { ROUTES, type ApproveRequest, type ChangeView } from "@ratchet/protocol";
import type { Context, Hono } from "hono";
import { changeInFull, changeList, findChange } from "../changes/read-changes.ts";
import { isUnsigned, speaker } from "../access/speaker.ts";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";

/** Reading changes, and a person's word on them. */
export function changeRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "changes", () => changeList(context));
  on(app, "change", (c) => changeInFull(context, changeAsked(context, c).change.id));
  on(app, "approve", async (c) => {
    const body = await readBody(c, ROUTES.approve.request);
    const { change } = changeAsked(context, c);
    return ruled(context, change.id, await approveChange(context.workspace.current(), change.id, requestFrom(c, body)));
  });
  on(app, "reject", async (c) => {
    const body = await readBody(c, ROUTES.reject.request);
    const { change } = changeAsked(context, c);
    return ruled(context, change.id, await rejectChange(context.workspace.current(), change.id, requestFrom(c, body)));
  });
  on(app, "undo", async (c) => {
    const { by, reason } = await readBody(c, ROUTES.undo.request);
    const { change } = changeAsked(context, c);
    const word = { by: speaker(c, by), reason };
    return ruled(context, change.id, await undoChange(context.workspace.current(), change.id, word));
  });
}

function changeAsked(context: AppContext, c: Context): ChangeState {
  return findChange(context, parameter(c, "change_id"));
}

function requestFrom(c: Context<ServerEnvironment>, { by, role, comment, revision }: ApproveRequest): ApprovalRequest {
  const solo = isUnsigned(c) ? { isSolo: true as const } : {};
  return { by: speaker(c, by), role, comment: comment ?? "", revision: digest(revision), ...solo };
}

/** The engine's refusals under the codes that the protocol gives statuses to. */
const CODES: Readonly<Record<string, string>> = {
  "change.unknown": "change.not_found",
  "change.not_pending": "change.wrong_status",
  "approval.revision_moved": "change.stale_revision",
  "approval.policy_moved": "change.stale_revision",
  "approval.by_author": "approval.author",
  "approval.by_engine": "approval.author",
  "approval.by_program": "approval.author",
  "approval.given_before": "approval.duplicate",
  "approval.not_needed": "approval.duplicate",
};

async function ruled(context: AppContext, id: ChangeId, answer: ApprovalAnswer): Promise<ChangeView> {
  if (answer.kind === "refused") throw new ProblemError(CODES[answer.code] ?? answer.code, answer.message);
  return changeInFull(context, id);
}
