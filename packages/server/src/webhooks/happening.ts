import {
  isoOf,
  MICROS_PER_UNIT,
  type ChangeEvent,
  type ChangeState,
  type Decision,
  type Execution,
  type InboxItem,
  type Incident,
  type Instant,
  type LedgerEntry,
  type Signal,
} from "@ratchet/engine";
import type { WebhookType } from "@ratchet/protocol";
import { namelessText } from "../http/nameless-text.ts";

/** Something that endpoints are told. */
export interface Happening {
  /** The same for the same thing, however often it is read: the ids of its deliveries are made of it. */
  readonly key: string;
  readonly type: WebhookType;
  /** When it happened. */
  readonly at: Instant;
  /** When it was written down here: endpoints that are younger are not told. */
  readonly knownAt: Instant;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What names of things mean that a ledger entry does not say again. */
export interface Standing {
  readonly changes: ReadonlyMap<string, ChangeState>;
  readonly incidents: ReadonlyMap<string, Incident>;
}

/** An id of 200 characters fits, however it is escaped; ten such fields stay below the 20 KB that the standard advises for a body. */
const FIELD_BYTES_MAX = 1_500;
/** Items of a list that are told. */
const LISTED_MAX = 20;

/**
 * What is sent of a happening. It says what happened and under which id to look it up, and never who: neither a unit nor an actor, nor a
 * text that somebody typed. So an erasure finds nothing to erase, here or at the receiver's.
 */
export function bodyOf({ type, at, data }: Pick<Happening, "type" | "at" | "data">): string {
  const fitting = Object.entries(data).map(([name, value]) => [name, isLong(value) ? null : value]);
  return JSON.stringify({ type, timestamp: isoOf(at), data: Object.fromEntries(fitting) });
}

function isLong(value: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(value)) > FIELD_BYTES_MAX;
}

/** What an entry of the ledger means to those outside; null for what concerns the inside alone. */
export function ledgerHappening(entry: LedgerEntry, { changes, incidents }: Standing): Happening | null {
  const { body } = entry;
  const told = (type: WebhookType, data: Happening["data"]): Happening => ({
    key: `ledger\0${entry.hash}`,
    type,
    at: entry.at,
    knownAt: entry.at,
    data: { ...data, ledger_seq: entry.seq },
  });
  if ("incidentId" in body) {
    const known = incidentData(incidents.get(body.incidentId) ?? null);
    const outcome = body.kind === "incident.resolved" ? { how: body.how } : { severity: body.severity };
    return told(body.kind, { incident_id: body.incidentId, ...known, ...outcome });
  }
  const change = "changeId" in body ? changeTold(body) : null;
  if (change === null || !("changeId" in body)) return null;
  const lever = changes.get(body.changeId)?.change.lever ?? null;
  return told(change.type, { change_id: body.changeId, lever, ...change.data });
}

function incidentData(incident: Incident | null): Happening["data"] {
  if (incident === null) return {};
  const { check, source, metrics } = incident;
  return {
    check,
    source: source === null ? null : namelessText(source),
    metrics: metrics === "all" ? "all" : metrics.slice(0, LISTED_MAX),
  };
}

/** A change is proposed once the policy has said that it may be: what is forbidden is rejected, and never awaited anybody's verdict. */
function changeTold(body: ChangeEvent): { readonly type: WebhookType; readonly data: Happening["data"] } | null {
  switch (body.kind) {
    case "change.reviewed": {
      const { kind, tier, approvers } = body.verdict;
      if (kind === "forbidden") return null;
      return { type: "change.proposed", data: { verdict: kind, tier, approvers: approvers.slice(0, LISTED_MAX) } };
    }
    case "change.approved":
    case "change.rejected":
    case "change.expired":
    case "change.rolled_back":
      return { type: body.kind, data: {} };
    case "change.promoted":
      return { type: body.kind, data: { playbook_version: body.playbookVersion } };
    case "change.drafted":
    case "change.evidenced":
    case "change.approval_given":
    case "change.started":
    case "change.advanced":
    case "change.held":
    case "change.resumed":
    case "change.rollback_started":
      return null;
  }
}

/**
 * What an acknowledged item means to those outside. A decision is served where it was made to be acted on: none in shadow or for a test,
 * and none that was made elsewhere. A signal is an outcome where a metric counts its type.
 *
 * @param metricsOf - names of the metrics that count a signal.
 */
export function itemHappening(item: InboxItem, metricsOf: (signal: Signal) => readonly string[]): Happening | null {
  const key = `${item.kind}\0${item.source}\0${item.messageId}`;
  switch (item.kind) {
    case "decision":
      return item.source === "engine" ? { key, type: "decision.served", ...decisionData(item.decision) } : null;
    case "signal": {
      const metrics = metricsOf(item.signal);
      return metrics.length === 0 || item.source.startsWith("import:")
        ? null
        : { key, type: "outcome.recorded", ...outcomeData(item.signal, metrics) };
    }
    case "execution":
      return item.execution.report.kind === "overridden"
        ? { key, type: "execution.overridden", ...overrideData(item.execution, item.execution.report) }
        : null;
    case "label":
      return null;
  }
}

type Told = Pick<Happening, "at" | "knownAt" | "data">;

function decisionData(decision: Decision): Told {
  const { id, point, action, cohort, playbookVersion, changeId, decidedAt } = decision;
  return {
    at: decidedAt,
    knownAt: decidedAt,
    data: { decision_id: id, point, action, cohort, playbook_version: playbookVersion, change_id: changeId },
  };
}

function outcomeData(signal: Signal, metrics: readonly string[]): Told {
  const { type, decisionId, value, detail, source, occurredAt, receivedAt } = signal;
  return {
    at: occurredAt,
    knownAt: receivedAt,
    data: {
      signal: namelessText(type),
      metrics: metrics.slice(0, LISTED_MAX),
      decision_id: ownId(decisionId),
      source: namelessText(source),
      value: value === null ? null : value / MICROS_PER_UNIT,
      currency: detail?.currency ?? null,
    },
  };
}

type Override = Extract<Execution["report"], { kind: "overridden" }>;

function overrideData(
  { decisionId, source, occurredAt, receivedAt }: Execution,
  { reason, didInstead }: Override,
): Told {
  return {
    at: occurredAt,
    knownAt: receivedAt,
    data: {
      decision_id: ownId(decisionId),
      reason,
      did_instead: didInstead === null ? null : namelessText(didInstead),
      source: namelessText(source),
    },
  };
}

/** An id of ours; one that a sender made may be made of a name. */
function ownId(decisionId: string | null): string | null {
  return decisionId !== null && /^dec_[0-9a-z]+$/u.test(decisionId) ? decisionId : null;
}
