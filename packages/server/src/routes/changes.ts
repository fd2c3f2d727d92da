import {
  approveChange,
  evidenceSnapshot,
  parseActorId,
  parseChangeId,
  rejectChange,
  undoChange,
  digest,
  type ApprovalAnswer,
  type ApprovalRequest,
  type ChangeId,
  type ChangeState,
  type EvidenceSnapshot,
  type LedgerEntry,
  type Workspace,
} from "@ratchet/engine";
import { ROUTES, type ApproveRequest, type ChangeView } from "@ratchet/protocol";
import type { Context, Hono } from "hono";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { changeSummaryView, changeView } from "../views/change-view.ts";

/** Reading changes, and a person's word on them. */
export function changeRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "changes", async () => {
    const byChange = entriesByChange(await context.stores.state.ledger({}));
    const newestFirst = [...context.workspace.current().view.changes.values()].toReversed();
    return { changes: newestFirst.map((state) => changeSummaryView(state, byChange.get(state.change.id) ?? [])) };
  });
  on(app, "change", async (c) => viewOf(context, changeAsked(context, c).change.id));
  on(app, "approve", async (c) => {
    const body = await readBody(c, ROUTES.approve.request);
    const { change } = changeAsked(context, c);
    return ruled(context, change.id, await approveChange(context.workspace.current(), change.id, requestFrom(body)));
  });
  on(app, "reject", async (c) => {
    const body = await readBody(c, ROUTES.reject.request);
    const { change } = changeAsked(context, c);
    return ruled(context, change.id, await rejectChange(context.workspace.current(), change.id, requestFrom(body)));
  });
  on(app, "undo", async (c) => {
    const { by, reason } = await readBody(c, ROUTES.undo.request);
    const { change } = changeAsked(context, c);
    const word = { by: actorFrom(by), reason };
    return ruled(context, change.id, await undoChange(context.workspace.current(), change.id, word));
  });
}

function changeAsked(context: AppContext, c: Context): ChangeState {
  const asked = parameter(c, "change_id");
  const id = parseChangeId(asked);
  const state = id.kind === "ok" ? context.workspace.current().change(id.value) : null;
  if (state !== null) return state;
  throw new ProblemError("change.not_found", `there is no change "${asked}"; list them with GET /v1/changes`);
}

function requestFrom({ by, role, comment, revision }: ApproveRequest): ApprovalRequest {
  return { by: actorFrom(by), role, comment: comment ?? "", revision: digest(revision) };
}

function actorFrom(by: string): ApprovalRequest["by"] {
  const actor = parseActorId(by);
  if (actor.kind === "err")
    throw new ProblemError("request.invalid", actor.error.message, [{ path: "/by", message: actor.error.message }]);
  return actor.value;
}

/** The engine's refusals under the codes that the protocol gives statuses to. */
const CODES: Readonly<Record<string, string>> = {
  "change.unknown": "change.not_found",
  "change.not_pending": "change.wrong_status",
  "approval.revision_moved": "change.stale_revision",
  "approval.policy_moved": "change.stale_revision",
  "approval.by_author": "approval.author",
  "approval.by_engine": "approval.author",
  "approval.given_before": "approval.duplicate",
  "approval.not_needed": "approval.duplicate",
};

async function ruled(context: AppContext, id: ChangeId, answer: ApprovalAnswer): Promise<ChangeView> {
  if (answer.kind === "refused") throw new ProblemError(CODES[answer.code] ?? answer.code, answer.message);
  return viewOf(context, id);
}

async function viewOf(context: AppContext, id: ChangeId): Promise<ChangeView> {
  const workspace = context.workspace.current();
  const state = workspace.change(id);
  if (state === null) throw new ProblemError("change.not_found", `there is no change "${id}"`);
  return changeView({
    state,
    entries: await context.stores.state.ledger({ changeId: id }),
    policy: workspace.policy,
    rolloutEvidence: await rolloutEvidenceOf(workspace, state),
  });
}

/** The latest snapshot that read this change's rollout. */
async function rolloutEvidenceOf(
  workspace: Workspace,
  { change, startedAt }: ChangeState,
): Promise<EvidenceSnapshot | null> {
  if (startedAt === null) return null;
  for (const { digest: recorded } of workspace.view.evidence.toReversed()) {
    const snapshot = await evidenceSnapshot(workspace, recorded);
    if (snapshot.rollout?.changeId === change.id) return snapshot;
  }
  return null;
}

function entriesByChange(entries: readonly LedgerEntry[]): ReadonlyMap<string, readonly LedgerEntry[]> {
  const byChange = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    if (!("changeId" in entry.body)) continue;
    const own = byChange.get(entry.body.changeId);
    if (own === undefined) byChange.set(entry.body.changeId, [entry]);
    else own.push(entry);
  }
  return byChange;
}
