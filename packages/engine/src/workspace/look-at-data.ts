import { checkData } from "../health/check-data.ts";
import type { DataProfile } from "../health/data-profile.ts";
import type { ClockReading, DataQuestion, IdentityConflicts, MetricsInForce } from "../health/data-question.ts";
import { evolveIncident, type Incident, type IncidentEvent } from "../health/incident.ts";
import type { DataReading } from "../health/reading.ts";
import { stepIncidents, type GoodLooks } from "../health/step-incidents.ts";
import { ENGINE, type ActorId } from "../ids.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import type { Policy } from "../governance/policy.ts";
import { labelAgreement } from "../signals/notes/agreement.ts";
import type { ClockAnswer } from "../signals/clock-estimate.ts";
import { DAY_MS, instant, type Instant } from "../time.ts";
import { projectInbox } from "./project-inbox.ts";
import { PROJECTION } from "./run-cycle.ts";
import { clockAnswers } from "./watch-clocks.ts";
import type { Workspace } from "./workspace.ts";

/** How far back facts are counted: eight weeks of habits, and ten in which an incident may last without becoming one. */
const LOOK_BACK_DAYS = 126;
/** Context that the field's tools tell, besides what the playbook cuts segments by. */
const FIELDS = ["account", "channel", "persona", "segment"] as const;
const CATEGORIES = ["channel", "disposition", "pipeline", "to"] as const;
const REVIEWS_READ_MAX = 5000;

/** What a look at the data rests on beside the facts. */
export interface LookBasis {
  /** Of earlier looks in this process; empty at first. */
  readonly good: GoodLooks;
  /** null where nobody looked yet. */
  readonly identities: IdentityConflicts | null;
}

/** What a look found, and what it changed. */
export interface DataLook {
  readonly at: Instant;
  readonly from: Instant;
  readonly readings: readonly DataReading[];
  /** How often context was not told, by day. */
  readonly fields: DataProfile["fields"];
  /** Incidents that opened, escalated or ended; in the ledger by now. */
  readonly events: readonly IncidentEvent[];
  /** For the next look. */
  readonly good: GoodLooks;
}

/**
 * Counts the facts, runs every check, and writes to the ledger what opened, escalated or ended. One look after the other. A workspace that
 * was not set up has no ledger, and so no incidents.
 */
export async function lookAtData(workspace: Workspace, { good, identities }: LookBasis): Promise<DataLook> {
  await projectInbox(workspace.stores, PROJECTION);
  const question = await questionOf(workspace, identities);
  const { now, from, profile } = question;
  const readings = checkData(question);
  const step = await workspace.appendDecided(() => {
    if (workspace.isEmpty) return { drafts: [], documents: [], answer: { events: [], good } };
    const decided = stepIncidents({ incidents: [...workspace.view.incidents.values()], readings, good, now });
    return {
      drafts: decided.events.map((body) => ({ at: now, actor: ENGINE, body })),
      documents: [],
      answer: decided,
    };
  });
  return { at: now, from, readings, fields: profile.fields, ...step };
}

async function questionOf(workspace: Workspace, identities: IdentityConflicts | null): Promise<DataQuestion> {
  const { state, facts, clock } = workspace.stores;
  const now = clock();
  const from = instant(Math.floor(now / DAY_MS) * DAY_MS - LOOK_BACK_DAYS * DAY_MS);
  const segmentFields = workspace.isEmpty ? [] : segmentFieldsOf(workspace);
  const fields = [...new Set([...FIELDS, ...segmentFields])].toSorted();
  const metrics: readonly MetricDefinition[] = workspace.isEmpty ? [] : workspace.policy.metrics;
  const { policies, incidents } = workspace.view;
  const profile = await facts.dataProfile({
    from,
    to: now,
    fields,
    outcomeTypes: [...new Set(metrics.map(({ signal }) => signal))],
    categories: CATEGORIES,
    cohortsFrom: policies.at(-1)?.since ?? from,
  });
  const sources = (await state.sources()).filter(({ disabledAt }) => disabledAt === null);
  const open = profile.sources.some(({ source }) => source === "api") ? ["api"] : [];
  return {
    now,
    from,
    profile,
    fields,
    segmentFields,
    metrics,
    living: [...new Set([...sources.filter(({ kind }) => kind !== "file").map(({ id }) => id), ...open])].toSorted(),
    holdoutShare: workspace.isEmpty ? null : workspace.policy.holdoutShare,
    metricsInForce: await metricsInForce(workspace),
    clocks: [...(await clockAnswers(workspace.stores))].map(([source, answer]) => clockReading(source, answer)),
    identities,
    labels: labelAgreement(await state.answeredReviews({ limit: REVIEWS_READ_MAX })).map((agreement) => ({
      field: agreement.field,
      n: agreement.n,
      alphaUpper: agreement.alpha.kind === "estimate" ? agreement.alpha.upper : null,
      examples: agreement.disagreements.map(({ messageId }) => messageId),
    })),
    troubled: [...incidents.values()]
      .filter(({ end }) => end?.how !== "explained")
      .map(({ key, check, source, from: since, end }) => ({ key, check, source, from: since, to: end?.to ?? null })),
  };
}

