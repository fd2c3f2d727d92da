import {
  isoOf,
  type ChangeState,
  type EvidenceSnapshot,
  type GuardrailReading,
  type Instant,
  type LedgerEntry,
  type Policy,
} from "@ratchet/engine";
import type { GuardrailView, HealthView, TodayView } from "@ratchet/protocol";
import { changeSummaryView } from "./change-view.ts";
import { healthView } from "./health-view.ts";
import { liftOf, sequenceView, unknownInterval } from "./interval-view.ts";

type Counts = TodayView["counts"];

/** What the first screen is made of. */
export interface TodayMaterial {
  readonly name: string;
  readonly source: string | null;
  readonly point: string | null;
  readonly playbookVersion: number;
  readonly policy: Policy;
  readonly changes: readonly ChangeState[];
  readonly entries: readonly LedgerEntry[];
  /** One a cycle, in order. */
  readonly snapshots: readonly EvidenceSnapshot[];
  readonly counts: Counts;
  /** How the machinery itself is. */
  readonly machinery: readonly HealthView[];
  readonly cycle: number;
  readonly nextCycleAt: Instant | null;
}

/** Before anything was imported or sampled. */
export function emptyTodayView(counts: Counts): TodayView {
  return {
    state: "empty",
    workspace: { name: "", source: null, point: null },
    playbook_version: null,
    objective: null,
    headline_lift: null,
    lift_over_cycles: [],
    waiting: [],
    guardrails: [],
    health: [],
    counts,
    next_cycle: null,
  };
}

/** Is it working, is it safe, and what needs me? */
export function todayView(material: TodayMaterial): TodayView {
  const { policy, snapshots } = material;
  const latest = snapshots.at(-1) ?? null;
  const objective = policy.metrics.find(({ id }) => id === policy.objective);
  return {
    state: "running",
    workspace: { name: material.name, source: material.source, point: material.point },
    playbook_version: material.playbookVersion,
    objective:
      objective === undefined
        ? null
        : {
            metric: objective.id,
            kind: objective.kind,
            direction: objective.direction,
            minimum_effect: objective.minimumEffect,
          },
    headline_lift: latest === null ? null : headlineLift(latest),
    lift_over_cycles: snapshots.map((snapshot) => ({
      ...sequenceView(snapshot.programme.effect, snapshot.precision),
      cycle: snapshot.cycle,
      n: snapshot.programme.programmeUnits + snapshot.programme.holdoutUnits,
      markers: markersOf(material.entries)
        .filter(({ cycle }) => cycle === snapshot.cycle)
        .map(({ marker }) => marker),
      incidents: incidentMarkers(material.entries)
        .filter(({ cycle }) => cycle === snapshot.cycle)
        .map(({ marker }) => marker),
    })),
    waiting: waitingFor(material),
    guardrails: policy.guardrails.map((guardrail) => guardrailView(guardrail, latest)),
    health: [...(latest?.health.map(healthView) ?? []), ...material.machinery],
    counts: material.counts,
    next_cycle: nextCycle(material),
  };
}

function headlineLift({ programme, precision }: EvidenceSnapshot): TodayView["headline_lift"] {
  const interval = sequenceView(programme.effect, precision);
  return {
    ...interval,
    verdict: programme.verdict.word,
    sentence: programme.verdict.sentence,
    lift_relative: liftOf(interval.estimate, programme.holdoutMean),
    n_program: programme.programmeUnits,
    n_holdout: programme.holdoutUnits,
  };
}

type Marker = TodayView["lift_over_cycles"][number]["markers"][number];

const MARKERS: Readonly<Record<string, Marker["kind"]>> = {
  "change.started": "started",
  "change.promoted": "promoted",
  "change.rolled_back": "rolled_back",
};

/** What happened to the playbook, by the cycle that it happened in: entries of a cycle come before the one that ends it. */
function markersOf(entries: readonly LedgerEntry[]): readonly { readonly cycle: number; readonly marker: Marker }[] {
  let cycle = 1;
  return entries.flatMap(({ body }) => {
    if (body.kind === "cycle.completed") cycle = body.cycle + 1;
    const kind = MARKERS[body.kind];
    return kind === undefined || !("changeId" in body) ? [] : [{ cycle, marker: { kind, change_id: body.changeId } }];
  });
}

const INCIDENT_MARKERS = {
  "incident.opened": "opened",
  "incident.escalated": "escalated",
  "incident.resolved": "resolved",
} as const;

type IncidentMarker = NonNullable<TodayView["lift_over_cycles"][number]["incidents"]>[number];

/** What happened to the data, by the cycle that it was found in. */
function incidentMarkers(
  entries: readonly LedgerEntry[],
): readonly { readonly cycle: number; readonly marker: IncidentMarker }[] {
  let cycle = 1;
  return entries.flatMap(({ at, body }) => {
    if (body.kind === "cycle.completed") cycle = body.cycle + 1;
    if (!("incidentId" in body)) return [];
    return [{ cycle, marker: { kind: INCIDENT_MARKERS[body.kind], incident_id: body.incidentId, at: isoOf(at) } }];
  });
}

function waitingFor({ changes, entries }: TodayMaterial): TodayView["waiting"] {
  return changes
    .filter(({ status }) => status === "pending")
    .map((state) => {
      const own = entries.filter(({ body }) => "changeId" in body && body.changeId === state.change.id);
      const { id, title, since } = changeSummaryView(state, own);
      return { kind: "approval", change_id: id, title, since };
    });
}

const GUARDRAIL_STATES = { fine: "fine", watch: "watch", breached: "stopped", "no data": "no_data" } as const;

/** A guardrail as the rollout in progress reads it. */
function guardrailView(guardrail: Policy["guardrails"][number], latest: EvidenceSnapshot | null): GuardrailView {
  const reading = latest?.rollout?.guardrails.find(({ id }) => id === guardrail.id) ?? null;
  return {
    ...guardrailInterval(reading, guardrail.alpha),
    id: guardrail.id,
    metric: guardrail.metric,
    state: reading === null ? "no_data" : GUARDRAIL_STATES[reading.state],
    sentence: reading === null ? "Nothing is being rolled out, so there is nothing to guard" : reading.sentence,
    direction: guardrail.direction,
    tolerated: guardrail.tolerated,
  };
}

function guardrailInterval(reading: GuardrailReading | null, alpha: number): ReturnType<typeof unknownInterval> {
  return reading === null ? unknownInterval(1 - alpha) : sequenceView(reading.effect, { alpha });
}

function nextCycle({ cycle, nextCycleAt }: TodayMaterial): TodayView["next_cycle"] {
  const next = cycle + 1;
  if (nextCycleAt === null) return { cycle: next, sentence: `Cycle ${next} ends when it is run`, at: null };
  const at = isoOf(nextCycleAt);
  return { cycle: next, sentence: `Cycle ${next} ends on ${at.slice(0, 10)} at ${at.slice(11, 16)} UTC`, at };
}
