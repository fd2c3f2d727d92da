import type { MultipleExposure } from "../decisions/multiple-exposure.ts";
import type { ChangeId } from "../ids.ts";
import type { Measurement } from "../outcomes/cell.ts";
import { blockingIncidents, excludedTimes } from "../health/incident.ts";
import { turn, type Turn, type TurnInput } from "../loop.ts";
import { isExposed } from "../governance/change-lifecycle.ts";
import type { ChangeEvent } from "../governance/change.ts";
import { measureOutcomes } from "./measure-outcomes.ts";
import { projectInbox } from "./project-inbox.ts";
import { engineDraft, type Workspace } from "./workspace.ts";

/** Everything acknowledged so far, in segments that one insert carries well. */
export const PROJECTION = { maxItems: 20_000, maxSegments: 100_000 };

/**
 * The scheduled tick: projects what was acknowledged, measures, turns the loop once, writes the ledger, and so ends the cycle.
 *
 * Everything that raises exposure happens here.
 */
export async function runCycle(workspace: Workspace): Promise<Turn> {
  const result = turn(await turnInput(workspace, { endsCycle: true }));
  await workspace.append(result.drafts, result.documents);
  return result;
}

/**
 * The rapid tick: watches running changes between cycles and can only reduce risk. Returns what it undid.
 */
export async function watchRollouts(workspace: Workspace): Promise<readonly ChangeEvent[]> {
  if (![...workspace.view.changes.values()].some((state) => isExposed(state.status))) return [];
  const result = turn(await turnInput(workspace, { endsCycle: false }));
  const undone = result.drafts.flatMap(({ body }) =>
    body.kind === "change.rollback_started" || body.kind === "change.rolled_back" ? [body] : [],
  );
  if (undone.length === 0) return [];
  const named = new Set(
    undone.flatMap((event) =>
      event.kind === "change.rollback_started" && event.evidence !== null ? [event.evidence] : [],
    ),
  );
  await workspace.append(
    undone.map((body) => engineDraft(workspace.stores, body)),
    result.documents.filter((document) => named.has(document.digest)),
  );
  return undone;
}

async function turnInput(workspace: Workspace, { endsCycle }: Pick<TurnInput, "endsCycle">): Promise<TurnInput> {
  const { state, facts, clock } = workspace.stores;
  await projectInbox({ state, facts }, PROJECTION);
  const now = clock();
  const { policy } = workspace;
  const incidents = [...workspace.view.incidents.values()];
  const concluded = [policy.objective, ...policy.guardrails.map(({ metric }) => metric)];
  const measurements = new Map<string, ReadonlyMap<string, Measurement>>();
  for (const lever of workspace.playbook.levers) {
    const byMetric = new Map<string, Measurement>();
    for (const metric of policy.metrics) {
      const excluded = excludedTimes(incidents, metric.id);
      const query = { source: "engine", point: lever.point, metric, watermark: now, excluded };
      byMetric.set(metric.id, await measureOutcomes({ state, facts }, query));
    }
    measurements.set(lever.name, byMetric);
  }
  const exposures = new Map<ChangeId, MultipleExposure>();
  for (const { change, status } of workspace.view.changes.values()) {
    const lever = workspace.playbook.levers.find(({ name }) => name === change.lever);
    if (!isExposed(status) || lever === undefined) continue;
    const query = { source: "engine", point: lever.point, changeId: change.id, until: now };
    exposures.set(change.id, await facts.multipleExposure(query));
  }
  return {
    now,
    cycle: workspace.view.cycle + 1,
    endsCycle,
    watermark: now,
    policy,
    playbook: workspace.playbook,
    history: workspace.history,
    changes: [...workspace.view.changes.values()],
    measurements,
    exposures,
    incidents: {
      blocking: blockingIncidents(incidents, concluded).map(({ id, sentence }) => ({ id, sentence })),
      excluded: excludedTimes(incidents, policy.objective).length,
    },
  };
}
