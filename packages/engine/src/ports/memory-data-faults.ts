import type { Decision } from "../decisions/decision.ts";
import {
  BEFORE_DECISION_MS,
  EXAMPLES_MAX,
  FUTURE_MS,
  SETTLING_MS,
  THING_PROPERTIES,
  type DataProfileQuery,
  type FaultCount,
  type FaultKind,
} from "../health/data-profile.ts";
import type { Signal } from "../signals/signal.ts";
import { DAY_MS } from "../time.ts";
import { compareCodePoints } from "./code-point-order.ts";
import { beginning, groups } from "./profile-groups.ts";

/** All facts, and the signals that were received in the time asked for. */
export interface FaultsQuestion {
  readonly decisions: readonly Decision[];
  readonly signals: readonly Signal[];
  readonly received: readonly Signal[];
  readonly query: DataProfileQuery;
}

interface Fault {
  readonly kind: FaultKind;
  readonly signal: Signal;
}

/** Every fault that `FaultKind` defines, counted by kind, source, type and day. */
export function memoryFaults(question: FaultsQuestion): readonly FaultCount[] {
  const faults = [
    ...valueFaults(question.received),
    ...decisionFaults(question),
    ...stageFaults(question.received),
    ...duplicates(question.received),
  ];
  return groups(faults, ({ kind, signal }) => [
    kind,
    signal.source,
    signal.type,
    beginning(signal.receivedAt, DAY_MS),
  ]).flatMap(([, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const ids = own.map(({ signal }) => signal.messageId).toSorted(compareCodePoints);
    return {
      kind: first.kind,
      source: first.signal.source,
      type: first.signal.type,
      day: beginning(first.signal.receivedAt, DAY_MS),
      n: own.length,
      examples: ids.slice(0, EXAMPLES_MAX),
    };
  });
}

function valueFaults(received: readonly Signal[]): readonly Fault[] {
  return received.flatMap((signal): readonly Fault[] => {
    const probability: number | null = signal.detail?.humanProbability ?? null;
    return [
      ...((signal.value ?? 0) < 0 ? [{ kind: "negative_value", signal } as const] : []),
      ...(signal.occurredAt - signal.receivedAt > FUTURE_MS ? [{ kind: "future", signal } as const] : []),
      ...(probability !== null && !(probability >= 0 && probability <= 1)
        ? [{ kind: "probability_outside", signal } as const]
        : []),
    ];
  });
}

function decisionFaults({ decisions, received, query }: FaultsQuestion): readonly Fault[] {
  const latestOf = new Map<string, number>();
  for (const { id, decidedAt } of decisions) latestOf.set(id, Math.min(decidedAt, latestOf.get(id) ?? Infinity));
  const units = new Set<string>(decisions.map(({ unitId }) => unitId));
  return received.flatMap((signal): readonly Fault[] => {
    if (signal.decisionId === null) {
      const isStranger = decisions.length > 0 && query.outcomeTypes.includes(signal.type) && !units.has(signal.unitId);
      return isStranger ? [{ kind: "stranger", signal }] : [];
    }
    const decidedAt = latestOf.get(signal.decisionId);
    if (decidedAt === undefined)
      return signal.receivedAt < query.to - SETTLING_MS ? [{ kind: "no_such_decision", signal }] : [];
    return decidedAt - signal.occurredAt > BEFORE_DECISION_MS ? [{ kind: "before_decision", signal }] : [];
  });
}

/** What moves through stages: a thing that the sender names, else the person or the unit. */
function thingOf(signal: Signal): { readonly key: string; readonly isNamed: boolean } {
  const properties = signal.detail?.properties ?? {};
  const named = THING_PROPERTIES.map((name) => properties[name]).find((value) => isTold(value));
  return {
    key: [signal.source, signal.unitId, signal.detail?.person ?? "", named ?? ""].join("\0"),
    isNamed: named !== undefined,
  };
}

const isTold = (value: unknown): value is string => typeof value === "string" && value !== "";

function stageFaults(received: readonly Signal[]): readonly Fault[] {
  const ordered = received
    .filter(({ type }) => type === "stage_changed" || type === "opportunity_won")
    .toSorted((a, b) => a.occurredAt - b.occurredAt || compareCodePoints(a.messageId, b.messageId));
  const lastStage = new Map<string, string>();
  const wonAt = new Map<string, number>();
  const faults: Fault[] = [];
  for (const signal of ordered) {
    const thing = thingOf(signal);
    if (signal.type === "opportunity_won") {
      if (thing.isNamed) wonAt.set(thing.key, Math.min(signal.occurredAt, wonAt.get(thing.key) ?? Infinity));
      continue;
    }
    const { pipeline, from, to } = signal.detail?.properties ?? {};
    const key = [thing.key, isTold(pipeline) ? pipeline : ""].join("\0");
    const last = lastStage.get(key);
    if (isTold(from) && last !== undefined && last !== from) faults.push({ kind: "stage_mismatch", signal });
    lastStage.set(key, isTold(to) ? to : "");
    if (signal.occurredAt > (wonAt.get(thing.key) ?? Infinity)) faults.push({ kind: "won_reopened", signal });
  }
  return faults;
}

/** Each but the first of those that tell the same under other ids; the first by source, then id. */
function duplicates(received: readonly Signal[]): readonly Fault[] {
  return groups(received, (s) => [
    s.type,
    s.unitId,
    s.occurredAt,
    s.value ?? "none",
    s.decisionId ?? "",
    s.detail?.person ?? "",
    s.detail === undefined ? "" : JSON.stringify(s.detail.properties),
  ]).flatMap(([, own]) =>
    own
      .toSorted((a, b) => compareCodePoints(a.source, b.source) || compareCodePoints(a.messageId, b.messageId))
      .slice(1)
      .map((signal) => ({ kind: "duplicate" as const, signal })),
  );
}
