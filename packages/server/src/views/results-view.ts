import {
  groupCells,
  judge,
  sumCells,
  type ActionEffect,
  type Effect,
  type EvidenceSnapshot,
  type LogResults,
  type MetricDefinition,
  type NoEffect,
  type OutcomeCell,
  type Precision,
  type SegmentEffect,
  type Verdict,
} from "@ratchet/engine";
import type { ComparisonView, MetricResultView, ResultsView, SegmentEffectView } from "@ratchet/protocol";
import { fixedView, liftOf, pooledView, sequenceView } from "./interval-view.ts";

/** One metric of a log or of the engine's own decisions, read. */
export interface MetricReading {
  readonly metric: MetricDefinition;
  readonly isObjective: boolean;
  readonly baseline: string;
  readonly censored: number;
  readonly cells: readonly OutcomeCell[];
  readonly precision: Precision;
  readonly comparisons: readonly ComparisonReading[];
  /** A reason for which no segment can have a verdict of its own; null in the ordinary case. */
  readonly noVerdict: ResultsView["metrics"][number]["segments"][number]["verdict"] | null;
}

interface ComparisonReading {
  readonly action: string;
  readonly n: number;
  readonly nBaseline: number;
  readonly mean: number | null;
  readonly meanBaseline: number | null;
  readonly effect: Effect | NoEffect;
  readonly verdict: Verdict;
  readonly segments: readonly SegmentEffect[];
}

/** A snapshot of the engine's own decisions as comparisons: counts and means are those of the units outside the holdout. */
export function engineComparisons(
  { actions }: Pick<EvidenceSnapshot, "actions">,
  cells: readonly OutcomeCell[],
): readonly ComparisonReading[] {
  const of = (action: string) => sumCells(cells.filter((cell) => cell.cohort !== "holdout" && cell.action === action));
  return actions.map(({ action, baseline, effect, verdict, segments }: ActionEffect) => {
    const treated = of(action);
    const control = of(baseline);
    const counts = { n: treated.n, nBaseline: control.n, mean: meanOf(treated), meanBaseline: meanOf(control) };
    return { action, ...counts, effect, verdict, segments };
  });
}

/** What keeps the segments of a log from having verdicts. */
export function noVerdictFor(
  health: LogResults["health"],
  assignment: "randomised" | "observational",
): MetricReading["noVerdict"] {
  if (health.some(({ state }) => state === "red")) return "cannot trust yet";
  return assignment === "observational" ? "cannot tell" : null;
}

export function metricResultView(reading: MetricReading): MetricResultView {
  const { metric, comparisons } = reading;
  return {
    metric: metric.id,
    kind: metric.kind,
    direction: metric.direction,
    minimum_effect: metric.minimumEffect,
    is_objective: reading.isObjective,
    baseline: reading.baseline,
    censored: reading.censored,
    actions: comparisons.map((comparison) => comparisonView(comparison, reading.precision)),
    segments: comparisons.flatMap((comparison) => segmentViews(comparison, reading)),
  };
}

/** Share of decisions by action. */
export function sharesOf(cells: readonly OutcomeCell[]): Record<string, number> {
  const { n } = sumCells(cells);
  const groups = groupCells(cells, (cell) => cell.action).map(
    (own) => [own[0]?.action ?? "", sumCells(own).n / n] as const,
  );
  return Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function comparisonView(comparison: ComparisonReading, precision: Precision): ComparisonView {
  const { effect, verdict } = comparison;
  const fixed = fixedView(effect, precision);
  return {
    action: comparison.action,
    n: comparison.n,
    n_baseline: comparison.nBaseline,
    mean: comparison.mean,
    mean_baseline: comparison.meanBaseline,
    fixed,
    sequence: sequenceView(effect, precision),
    lift_relative: liftOf(fixed.estimate, comparison.meanBaseline),
    verdict: verdict.word,
    sentence: verdict.sentence,
    needed: verdict.remedy,
  };
}

/** One action's segments. A log without segments has one, which says nothing that the comparison does not say. */
function segmentViews({ action, segments }: ComparisonReading, reading: MetricReading): readonly SegmentEffectView[] {
  if (segments.length < 2) return [];
  const { cells, baseline, precision } = reading;
  return segments.map(({ segment, raw, pooled }) => {
    const own = cells.filter((cell) => cell.segment === segment && cell.cohort !== "holdout");
    const treated = sumCells(own.filter((cell) => cell.action === action));
    const control = sumCells(own.filter((cell) => cell.action === baseline));
    const nonZeroMin = Math.min(treated.nonZero, control.nonZero);
    return {
      segment,
      action,
      n: treated.n,
      n_baseline: control.n,
      raw: fixedView(raw, precision),
      shrunken: pooledView(pooled, precision),
      verdict: reading.noVerdict ?? segmentVerdict(raw, nonZeroMin, reading),
    };
  });
}

/** As measured in the segment alone, under its confidence sequence: pooling moves the estimate shown, never the verdict. */
function segmentVerdict(
  raw: Effect | NoEffect,
  nonZeroMin: number,
  { metric, precision }: MetricReading,
): Verdict["word"] {
  if (raw.kind === "refused") return "too early";
  const { estimate, standardError, sequence, n } = raw;
  return judge({ metric, estimate, standardError, ...sequence, n, nonZeroMin, ...precision }).word;
}

function meanOf({ n, sum }: { readonly n: number; readonly sum: number }): number | null {
  return n === 0 ? null : sum / n;
}
