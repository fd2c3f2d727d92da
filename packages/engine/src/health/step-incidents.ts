import { digestOf } from "../digest.ts";
import { ENGINE } from "../ids.ts";
import { DAY_MS, type Instant } from "../time.ts";
import { BASELINE_DAYS } from "./day-counts.ts";
import type { Incident, IncidentEvent, IncidentSeverity } from "./incident.ts";
import type { DataReading, Finding } from "./reading.ts";

/** Good looks in a row, and how long they must last, before an incident is over: what flickers is one incident. */
const GOOD_LOOKS = 3;
const GOOD_MS = 3_600_000;
/** Incidents opened at one look; more wait for the next. */
const OPENED_MAX = 50;

/** Since when, and how often, an open incident's data have looked good. Forgotten by a restart: it then stays open longer. */
export type GoodLooks = ReadonlyMap<string, { readonly since: Instant; readonly looks: number }>;

/** Every incident so far, what was just found, and what earlier looks said. */
export interface IncidentQuestion {
  readonly incidents: readonly Incident[];
  readonly readings: readonly DataReading[];
  readonly good: GoodLooks;
  readonly now: Instant;
}

/** What a look changes. */
export interface IncidentStep {
  readonly events: readonly IncidentEvent[];
  readonly good: GoodLooks;
}

/**
 * Opens, escalates and resolves incidents by what was just found.
 *
 * A finding continues the open incident of its key. An incident ends after three good looks over at least an hour; a look that cannot tell
 * (`no-data`) is not a good one. It never grows milder: what was critical is critical until it is over. What a person explained stays
 * explained for eight weeks, by when it is what is usual, unless it grows worse.
 */
export function stepIncidents({ incidents, readings, good, now }: IncidentQuestion): IncidentStep {
  const byKey = new Map(readings.map((reading) => [reading.key, reading]));
  const open = incidents.filter(({ end }) => end === null);
  const openKeys = new Set(open.map(({ key }) => key));
  const opened = readings
    .filter((reading) => !openKeys.has(reading.key))
    .flatMap((reading) => openedBy(reading, incidents, now))
    .slice(0, OPENED_MAX);
  const next = new Map<string, { readonly since: Instant; readonly looks: number }>();
  const changed = open.flatMap((incident): readonly IncidentEvent[] => {
    const reading = byKey.get(incident.key) ?? null;
    const bad = badness(reading);
    if (bad !== null)
      return bad.severity === "critical" && incident.severity !== "critical" ? [escalated(incident, bad)] : [];
    const known = good.get(incident.id);
    if (reading?.kind === "no-data") {
      if (known !== undefined) next.set(incident.id, known);
      return [];
    }
    const looks = { since: known?.since ?? now, looks: (known?.looks ?? 0) + 1 };
    if (looks.looks >= GOOD_LOOKS && now - looks.since >= GOOD_MS) return [recovered(incident, looks.since)];
    next.set(incident.id, looks);
    return [];
  });
  return { events: [...opened, ...changed], good: next };
}

type Bad = Finding & { readonly severity: IncidentSeverity };

function badness(reading: DataReading | null): Bad | null {
  if (reading?.kind !== "finding" || reading.severity === "info") return null;
  return { ...reading, severity: reading.severity };
}

function openedBy(reading: DataReading, incidents: readonly Incident[], now: Instant): readonly IncidentEvent[] {
  const bad = badness(reading);
  if (bad === null || isExplained(incidents, reading.key, bad.severity, now)) return [];
  const { key, check, source } = reading;
  return [
    {
      kind: "incident.opened",
      incidentId: `inc_${digestOf([key, now, incidents.length]).slice(0, 12)}`,
      key,
      check,
      source,
      ...findingOf(bad),
    },
  ];
}

function isExplained(incidents: readonly Incident[], key: string, severity: IncidentSeverity, now: Instant): boolean {
  return incidents.some(
    (incident) =>
      incident.key === key &&
      incident.end?.how === "explained" &&
      now - incident.end.at < BASELINE_DAYS * DAY_MS &&
      (severity === "warning" || incident.severity === "critical"),
  );
}

function escalated(incident: Incident, bad: Bad): IncidentEvent {
  return { kind: "incident.escalated", incidentId: incident.id, ...findingOf(bad) };
}

function recovered(incident: Incident, to: Instant): IncidentEvent {
  return {
    kind: "incident.resolved",
    incidentId: incident.id,
    how: "recovered",
    by: ENGINE,
    reason: "the data are as usual again",
    to,
  };
}

function findingOf({ severity, sentence, metrics, from }: Bad) {
  return { severity, sentence, metrics, from };
}
