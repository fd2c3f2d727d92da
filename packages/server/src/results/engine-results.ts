import {
  blockingIncidents,
  conclude,
  excludedTimes,
  incidentsKnownAt,
  isoOf,
  measureOutcomes,
  sumCells,
  unlimitedCells,
  type ChoiceLever,
  type EvidenceSnapshot,
  type Incident,
  type Measurement,
  type MetricDefinition,
  type Playbook,
  type Workspace,
} from "@ratchet/engine";
import type { MetricResultView, ResultsView } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import { healthView } from "../views/health-view.ts";
import { engineComparisons, metricResultView, sharesOf } from "../views/results-view.ts";
import { unknownMetric } from "./import-results.ts";
import type { ResultsAsked } from "./results-asked.ts";

interface Read {
  readonly metric: MetricDefinition;
  readonly measurement: Measurement;
  readonly snapshot: EvidenceSnapshot;
}

/** The engine's own decisions, read under today's policy by the same function that ends a cycle, once for each metric. */
export async function engineResults(
  { workspace: holder, stores }: AppContext,
  { metric: metricAsked, asOf }: ResultsAsked,
): Promise<ResultsView> {
  const workspace = holder.current();
  const { policy } = workspace;
  const lever = firstChoice(workspace.playbook);
  if (lever === null)
    throw new ProblemError("playbook.not_found", "the playbook has no lever of kind choice to compare");
  const asked = policy.metrics.filter(({ id }) => metricAsked === null || id === metricAsked);
  if (asked.length === 0)
    throw unknownMetric(
      metricAsked,
      policy.metrics.map(({ id }) => id),
    );
  const watermark = asOf ?? stores.clock();
  const known = asOf === null ? {} : { knownAt: asOf };
  const incidents = incidentsKnownAt([...workspace.view.incidents.values()], watermark);
  const reads: Read[] = [];
  for (const metric of asked) {
    const measurement = await measureOutcomes(stores, {
      source: "engine",
      point: lever.point,
      metric,
      watermark,
      excluded: excludedTimes(incidents, metric.id),
      ...known,
    });
    const snapshot = concludeOn(workspace, { metric, measurement, watermark, incidents });
    reads.push({ metric, measurement, snapshot });
  }
  const first = reads.find(({ metric }) => metric.id === policy.objective) ?? reads[0];
  const cells = first?.measurement.cells ?? [];
  return {
    source: "engine",
    point: lever.point,
    watermark: isoOf(watermark),
    units: sumCells(cells).n,
    shares: sharesOf(cells),
    assignment: "randomised",
    metrics: reads.map((read) => metricView(read, lever.baseline, policy.objective)),
    health: first?.snapshot.health.map(healthView) ?? [],
  };
}

/** Effects are compared between actions that are drawn: those of a choice. */
function firstChoice({ levers }: Playbook): ChoiceLever | null {
  return levers.find((lever) => lever.kind === "choice") ?? null;
}

function concludeOn(
  workspace: Workspace,
  {
    metric,
    measurement,
    watermark,
    incidents,
  }: Pick<Read, "metric" | "measurement"> & {
    readonly watermark: Parameters<typeof isoOf>[0];
    readonly incidents: readonly Incident[];
  },
): EvidenceSnapshot {
  const { policy, playbook } = workspace;
  // As where a cycle concludes, and a metric that decides nothing is not believed either while what it counts is void.
  const concluded = [metric.id, policy.objective, ...policy.guardrails.map((guardrail) => guardrail.metric)];
  const lever = firstChoice(playbook);
  if (lever === null) throw new Error("the playbook has no lever of kind choice");
  return conclude({
    // The latest cycle with mature decisions: where windows are longer than a cycle, the last one has none, and that is no fault.
    cycle: measurement.cells.reduce((latest, cell) => Math.max(latest, cell.cycle), 1),
    watermark,
    lever,
    playbookVersion: playbook.version,
    objective: metric,
    measurements: new Map([[metric.id, measurement]]),
    guardrails: [],
    metrics: policy.metrics,
    history: workspace.history,
    holdoutShare: policy.holdoutShare / (1 - (policy.businessAsUsualShare ?? 0)),
    precision: { alpha: policy.rollout.alpha, tunedFor: policy.tunedForUnits },
    running: null,
    incidents: {
      blocking: blockingIncidents(incidents, concluded).map(({ id, sentence }) => ({ id, sentence })),
      excluded: excludedTimes(incidents, metric.id).length,
    },
  });
}

function metricView({ metric, measurement, snapshot }: Read, baseline: string, objective: string): MetricResultView {
  // The counts and means that stand beside an effect are of the decisions that it rests on.
  const compared = unlimitedCells(measurement.cells);
  return metricResultView({
    metric,
    isObjective: metric.id === objective,
    baseline,
    censored: measurement.censored,
    cells: compared,
    precision: snapshot.precision,
    comparisons: engineComparisons(snapshot, compared),
    noVerdict: snapshot.health.some(({ state }) => state === "red") ? "cannot trust yet" : null,
  });
}
