import { binnedDrift } from "@ratchet/stats";
import { DAY_MS, instant, isoOf, type Instant } from "../time.ts";
import type { CategoryCount } from "./data-profile.ts";
import { isTroubled, type DataQuestion } from "./data-question.ts";
import { closedDays, dayOf, type DayShare } from "./day-counts.ts";
import { digestOf } from "../digest.ts";
import { metricInWords } from "../outcomes/in-words.ts";
import { fine, finding, metricsCounting, noData, percent, type DataReading, type Looked } from "./reading.ts";
import { compareBlocks, type Block } from "./vanished.ts";

const WEEK = 7;
const BASELINE_WEEKS = 8;
/** An index of 0.25 is the custom; the other two keep chance, and what is usual from week to week, from reaching it. */
const INDEX_MIN = 0.25;
const ALPHA = 1e-9;
const ABOVE_USUAL = 3;
const UNITS_MIN = 200;
/** How long a metric's new definition is spoken of: until comparisons no longer reach back past it. */
const DEFINITION_SHOWN_DAYS = 28;

/** Types and values that vanish or appear, shares of values that move, and metrics that were given another meaning. */
export function checkDefinitions(question: DataQuestion): readonly DataReading[] {
  return [
    ...question.living.map((source) => readTypes(question, source)),
    ...properties(question).map((counts) => readValues(question, counts)),
    ...readMetrics(question),
  ];
}

function blockOf(name: string, counts: readonly DayShare[], question: DataQuestion): Block {
  return { name, days: closedDays([...counts, { day: dayOf(question.from), n: 0, k: 0 }], question.now) };
}

/** Whether a source still sends the types of signals that it used to. */
function readTypes(question: DataQuestion, source: string): DataReading {
  const { profile, metrics } = question;
  const looked: Looked = {
    check: "definition-drift",
    key: `definition-drift ${source}`,
    source,
    subject: `types of signals from ${source}`,
  };
  const own = profile.signals.filter((count) => count.source === source);
  const types = [...new Set(own.map(({ type }) => type))];
  const blocks = types.map((type) =>
    blockOf(
      type,
      own.filter((count) => count.type === type).map(({ day, n }) => ({ day, n, k: n })),
      question,
    ),
  );
  const { vanished, appeared, known } = compareBlocks(blocks, isTroubled(question, looked));
  if (!known) return noData(looked, `too short a history to know which types ${source} sends every week`);
  const [first] = vanished;
  if (first === undefined) return fine(looked, `${source} sends every type of signal that it used to`);
  const touched = metricsCounting(metrics, new Set(vanished.map(({ name }) => name)));
  return finding(looked, {
    severity: touched.length > 0 ? "critical" : "warning",
    sentence: `${source} no longer sends ${listOf(vanished.map(({ name }) => name))}${insteadOf(appeared.map(({ name }) => name))}; ${touched.length > 0 ? "a metric counts it, and would fall to nothing" : "whatever is read from it stands still"}`,
    metrics: touched,
    from: first.since,
    figures: { expected: first.expected },
    examples: [],
    fix: "Something was renamed or switched off in the source. Map the new word to the old type (the source's mapping), and replay what was received since; or adopt a policy whose metric counts the new one",
  });
}

function properties({ profile }: DataQuestion): readonly (readonly CategoryCount[])[] {
  const named = new Map<string, CategoryCount[]>();
  for (const count of profile.categories) {
    const key = [count.source, count.type, count.property].join("\0");
    const known = named.get(key);
    if (known === undefined) named.set(key, [count]);
    else known.push(count);
  }
  return [...named.values()];
}

/** Whether a property (a stage, a channel) still has the values that it used to, in the shares that are usual. */
function readValues(question: DataQuestion, counts: readonly CategoryCount[]): DataReading {
  const { source = "", type = "", property = "" } = counts[0] ?? {};
  const looked: Looked = {
    check: "definition-drift",
    key: `definition-drift ${source} ${type} ${property}`,
    source,
    subject: `"${property}" of ${type} from ${source}`,
  };
  const values = [...new Set(counts.map(({ value }) => value))];
  const blocks = values.map((value) =>
    blockOf(
      value,
      counts.filter((count) => count.value === value).map(({ day, n }) => ({ day, n, k: n })),
      question,
    ),
  );
  const { vanished, appeared, known } = compareBlocks(blocks, isTroubled(question, looked));
  const [first] = vanished;
  const shared = { metrics: metricsCounting(question.metrics, new Set([type])), examples: [] };
  if (first !== undefined)
    return finding(looked, {
      ...shared,
      severity: "warning",
      sentence: `${looked.subject} is no longer ${listOf(vanished.map(({ name }) => `"${name}"`))}${insteadOf(appeared.map(({ name }) => `"${name}"`))}; before and after cannot be compared by it`,
      from: first.since,
      figures: { expected: first.expected },
      fix: "Renamed in the source? Map the new word to the old one (the source's mapping, or won and lost stages in its settings). Meant to be so? Resolve the incident as explained",
    });
  const moved = movedShares(blocks, isTroubled(question, looked));
  if (!known || moved === null)
    return noData(looked, `too few of ${looked.subject}, or for too few weeks, to know what is usual`);
  if (!moved.isDrift) return fine(looked, `${looked.subject} has its usual values in their usual shares`);
  return finding(looked, {
    ...shared,
    severity: "warning",
    sentence: `the shares of ${looked.subject} have moved (${moved.most}; stability index ${moved.index.toFixed(2)}, ${moved.usual.toFixed(2)} at most in the weeks before); what is compared by it compares other things than before`,
    from: instant(dayOf(question.now) - WEEK * DAY_MS),
    figures: { stabilityIndex: moved.index, usual: moved.usual, pValue: moved.pValue },
    fix: "Another list, campaign or team explains a shift: resolve the incident as explained. A rule that now puts things elsewhere (what counts as qualified, which channel a tool reports) changes what the word means",
  });
}

