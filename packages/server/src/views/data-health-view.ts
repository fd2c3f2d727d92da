import { DATA_CHECKS, isoOf, instant, type DataLook, type DataReading, type Incident } from "@ratchet/engine";
import type { DataCheckView, DataHealthView, HealthView, ImportView, IncidentView } from "@ratchet/protocol";

type State = DataCheckView["state"];
/** Best first. */
const STATES: readonly State[] = ["green", "no_data", "info", "warning", "critical"];
const WEEK_MS = 7 * 86_400_000;

/** What is asked beside the looks. */
interface DataKnown {
  readonly incidents: readonly Incident[];
  /** Newest first. */
  readonly imports: readonly ImportView[];
}

/** The last look, worst first; checks of one state in their own order. */
export function dataHealthView(look: DataLook | null, known: DataKnown): DataHealthView {
  const beside = {
    open_incidents: known.incidents.filter(({ end }) => end === null).length,
    imports: importFindings(known.imports),
  };
  if (look === null) return { at: null, state: "no_data", checks: [], missing_by_week: [], ...beside };
  const checks = look.readings
    .map(dataCheckView)
    .toSorted((a, b) => rank(b.state) - rank(a.state) || order(a) - order(b));
  return {
    at: isoOf(look.at),
    state: overall(checks),
    checks,
    missing_by_week: missingByWeek(look.fields),
    ...beside,
  };
}

/** What is critical about the last file of each source that came in. */
function importFindings(imports: readonly ImportView[]): DataHealthView["imports"] {
  const seen = new Set<string>();
  return imports.flatMap(({ import_id, file, report }) => {
    if (report === null || seen.has(report.source)) return [];
    const { source, defects = [] } = report;
    seen.add(source);
    return defects
      .filter(({ severity }) => severity === "critical")
      .map(({ code, sentence, fix }) => ({ import_id, file, source, code, sentence, fix }));
  });
}

/** Of one source: the worst check about it, for the list of sources. */
export function sourceHealthView(
  look: DataLook | null,
  source: string,
): { readonly state: State; readonly sentence: string } {
  const own = (look?.readings ?? []).filter((reading) => reading.source === source).map(dataCheckView);
  const worst = own.toSorted((a, b) => rank(b.state) - rank(a.state))[0];
  if (worst === undefined) return { state: "no_data", sentence: "nothing was looked at yet" };
  // Without a finding, whether it sends is what one wants to know.
  const isFinding = worst.state !== "green" && worst.state !== "no_data";
  const { state, sentence } = isFinding ? worst : (own.find(({ check }) => check === "freshness") ?? worst);
  return { state, sentence };
}

export function incidentView(incident: Incident): IncidentView {
  const { severity, metrics, from, end, openedAt, escalatedAt } = incident;
  return {
    incident_id: incident.id,
    check: incident.check,
    source: incident.source,
    severity,
    state: end === null ? "open" : end.how,
    sentence: incident.sentence,
    metrics,
    blocks_learning: severity === "critical" && (metrics === "all" || metrics.length > 0),
    from: isoOf(from),
    to: end === null ? null : isoOf(end.to),
    opened_at: isoOf(openedAt),
    escalated_at: escalatedAt === null ? null : isoOf(escalatedAt),
    resolved_at: end === null ? null : isoOf(end.at),
    by: end?.by ?? null,
    reason: end?.reason ?? null,
  };
}

/** Open incidents among the trust checks of the first screen. What blocks learning is red; what is unusual is said, and blocks nothing. */
export function incidentHealth(incidents: readonly Incident[]): readonly HealthView[] {
  return incidents
    .filter(({ end }) => end === null)
    .map(({ id, severity, sentence }) => ({
      check: `incident ${id}`,
      state: severity === "critical" ? "red" : "no_data",
      sentence,
    }));
}

function dataCheckView(reading: DataReading): DataCheckView {
  const { check, source, subject, sentence } = reading;
  const about = { check, source, subject, sentence };
  if (reading.kind !== "finding") {
    const state = reading.kind === "fine" ? "green" : "no_data";
    return { ...about, state, metrics: [], since: null, figures: {}, examples: [], fix: "" };
  }
  const { severity, metrics, from, figures, examples, fix } = reading;
  const finite = Object.fromEntries(Object.entries(figures).filter(([, figure]) => Number.isFinite(figure)));
  return { ...about, state: severity, metrics, since: isoOf(from), figures: finite, examples, fix };
}

/** The worst finding; without one, green where anything could be judged at all. */
function overall(checks: readonly DataCheckView[]): State {
  const [worst] = checks;
  if (worst === undefined || rank(worst.state) >= rank("info")) return worst?.state ?? "no_data";
  return checks.some(({ state }) => state === "green") ? "green" : "no_data";
}

const rank = (state: State): number => STATES.indexOf(state);
const order = ({ check }: DataCheckView): number => DATA_CHECKS.findIndex((name) => name === check);

function missingByWeek(fields: DataLook["fields"]): DataHealthView["missing_by_week"] {
  const weeks = new Map<string, DataHealthView["missing_by_week"][number]>();
  for (const { of, source, field, day, n, missing } of fields) {
    const week = isoOf(instant(day - (day % WEEK_MS)));
    const key = [of, source, field, week].join("\0");
    const known = weeks.get(key) ?? { of, source, field, week, n: 0, missing: 0 };
    weeks.set(key, { ...known, n: known.n + n, missing: known.missing + missing });
  }
  return [...weeks.values()];
}