function segmentFieldsOf({ playbook }: Workspace): readonly string[] {
  return [...new Set(playbook.levers.flatMap(({ segmentBy }) => segmentBy.map(({ field }) => field)))];
}

/** The latest two: what a metric means now is compared with what it meant before. */
async function metricsInForce(workspace: Workspace): Promise<readonly MetricsInForce[]> {
  const recent = workspace.view.policies.slice(-2);
  return Promise.all(
    recent.map(async ({ version, digest, since }) => {
      // oxlint-disable-next-line typescript/consistent-type-assertions -- content-addressed: these are the bytes of an adopted policy
      const policy = (await workspace.document(digest)) as Policy | null;
      return { policyVersion: version, since, metrics: policy?.metrics ?? [] };
    }),
  );
}

/** A shift is what is added to a source's times, so a clock that is ahead has a negative one. */
function clockReading(source: string, answer: ClockAnswer): ClockReading {
  switch (answer.kind) {
    case "right":
      return { source, aheadMs: 0, state: "right", since: null };
    case "off":
      return { source, aheadMs: -answer.estimate.shiftMs, state: "corrected", since: answer.estimate.heardFrom };
    case "beyond-bound":
      return { source, aheadMs: -answer.estimate.shiftMs, state: "beyond-bound", since: answer.estimate.heardFrom };
    case "disagree":
    case "too-few":
      return { source, aheadMs: null, state: "unknown", since: null };
  }
}

/** What a person asks for who says that nothing is wrong with an incident's data. */
export interface Explanation {
  readonly incidentId: string;
  readonly by: ActorId;
  readonly reason: string;
}

export type ExplainAnswer =
  | { readonly kind: "explained"; readonly incident: Incident }
  | { readonly kind: "refused"; readonly reason: "not-found" | "explained-already"; readonly message: string };

/**
 * A person takes an incident for explained: it blocks nothing any more, its time counts again, and it is not opened anew for eight weeks
 * unless it grows worse. Who said so, and why, is in the ledger.
 */
export function explainIncident(workspace: Workspace, { incidentId, by, reason }: Explanation): Promise<ExplainAnswer> {
  return workspace.appendDecided<ExplainAnswer>(() => {
    const at = workspace.stores.clock();
    const incident = workspace.view.incidents.get(incidentId);
    const refused = (why: "not-found" | "explained-already", message: string) => ({
      drafts: [],
      documents: [],
      answer: { kind: "refused" as const, reason: why, message },
    });
    if (incident === undefined)
      return refused(
        "not-found",
        `there is no incident ${incidentId}; ratchet incidents list --all names those there were`,
      );
    if (incident.end?.how === "explained")
      return refused(
        "explained-already",
        `${incident.end.by} explained incident ${incidentId} before: ${incident.end.reason}`,
      );
    const body: IncidentEvent = { kind: "incident.resolved", incidentId, how: "explained", by, reason, to: at };
    return {
      drafts: [{ at, actor: by, body }],
      documents: [],
      answer: { kind: "explained", incident: evolveIncident(incident, body, at) },
    };
  });
}
