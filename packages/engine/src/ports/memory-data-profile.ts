import type { Decision } from "../decisions/decision.ts";
import {
  AHEAD_MS,
  CATEGORY_VALUES_MAX,
  LATE_MS,
  type CategoryCount,
  type CohortCount,
  type DataProfile,
  type DataProfileQuery,
  type FieldCount,
  type SignalCount,
} from "../health/data-profile.ts";
import type { Context } from "../context.ts";
import type { Signal } from "../signals/signal.ts";
import { DAY_MS, type Instant } from "../time.ts";
import { memoryFaults } from "./memory-data-faults.ts";
import { beginning, groups } from "./profile-groups.ts";

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * DAY_MS;

/** `FactsStore.dataProfile`, by its definition. */
export function memoryDataProfile(
  decisions: readonly Decision[],
  signals: readonly Signal[],
  query: DataProfileQuery,
): DataProfile {
  const received = signals.filter(({ receivedAt }) => receivedAt >= query.from && receivedAt < query.to);
  const made = decisions.filter(({ decidedAt }) => decidedAt >= query.from && decidedAt < query.to);
  return {
    sources: [...groups(received, ({ source }) => [source])].map(([, own]) => ({
      source: own[0]?.source ?? "",
      n: own.length,
      lastReceivedAt: own.reduce((last, { receivedAt }) => (receivedAt > last ? receivedAt : last), query.from),
    })),
    arrivals: [...groups(received, (s) => [s.source, beginning(s.receivedAt, HOUR_MS)])].flatMap(([, own]) =>
      own[0] === undefined
        ? []
        : [{ source: own[0].source, hour: beginning(own[0].receivedAt, HOUR_MS), n: own.length }],
    ),
    signals: signalCounts(received),
    fields: fieldCounts(made, received, query.fields),
    categories: categoryCounts(received, query),
    faults: memoryFaults({ decisions, signals, received, query }),
    cohorts: cohortCounts(decisions, query),
  };
}

/** Whether a context does not tell a field: absent, null or empty. An account may be told as such. */
function isMissing(field: string, context: Context, account: string | null): boolean {
  const value = context[field];
  const untold = value === undefined || value === null || value === "";
  return untold && !(field === "account" && account !== null);
}

function signalCounts(received: readonly Signal[]): readonly SignalCount[] {
  const count = (own: readonly Signal[], counts: (signal: Signal) => boolean): number => own.filter(counts).length;
  return groups(received, (s) => [s.source, s.type, beginning(s.receivedAt, DAY_MS)]).flatMap(([, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const probabilityOf = (s: Signal): number | null => s.detail?.humanProbability ?? null;
    return {
      source: first.source,
      type: first.type,
      day: beginning(first.receivedAt, DAY_MS),
      n: own.length,
      judged: count(own, (s) => probabilityOf(s) !== null),
      machine: count(own, (s) => (probabilityOf(s) ?? 1) < 0.5),
      late: count(own, (s) => s.receivedAt - s.occurredAt > LATE_MS),
      ahead: count(own, (s) => s.occurredAt - s.receivedAt > AHEAD_MS),
    };
  });
}

interface Told {
  readonly of: FieldCount["of"];
  readonly source: string;
  readonly kind: string;
  readonly day: Instant;
  readonly context: Context;
  readonly account: string | null;
}

function fieldCounts(
  made: readonly Decision[],
  received: readonly Signal[],
  fields: readonly string[],
): readonly FieldCount[] {
  const told: readonly Told[] = [
    ...made.map((d) => ({
      of: "decisions" as const,
      source: d.source,
      kind: d.point,
      day: beginning(d.decidedAt, DAY_MS),
      context: d.context,
      account: null,
    })),
    ...received.map((s) => ({
      of: "signals" as const,
      source: s.source,
      kind: s.type,
      day: beginning(s.receivedAt, DAY_MS),
      context: s.detail?.properties ?? {},
      account: s.detail?.account ?? null,
    })),
  ];
  const byDay = groups(told, (t) => [t.of, t.source, t.kind, t.day]);
  const counts = byDay.flatMap(([, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const { of, source, kind, day } = first;
    return fields.map((field) => ({
      of,
      source,
      kind,
      field,
      day,
      n: own.length,
      missing: own.filter(({ context, account }) => isMissing(field, context, account)).length,
    }));
  });
  return groups(counts, (c) => [c.of, c.source, c.kind, c.field, c.day]).flatMap(([, own]) => own);
}

function categoryCounts(received: readonly Signal[], { categories }: DataProfileQuery): readonly CategoryCount[] {
  const told = received.flatMap((s) =>
    categories.flatMap((property) => {
      const value = s.detail?.properties[property];
      return typeof value === "string" && value !== ""
        ? [{ source: s.source, type: s.type, property, value, day: beginning(s.receivedAt, DAY_MS), n: 0 }]
        : [];
    }),
  );
  return groups(told, (t) => [t.source, t.type, t.property])
    .filter(([, own]) => new Set(own.map(({ value }) => value)).size <= CATEGORY_VALUES_MAX)
    .flatMap(([, own]) => groups(own, (t) => [t.value, t.day]))
    .flatMap(([, own]) => (own[0] === undefined ? [] : [{ ...own[0], n: own.length }]));
}

function cohortCounts(decisions: readonly Decision[], query: DataProfileQuery): readonly CohortCount[] {
  const dealt = decisions.filter(
    ({ source, decidedAt }) => source === "engine" && decidedAt >= query.cohortsFrom && decidedAt < query.to,
  );
  const units = groups(dealt, (d) => [d.point, d.changeId ?? "", d.rolloutShare, d.cohort, d.unitId]).flatMap(
    ([, own]) => {
      const [first] = own;
      if (first === undefined) return [];
      const begun = own.reduce((least, { decidedAt }) => (decidedAt < least ? decidedAt : least), first.decidedAt);
      const missing = query.fields.map((field) => own.some(({ context }) => isMissing(field, context, null)));
      return [{ ...first, week: beginning(begun, WEEK_MS), missing }];
    },
  );
  return groups(units, (u) => [u.point, u.changeId ?? "", u.rolloutShare, u.cohort, u.week]).flatMap(([, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const { point, changeId, rolloutShare, cohort, week } = first;
    const missing = query.fields.map((_, i) => own.filter((unit) => unit.missing[i] === true).length);
    return { point, changeId, rolloutShare, cohort, week, units: own.length, missing };
  });
}
