import { propensity } from "@ratchet/stats";
import type { Decision, DecisionRecord } from "../decisions/decision.ts";
import { digestOf } from "../digest.ts";
import { actionId, decisionId, metricId, segmentId, unitId } from "../ids.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import type { Signal } from "../signals/signal.ts";
import { FIRST_INSTANT, type ClockRow } from "../signals/source-clock.ts";
import { instant } from "../time.ts";
import type { InboxItem } from "./state-store.ts";

/** 2026-03-01T00:00:00Z; the contracts count milliseconds from here. */
export const START_MS = Date.UTC(2026, 2, 1);

/** A decision of a source, with everything that a test does not speak of filled in. */
export function exampleDecision(source: string, id: string, told: Partial<Decision> = {}): Decision {
  return {
    id: decisionId(id),
    source,
    point: "email",
    unitId: unitId(`unit of ${id}`),
    segment: segmentId("all/region=EMEA"),
    context: { region: "EMEA", employees: 250, trial: true, industry: null },
    action: actionId("short"),
    propensity: propensity(0.5),
    cohort: "candidate",
    playbookVersion: 3,
    changeId: null,
    rolloutShare: 0.25,
    cycle: 1,
    fold: 2,
    reasons: ["explores", "the segment has few decisions yet"],
    decidedAt: instant(START_MS),
    ...told,
  };
}

/** What a decision was made from; a rule took actions away where told. */
export function exampleRecord(removed: readonly string[] = []): DecisionRecord {
  return {
    lever: "email",
    mode: "live",
    playbook: digestOf("playbook"),
    policy: digestOf("policy"),
    draw: 0.1 + 0.2,
    holdoutShare: 0.1,
    businessAsUsualShare: 0,
    fallback: null,
    lease: null,
    askedAs: null,
    candidates: [{ action: actionId("short"), probability: 0.5 }],
    funnel: {
      stages: [
        {
          rule: "quiet-hours",
          before: 2,
          after: 2 - removed.length,
          removed: removed.map((action) => ({ action: actionId(action), why: "night" })),
        },
      ],
    },
    score: null,
    counterfactual: { kind: "none" },
  };
}

/** A visit that names no decision, heard a second after it happened. */
export function exampleSignal(source: string, messageId: string, told: Partial<Signal> = {}): Signal {
  const occurredAt = told.occurredAt ?? instant(START_MS);
  return {
    source,
    messageId,
    type: "visit",
    unitId: unitId("unit"),
    decisionId: null,
    value: null,
    occurredAt,
    receivedAt: instant(occurredAt + 1_000),
    ...told,
  };
}

/** What a source's clock was taken to be, from a raw time on. */
export function exampleClockRow(
  source: string,
  { fromRaw, shiftMs, knownAt }: Pick<ClockRow, "fromRaw" | "shiftMs" | "knownAt">,
): ClockRow {
  const heard = { heardFrom: instant(START_MS), heardBefore: instant(START_MS + 1) };
  const estimate = { basis: "sent", shiftMs, uncertaintyMs: 0, n: 20, ...heard } as const;
  return { source, fromRaw, shiftMs, notBefore: FIRST_INSTANT, knownAt, estimate };
}

/** A metric over `visit` signals. */
export function exampleMetric(kind: MetricDefinition["kind"], windowMs: number): MetricDefinition {
  return { id: metricId("visits"), kind, signal: "visit", windowMs, direction: "increase", minimumEffect: 0.001 };
}

/** The decision on its way to the facts. */
export function decisionItem(decision: Decision): InboxItem {
  return { kind: "decision", source: decision.source, messageId: decision.id, decision };
}

/** The signal on its way to the facts. */
export function signalItem(signal: Signal): Extract<InboxItem, { readonly kind: "signal" }> {
  return { kind: "signal", source: signal.source, messageId: signal.messageId, signal };
}
