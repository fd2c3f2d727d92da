import { DAY_MS, isoOf, type Instant } from "@ratchet/engine";
import type { DataDefect } from "@ratchet/protocol";
import { groupBy } from "./group-by.ts";
import { count, examples, percent } from "./phrases.ts";
import type { Population, UnitHistory } from "./population.ts";

/** Fewer units or outcomes than these say nothing about when outcomes come. */
const UNITS_MIN = 100;
const OUTCOMES_MIN = 30;
/** Shares of the outcomes that may stray before the day from which on they were recorded. */
const STRAY_SHARES = [0, 0.005, 0.01, 0.02];
/** Outcomes that should have been seen, and how many times more than were, before their absence is called one. */
const EXPECTED_MIN = 10;
const EXPECTED_TIMES_MIN = 3;
/** Units too young to be settled that make it worth saying, their excess of open ones, and its standard errors. */
const YOUNG_MIN = 20;
const OPEN_MIN = 10;
const OPEN_EXCESS_MIN = 0.05;
const OPEN_Z_MIN = 3;
const COHORTS_SHOWN = 8;

/** What the times of a population say about how it was recorded. */
export function timeDefects({ units, last }: Population): readonly DataDefect[] {
  const dated = units.filter((unit): unit is Dated => unit.start !== null);
  const found = [...negativeLags(dated)];
  if (dated.length >= UNITS_MIN && last !== null)
    found.push(...leftTruncation(dated), ...rightCensoring(dated, last), ...endedIntake(dated, last));
  return found;
}

type Dated = UnitHistory & { readonly start: Instant };

/** Outcomes before the unit entered. Where outcomes are days without a time, a day is compared with a day. */
function negativeLags(units: readonly Dated[]): readonly DataDefect[] {
  const settled = units.filter(({ settledAt }) => settledAt !== null);
  const daysOnly = settled.every(({ settledAt }) => (settledAt ?? 0) % DAY_MS === 0);
  const negative = settled.filter(({ start, settledAt }) => (settledAt ?? 0) < (daysOnly ? dayOf(start) : start));
  if (negative.length === 0) return [];
  const share = negative.length / settled.length;
  const shortest = negative.map(
    ({ unit, start, settledAt, firstRow }) =>
      `row ${firstRow}: ${unit} entered ${day(start)}, outcome ${settledAt === null ? "" : day(settledAt)}`,
  );
  return [
    {
      code: "outcome.negative_lag",
      severity: share >= 0.01 ? "critical" : "warning",
      columns: [],
      affected: negative.length,
      sentence: `${negative.length === 1 ? "1 outcome lies" : `${count(negative.length)} outcomes lie`} before the unit entered (${percent(share)} of those with a time).`,
      examples: examples(shortest),
      fix: "Look where the two times come from: a zone, a day written for a time, or a unit entered afterwards. Until then such units count for no outcome.",
    },
  ];
}

/** Outcomes were recorded only from some day on, though units entered before it: their cohorts look as if nothing had come of them. */
function leftTruncation(units: readonly Dated[]): readonly DataDefect[] {
  const times = units.flatMap(({ happenedAt }) => happenedAt ?? []).sort((a, b) => a - b);
  if (times.length < OUTCOMES_MIN) return [];
  for (const share of STRAY_SHARES) {
    const from = times[Math.floor(times.length * share)];
    const gap = from === undefined ? null : recordingGap(units, from);
    if (from === undefined || gap === null) continue;
    const entered = units.reduce((first, { start }) => Math.min(first, start), Number.POSITIVE_INFINITY);
    const rates = [rateOf(gap.early), rateOf(gap.later)] as const;
    return [
      {
        code: "outcome.left_truncated",
        severity: rates[0] < rates[1] ? "critical" : "warning",
        columns: [],
        affected: gap.early.length,
        sentence:
          `Outcomes are recorded from ${day(from)} on, but units entered from ${new Date(entered).toISOString().slice(0, 10)}: of the ${count(gap.early.length)} that entered before, ` +
          `${count(Math.round(gap.expected))} should have had their outcome by then, going by the later ones, and ${count(gap.observed)} had. ` +
          (rates[0] < rates[1]
            ? `Their cohorts show ${percent(rates[0])} where later ones show ${percent(rates[1])}: that is missing data, not a low rate.`
            : "Either they are missing, or units that were settled before that day are: then the oldest cohorts hold slow units only, and their lags look long."),
        examples: examples(monthlyRates(units)),
        fix: `Leave out units that entered before ${day(from)}, or find where outcomes were kept before that day. Never compare cohorts across it.`,
      },
    ];
  }
  return [];
}