interface MovedShares {
  readonly isDrift: boolean;
  readonly index: number;
  readonly usual: number;
  readonly pValue: number;
  /** The value that moved most, with both shares. */
  readonly most: string;
}

/** The last seven closed days against eight weeks before, and each of those weeks against the others: what is usual. */
function movedShares(blocks: readonly Block[], isUnusual: (day: Instant) => boolean): MovedShares | null {
  const length = blocks[0]?.days.length ?? 0;
  const weekOf = (end: number): readonly number[] =>
    blocks.map(({ days }) => countOf(days.slice(Math.max(0, end - WEEK), end)));
  const past = Array.from({ length: Math.floor(length / WEEK) - 1 }, (_, w) => length - WEEK * (w + 1))
    .filter((end) => !(blocks[0]?.days ?? []).slice(end - WEEK, end).some(({ day }) => isUnusual(day)))
    .slice(0, BASELINE_WEEKS)
    .map(weekOf);
  const now = weekOf(length);
  const [n, before] = [sumOf(now), sumColumns(past)];
  if (past.length < BASELINE_WEEKS || n < UNITS_MIN || past.some((week) => sumOf(week) === 0)) return null;
  const drift = indexOf(before, now);
  const usual = Math.max(
    ...past.map(
      (week) =>
        indexOf(
          before.map((all, i) => all - (week[i] ?? 0)),
          week,
        ).index,
    ),
  );
  const shares = now.map((k, i) => ({ i, before: (before[i] ?? 0) / sumOf(before), now: k / n }));
  const most = shares.toSorted((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before))[0];
  return {
    ...drift,
    usual,
    isDrift: drift.index >= INDEX_MIN && drift.pValue < ALPHA && drift.index >= ABOVE_USUAL * usual,
    most:
      most === undefined ? "" : `"${blocks[most.i]?.name ?? ""}" from ${percent(most.before)} to ${percent(most.now)}`,
  };
}

/** With half a unit more in each bin: an empty one would make the index infinite. */
function indexOf(
  reference: readonly number[],
  current: readonly number[],
): { readonly index: number; readonly pValue: number } {
  const half = (counts: readonly number[]): readonly number[] => counts.map((n) => n + 0.5);
  const drift = binnedDrift(half(reference), half(current));
  return drift.kind === "estimate"
    ? { index: drift.stabilityIndex, pValue: drift.stabilityPValue ?? 1 }
    : { index: 0, pValue: 1 };
}

const countOf = (days: readonly DayShare[]): number => days.reduce((sum, { n }) => sum + n, 0);
const sumOf = (counts: readonly number[]): number => counts.reduce((sum, n) => sum + n, 0);

function sumColumns(rows: readonly (readonly number[])[]): readonly number[] {
  return (rows[0] ?? []).map((_, i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0));
}

/** Whether a metric means what it meant: a policy may redefine it, and results before and after are then of two metrics. */
function readMetrics({ metricsInForce, now }: DataQuestion): readonly DataReading[] {
  const current = metricsInForce.at(-1);
  const previous = metricsInForce.at(-2);
  if (current === undefined) return [];
  return current.metrics.map((metric) => {
    const looked: Looked = {
      check: "definition-drift",
      key: `definition-drift metric ${metric.id}`,
      source: null,
      subject: `the metric ${metricInWords(metric)}`,
    };
    const before = previous?.metrics.find(({ id }) => id === metric.id);
    const changed = before !== undefined && digestOf(before) !== digestOf(metric);
    if (!changed || now - current.since > DEFINITION_SHOWN_DAYS * DAY_MS)
      return fine(looked, `${looked.subject} means what it meant`);
    return finding(looked, {
      severity: "info",
      sentence: `${looked.subject} was defined anew by policy v${current.policyVersion} on ${isoOf(current.since).slice(0, 10)}; earlier results were of another metric`,
      metrics: [metric.id],
      from: current.since,
      figures: { policyVersion: current.policyVersion },
      examples: [],
      fix: "Compare only what was measured since, or give the metric a new name where both are wanted",
    });
  });
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 3);
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}

function insteadOf(names: readonly string[]): string {
  return names.length === 0 ? "" : `, and sends ${listOf(names)}, which was never seen before`;
}
