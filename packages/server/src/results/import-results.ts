import {
  groupCells,
  isoOf,
  logResults,
  readingOf,
  sumCells,
  type Measurement,
  type Precision,
  type WorkspaceStores,
} from "@ratchet/engine";
import type { ResultsView } from "@ratchet/protocol";
import { ProblemError } from "../http/problem-error.ts";
import type { ImportMapping } from "../import/import-mapping.ts";
import { healthView } from "../views/health-view.ts";
import { metricResultView, noVerdictFor, sharesOf } from "../views/results-view.ts";
import type { ResultsAsked } from "./results-asked.ts";

/** How sure a log's verdicts must be, and the units at which its confidence sequences are tightest. */
const PRECISION: Precision = { alpha: 0.05, tunedFor: 10_000 };

/** An imported log read under the map that it came in with: differences of means, which only a randomised log makes effects. */
export async function importResults(
  { state, facts, clock }: WorkspaceStores,
  mapping: ImportMapping,
  { metric: metricAsked, asOf }: ResultsAsked,
): Promise<ResultsView> {
  const { source, point, baseline } = mapping;
  const asked = mapping.metrics.filter(({ id }) => metricAsked === null || id === metricAsked);
  if (asked.length === 0)
    throw unknownMetric(
      metricAsked,
      mapping.metrics.map(({ id }) => id),
    );
  const assignment = mapping.randomised ? "randomised" : "observational";
  const watermark = asOf ?? clock();
  const reading = await readingOf(state, asOf ?? undefined);
  const readings: {
    readonly measurement: Measurement;
    readonly view: ResultsView["metrics"][number];
    readonly health: ResultsView["health"];
  }[] = [];
  for (const metric of asked) {
    const measurement = await facts.measure({ source, point, metric, watermark, ...reading });
    const actions = groupCells(measurement.cells, ({ action }) => action).flatMap((own) =>
      own.slice(0, 1).map(({ action }) => action),
    );
    const read = logResults({
      metric,
      measurement,
      actions: actions.sort(),
      baseline,
      assignment,
      precision: PRECISION,
    });
    const view = metricResultView({
      metric,
      isObjective: metric.id === mapping.objective,
      baseline,
      censored: read.censored,
      cells: measurement.cells,
      precision: PRECISION,
      comparisons: read.comparisons,
      noVerdict: noVerdictFor(read.health, assignment),
    });
    readings.push({ measurement, view, health: read.health.map(healthView) });
  }
  const cells = readings[0]?.measurement.cells ?? [];
  return {
    source,
    point,
    watermark: isoOf(watermark),
    units: sumCells(cells).n,
    shares: sharesOf(cells),
    assignment,
    metrics: readings.map(({ view }) => view),
    health: readings[0]?.health ?? [],
  };
}

export function unknownMetric(asked: string | null, known: readonly string[]): ProblemError {
  return new ProblemError(
    "request.unknown_metric",
    `there is no metric "${asked ?? ""}"; the metrics are ${known.join(", ")}`,
  );
}
