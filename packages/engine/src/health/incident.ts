import type { ActorId, MetricId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { DataCheck, Severity, Touched } from "./reading.ts";

/** What is bad enough for an incident; `info` is not. */
export type IncidentSeverity = Exclude<Severity, "info">;

/** What was found when an incident opened, or grew worse. */
interface IncidentFinding {
  readonly severity: IncidentSeverity;
  readonly sentence: string;
  readonly metrics: Touched;
  /** From when the data are touched. */
  readonly from: Instant;
}

/** What can happen to an incident; each is one ledger entry, and a fact on every time chart. */
export type IncidentEvent =
  | ({
      readonly kind: "incident.opened";
      readonly incidentId: string;
      readonly key: string;
      readonly check: DataCheck;
      readonly source: string | null;
    } & IncidentFinding)
  | ({ readonly kind: "incident.escalated"; readonly incidentId: string } & IncidentFinding)
  | {
      readonly kind: "incident.resolved";
      readonly incidentId: string;
      /** `recovered`: the data are as usual again · `explained`: a person says that nothing is wrong with them, and why. */
      readonly how: "recovered" | "explained";
      readonly by: ActorId;
      readonly reason: string;
      /** Until when the data were touched. */
      readonly to: Instant;
    };

/** How an incident ended. */
export interface IncidentEnd {
  readonly how: "recovered" | "explained";
  readonly by: ActorId;
  readonly reason: string;
  readonly at: Instant;
  readonly to: Instant;
}

/** One thing that is, or was, wrong with the data: the fold of its events. */
export interface Incident extends IncidentFinding {
  readonly id: string;
  readonly key: string;
  readonly check: DataCheck;
  readonly source: string | null;
  readonly openedAt: Instant;
  readonly escalatedAt: Instant | null;
  /** null while it is open. */
  readonly end: IncidentEnd | null;
}

/**
 * The incident after one more event.
 *
 * @throws Error when the event cannot follow: another writer was faster.
 */
export function evolveIncident(incident: Incident | null, event: IncidentEvent, at: Instant): Incident {
  if (event.kind === "incident.opened") {
    if (incident !== null) throw new Error(`incident ${event.incidentId} was opened twice`);
    const { kind: _, incidentId: id, ...found } = event;
    return { id, ...found, openedAt: at, escalatedAt: null, end: null };
  }
  if (incident === null) throw new Error(`there is no incident ${event.incidentId}`);
  if (event.kind === "incident.escalated") {
    if (incident.end !== null) throw new Error(`incident ${incident.id} is over and cannot escalate`);
    const { severity, sentence, metrics, from } = event;
    return {
      ...incident,
      severity,
      sentence,
      metrics,
      from: from < incident.from ? from : incident.from,
      escalatedAt: at,
    };
  }
  // What recovered by itself may still be explained: its data are then counted after all.
  if (incident.end !== null && (incident.end.how === "explained" || event.how === "recovered"))
    throw new Error(`incident ${incident.id} is over already`);
  const { how, by, reason, to } = event;
  return { ...incident, end: { how, by, reason, at, to } };
}

/** Whether an incident touches one of these metrics. */
function touches({ metrics }: Pick<Incident, "metrics">, asked: readonly MetricId[]): boolean {
  return metrics === "all" || metrics.some((metric) => asked.includes(metric));
}

/** Open and critical: nothing may be learned from what they touch. */
export function blockingIncidents(incidents: readonly Incident[], metrics: readonly MetricId[]): readonly Incident[] {
  return incidents.filter(
    (incident) => incident.end === null && incident.severity === "critical" && touches(incident, metrics),
  );
}

/**
 * Incidents as they stood at a time: those opened by then, and over only where they ended by then. One that grew worse later was a warning
 * then, which blocks nothing and leaves nothing out: it is not among them.
 */
export function incidentsKnownAt(incidents: readonly Incident[], at: Instant): readonly Incident[] {
  return incidents
    .filter(({ openedAt, escalatedAt }) => openedAt <= at && (escalatedAt === null || escalatedAt <= at))
    .map((incident) => (incident.end === null || incident.end.at <= at ? incident : { ...incident, end: null }));
}

/** A stretch of time whose outcomes are not looked at. Both ends belong to it. */
export interface ExcludedTime {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * What stays out of a metric after critical incidents are over: their time, for ever, unless a person explained them.
 *
 * A decision is left out when its outcome window meets such a time, whichever cohort it is of. Leaving out by time alone cannot favour
 * a cohort or an action, since both were dealt by chance within it; keeping the decisions would count as failures what was never
 * reported, or count twice what was reported twice. Warnings exclude nothing: their data are unusual, not void.
 */
export function excludedTimes(incidents: readonly Incident[], metric: MetricId): readonly ExcludedTime[] {
  return incidents.flatMap(({ severity, from, end, ...incident }) =>
    severity === "critical" && end?.how === "recovered" && touches(incident, [metric]) ? [{ from, to: end.to }] : [],
  );
}