function recordingGap(units: readonly Dated[], from: Instant) {
  const early = units.filter(({ start }) => start < from);
  const later = units.filter(({ start }) => start >= from);
  if (early.length < OUTCOMES_MIN || early.length < units.length / 100 || later.length < UNITS_MIN) return null;
  const lags = later
    .flatMap(({ start, happenedAt }) => (happenedAt === null ? [] : [happenedAt - start]))
    .filter((lag) => lag >= 0)
    .sort((a, b) => a - b);
  // Later units may still wait for their outcome, so this is too few rather than too many.
  const expected = early.reduce((sum, { start }) => sum + numberBelow(lags, from - start) / later.length, 0);
  const observed = early.filter(({ happenedAt }) => happenedAt !== null && happenedAt < from).length;
  return expected >= EXPECTED_MIN && expected >= EXPECTED_TIMES_MIN * observed
    ? { early, later, expected, observed }
    : null;
}

/** The last units had too little time for their outcome: open is not lost. */
function rightCensoring(units: readonly Dated[], last: Instant): readonly DataDefect[] {
  const slow = slowLag(units);
  if (slow === null) return [];
  const young = units.filter(({ start }) => last - start < slow);
  const mature = units.filter(({ start }) => last - start >= slow);
  if (young.length < YOUNG_MIN || mature.length < YOUNG_MIN || young.filter(isOpen).length < OPEN_MIN) return [];
  const open = [openShare(young), openShare(mature)] as const;
  const pooled = openShare(units);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / young.length + 1 / mature.length));
  if (open[0] - open[1] < OPEN_EXCESS_MIN || open[0] - open[1] < OPEN_Z_MIN * error) return [];
  const since = young.reduce((first, { start }) => Math.min(first, start), Number.POSITIVE_INFINITY);
  const sinceDay = new Date(since).toISOString().slice(0, 10);
  return [
    {
      code: "outcome.right_censored",
      severity: "critical",
      columns: [],
      affected: young.filter(isOpen).length,
      sentence:
        `The data end on ${day(last)}, and one outcome in ten takes more than ${Math.ceil(slow / DAY_MS)} days: of the ${count(young.length)} units that entered since ` +
        `${sinceDay}, ${percent(open[0])} are still open, of the older ones ${percent(open[1])}. Counted as failures they make the last weeks look bad.`,
      examples: examples(weeklyOpen(young)),
      fix: `Give the outcome a window, and judge only units that entered before ${sinceDay}; the others are not known yet.`,
    },
  ];
}

/** Nobody enters any more, while outcomes go on: what happens late in the log comes from slow units only. */
function endedIntake(units: readonly Dated[], last: Instant): readonly DataDefect[] {
  const slow = slowLag(units);
  const newest = units.reduce((latest, { start }) => (start > latest ? start : latest), units[0]?.start ?? last);
  if (slow === null || last - newest < Math.max(slow, 7 * DAY_MS)) return [];
  const after = units.filter(({ settledAt }) => settledAt !== null && settledAt > newest);
  if (after.length === 0) return [];
  return [
    {
      code: "population.intake_ended",
      severity: "info",
      columns: [],
      affected: after.length,
      sentence:
        `Nobody enters after ${day(newest)}, but outcomes go on until ${day(last)}: the ${count(after.length)} of these last weeks come from slow units only, ` +
        "and rates by week of outcome fall for that reason alone.",
      examples: [],
      fix: "Compare units by the week in which they entered, not by the week of their outcome.",
    },
  ];
}

/** The lag that nine in ten settled units of the older half stay below; null where too few are settled. */
function slowLag(units: readonly Dated[]): number | null {
  const older = [...units].sort((a, b) => a.start - b.start).slice(0, Math.ceil(units.length / 2));
  const lags = older
    .flatMap(({ start, settledAt }) => (settledAt === null ? [] : [settledAt - start]))
    .filter((lag) => lag >= 0)
    .sort((a, b) => a - b);
  return lags.length < OUTCOMES_MIN ? null : (lags[Math.floor(lags.length * 0.9)] ?? null);
}

function isOpen({ settledAt, happened }: UnitHistory): boolean {
  return settledAt === null && !happened;
}

function openShare(units: readonly UnitHistory[]): number {
  return units.filter(isOpen).length / units.length;
}

function rateOf(units: readonly UnitHistory[]): number {
  return units.filter(({ happened }) => happened).length / units.length;
}

/** How many of ascending numbers are below `x`. */
function numberBelow(ascending: readonly number[], x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function monthlyRates(units: readonly Dated[]): readonly string[] {
  return [...groupBy(units, ({ start }) => isoOf(start).slice(0, 7))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, COHORTS_SHOWN)
    .map(
      ([month, of]) =>
        `entered ${month}: ${count(of.filter(({ happened }) => happened).length)} of ${count(of.length)} (${percent(rateOf(of))})`,
    );
}

function weeklyOpen(units: readonly Dated[]): readonly string[] {
  return [...groupBy(units, ({ start }) => day(mondayOf(start)))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(-COHORTS_SHOWN)
    .map(
      ([week, of]) => `entered in the week of ${week}: ${count(of.filter(isOpen).length)} of ${count(of.length)} open`,
    );
}

function dayOf(at: Instant): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

/** 1970-01-01 was a Thursday. */
function mondayOf(at: Instant): number {
  const days = Math.floor(at / DAY_MS);
  return (days - ((days + 3) % 7)) * DAY_MS;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
