import {
  evidenceSnapshot,
  parseChangeId,
  type ChangeId,
  type ChangeState,
  type EvidenceSnapshot,
  type LedgerEntry,
  type Workspace,
} from "@ratchet/engine";
import type { ChangeListView, ChangeView } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import { changeSummaryView, changeView } from "../views/change-view.ts";

/** All changes, newest first. Nothing here rules on any. */
export async function changeList(context: AppContext): Promise<ChangeListView> {
  const byChange = entriesByChange(await context.stores.state.ledger({}));
  const newestFirst = [...context.workspace.current().view.changes.values()].toReversed();
  return { changes: newestFirst.map((state) => changeSummaryView(state, byChange.get(state.change.id) ?? [])) };
}

/** @throws ProblemError `change.not_found`. */
export function findChange(context: AppContext, asked: string): ChangeState {
  const id = parseChangeId(asked);
  const state = id.kind === "ok" ? context.workspace.current().change(id.value) : null;
  if (state !== null) return state;
  throw new ProblemError("change.not_found", `there is no change "${asked}"; list them with GET /v1/changes`);
}

/** Everything about one change. @throws ProblemError `change.not_found`. */
export async function changeInFull(context: AppContext, id: ChangeId): Promise<ChangeView> {
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
