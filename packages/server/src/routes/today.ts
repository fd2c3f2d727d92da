import { evidenceSnapshot, type EvidenceSnapshot, type Workspace } from "@ratchet/engine";
import type { HealthView, TodayView } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { SAMPLE_SOURCE, workspaceSource } from "../setup/workspace-source.ts";
import { incidentHealth } from "../views/data-health-view.ts";
import { emptyTodayView, todayView } from "../views/today-view.ts";

/** Cycles shown: more than a chart of this size can tell apart. */
const CYCLES_SHOWN_MAX = 104;

export function todayRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "today", async () => {
    const workspace = context.workspace.current();
    const { counts, facts } = await countFacts(context);
    if (workspace.isEmpty) return emptyTodayView(counts);
    const { state } = context.stores;
    const source = await workspaceSource(state);
    return todayView({
      name: source === SAMPLE_SOURCE ? "Sample company" : workspace.policy.id,
      source,
      point: workspace.playbook.levers[0]?.point ?? null,
      playbookVersion: workspace.playbook.version,
      policy: workspace.policy,
      changes: [...workspace.view.changes.values()].toReversed(),
      entries: await state.ledger({}),
      snapshots: await snapshotsOf(workspace),
      counts,
      machinery: [
        ...incidentHealth([...workspace.view.incidents.values()]),
        ...[facts, context.projector.health(), context.webhooks.health()].filter((check) => check.state === "red"),
      ],
      cycle: workspace.view.cycle,
      nextCycleAt: await context.cycles.nextAt(),
    });
  });
}

/** One snapshot a cycle, of the first lever. */
async function snapshotsOf(workspace: Workspace): Promise<readonly EvidenceSnapshot[]> {
  const lever = workspace.playbook.levers[0]?.name;
  const recorded = workspace.view.evidence.slice(-CYCLES_SHOWN_MAX);
  const snapshots = await Promise.all(recorded.map(({ digest }) => evidenceSnapshot(workspace, digest)));
  return snapshots.filter((snapshot) => snapshot.lever === lever);
}

/** Counts, and whether the facts store gave its part of them. Without it the page still opens. */
export async function countFacts({
  stores,
  log,
}: AppContext): Promise<{ readonly counts: TodayView["counts"]; readonly facts: HealthView }> {
  const { state, facts } = stores;
  const own = { backlog: await state.backlog(), quarantined: await state.quarantinedCount() };
  try {
    const counts = { ...(await facts.counts()), ...own };
    return { counts, facts: { check: "facts", state: "green", sentence: "the facts store answers" } };
  } catch (error) {
    log.error({ err: error }, "the facts store does not answer");
    const why = error instanceof Error ? error.message : String(error);
    const sentence = `the facts store does not answer (${why}); deciding and acknowledging go on, results wait`;
    return { counts: { decisions: 0, signals: 0, ...own }, facts: { check: "facts", state: "red", sentence } };
  }
}
