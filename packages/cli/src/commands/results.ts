import type { Command } from "commander";
import type { ComparisonView, IntervalView, MetricResultView, ResultsView, SegmentEffectView } from "@ratchet/protocol";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { EXIT } from "../exit-code.ts";
import { count, percent, print, printJson, table } from "../print.ts";

interface ResultsOptions extends WorkspaceOptions {
  readonly source?: string;
  readonly metric?: string;
  readonly segments?: boolean;
  readonly asOf?: string;
}

const EXAMPLES = `
Examples:
  ratchet results                                 the engine's own decisions, else the latest import
  ratchet results --source import:hillstrom --metric visit
  ratchet results --as-of 2026-03-01T00:00:00Z     as it was known then, whatever has arrived since
  ratchet results --json | jq '.metrics[0].actions'

The fixed interval is right if you look once. The confidence sequence is right however often you look: verdicts come from it.
Exit code 3: nothing can be told yet.`;

/** `ratchet results`: each action against the baseline. */
export function addResults(program: Command): void {
  withWorkspace(program.command("results"))
    .description("is it better, where, and how sure are we?")
    .option("--source <source>", "engine, or import:NAME")
    .option("--metric <metric>", "one metric only")
    .option("--as-of <time>", "as known then (ISO 8601): only what had been heard by that time counts")
    .option("--no-segments", "leave the segments out")
    .addHelpText("after", EXAMPLES)
    .action(showResults);
}

async function showResults({ source, metric, segments, asOf, ...options }: ResultsOptions): Promise<void> {
  const query = {
    ...(source === undefined ? {} : { source }),
    ...(metric === undefined ? {} : { metric }),
    ...(asOf === undefined ? {} : { as_of: asOf }),
  };
  const results = await onWorkspace(options, (ratchet) => ratchet.results(query));
  if (options.json === true) printJson(results);
  else print(resultsText(results, segments !== false));
  if (!isTold(results)) process.exitCode = EXIT.notEnoughData;
}

const UNTOLD: readonly string[] = ["too early", "cannot tell", "cannot trust yet"];

function isTold({ metrics }: ResultsView): boolean {
  return metrics.some(({ actions }) => actions.some(({ verdict }) => !UNTOLD.includes(verdict)));
}

function resultsText(results: ResultsView, segments: boolean): string {
  const shares = Object.entries(results.shares).map(([action, share]) => `${action} ${percent(share)}`);
  return [
    `${results.source} at point "${results.point}": ${count(results.units)} units, ${results.assignment}`,
    `  ${shares.join(", ")}`,
    ...(results.as_of === undefined ? [] : [`  as of ${results.as_of.at}: ${results.as_of.sentence}`]),
    ...results.metrics.flatMap((metric) => ["", metricText(metric, segments)]),
    "",
    "Health",
    ...results.health.map(
      ({ check, state, sentence }) => `  ${state === "no_data" ? "no data" : state}  ${check}: ${sentence}`,
    ),
  ].join("\n");
}

function metricText(metric: MetricResultView, segments: boolean): string {
  const scale = scaleOf(metric);
  const kind = metric.kind === "conversion" ? "share of units, differences in percentage points" : "amount per unit";
  const censored = metric.censored === 0 ? "" : `; ${count(metric.censored)} decisions still open and not counted`;
  return [
    `${metric.metric}${metric.is_objective ? " (objective)" : ""}: ${kind}, against "${metric.baseline}"${censored}`,
    indented(
      table(
        ["action", "n", "mean", "baseline", "difference", "fixed 95 %", "confidence sequence", "lift", "verdict"],
        metric.actions.map((action) => comparisonCells(action, scale)),
      ),
    ),
    ...metric.actions.map(
      ({ action, verdict, sentence, needed }) =>
        `  ${action}: ${verdict}. ${sentence}${needed === null ? "" : `; ${needed}`}`,
    ),
    ...(segments && metric.segments.length > 0 ? [segmentText(metric.segments, scale)] : []),
  ].join("\n");
}

function comparisonCells(row: ComparisonView, scale: Scale): readonly string[] {
  return [
    row.action,
    count(row.n),
    row.mean === null ? "–" : scale.level(row.mean),
    row.mean_baseline === null ? "–" : scale.level(row.mean_baseline),
    row.fixed.estimate === null ? "–" : scale.difference(row.fixed.estimate),
    rangeText(row.fixed, scale),
    rangeText(row.sequence, scale),
    row.lift_relative === null ? "–" : `${row.lift_relative > 0 ? "+" : ""}${percent(row.lift_relative)}`,
    row.verdict,
  ];
}

function segmentText(segments: readonly SegmentEffectView[], scale: Scale): string {
  const rows = segments.map(({ segment, action, n, raw, shrunken, verdict }) => [
    segment.replace(/^all\//u, ""),
    action,
    count(n),
    raw.estimate === null ? "–" : `${scale.difference(raw.estimate)} ${rangeText(raw, scale)}`,
    shrunken.estimate === null ? "–" : `${scale.difference(shrunken.estimate)} ${rangeText(shrunken, scale)}`,
    verdict,
  ]);
  return indented(table(["segment", "action", "n", "as measured there", "pooled with the others", "verdict"], rows));
}

/** How one metric's numbers are written. */
interface Scale {
  readonly level: (value: number) => string;
  readonly difference: (value: number) => string;
}

/** Conversions in per cent and percentage points, amounts as they are. */
function scaleOf({ kind }: MetricResultView): Scale {
  if (kind === "conversion") {
    return {
      level: (value) => `${(100 * value).toFixed(2)} %`,
      difference: (value) => signed((100 * value).toFixed(2)),
    };
  }
  return {
    level: (value) => String(Number(value.toPrecision(4))),
    difference: (value) => signed(String(Number(value.toPrecision(3)))),
  };
}

function rangeText({ lower, upper }: IntervalView, { difference }: Scale): string {
  return `[${lower === null ? "−∞" : difference(lower)}, ${upper === null ? "∞" : difference(upper)}]`;
}

function signed(text: string): string {
  return text.startsWith("-") || Number(text) === 0 ? text : `+${text}`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gmu, "  ");
}
