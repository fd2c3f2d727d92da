import type { Decision } from "../decisions/decision.ts";
import { inOrder, rank, type RankOutcome, type RankRequest } from "../decisions/rank.ts";
import type { Workspace } from "./workspace.ts";

/** Most units of one call. */
export const RANKED_MAX = 10_000;

/**
 * Ranks and records, all of it in one write, durable on return. Where a unit was ranked before in its window, its earlier decision stands,
 * score and all, and takes the place that it gives.
 *
 * @throws RangeError above RANKED_MAX units.
 */
export async function rankUnits(workspace: Workspace, request: RankRequest): Promise<RankOutcome> {
  if (request.units.length > RANKED_MAX)
    throw new RangeError(`at most ${RANKED_MAX} units in one call, got ${request.units.length}`);
  const outcome = rank(workspace.frame, request, workspace.stores.clock());
  if (outcome.kind === "refused" || outcome.ranked.length === 0) return outcome;
  const decisions = outcome.ranked.map(({ decision }) => decision);
  const receipts = await workspace.record(decisions);
  if (receipts.every((receipt) => receipt === "accepted")) return outcome;
  const standing: Decision[] = [];
  for (const [i, decision] of decisions.entries()) {
    const earlier = receipts[i] === "accepted" ? null : await workspace.stores.state.servedDecision(decision.id);
    standing.push(earlier ?? decision);
  }
  return { kind: "ranked", ranked: inOrder(standing) };
}
