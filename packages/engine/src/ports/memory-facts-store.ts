import { heardAt, type Decision } from "../decisions/decision.ts";
import type { Label } from "../signals/notes/label.ts";
import type { MeasureQuery } from "../outcomes/cell.ts";
import { isMachineMade } from "../outcomes/metric.ts";
import { multipleExposureOf } from "../decisions/multiple-exposure.ts";
import type { Execution } from "../decisions/execution.ts";
import type { Signal } from "../signals/signal.ts";
import { clockPieces, correctedOccurrence, type FactsReading } from "../signals/source-clock.ts";
import { mergedUnits } from "../signals/unit-merge.ts";
import { compareCodePoints } from "./code-point-order.ts";
import { arrivalDelaysOf, clockEvidenceOf } from "./memory-arrivals.ts";
import { memoryDataProfile } from "./memory-data-profile.ts";
import { labelSignals, listLabels } from "./memory-labels.ts";
import { likelyHuman } from "./memory-engagement.ts";
import { countOverrides, listExecutions } from "./memory-executions.ts";
import { DecisionScope } from "./memory-decision-scope.ts";
import type { DecisionQuery, FactsStore, SignalPlace, SignalQuery } from "./facts-store.ts";

/**
 * The reference of the facts port, fast enough to replay logs of 100,000s of decisions: nothing survives the process.
 *
 * Decisions are kept by source and point with their cell numbered at load; signals are kept by type and by what they name.
 */
export function memoryFactsStore(): FactsStore {
  const facts = new MemoryFacts();
  const loaded = new Set<number>();
  const executions: Execution[] = [];
  return {
    load: async (segment) => {
      if (loaded.has(segment.number)) return;
      loaded.add(segment.number);
      for (const item of segment.items) {
        if (item.kind === "decision") facts.addDecision(item.decision);
        else if (item.kind === "signal") facts.addSignal(item.signal);
        else if (item.kind === "label") facts.labels.push(item.label);
        else executions.push(item.execution);
      }
    },
    measure: async (query) => {
      const scope = facts.scope(query.source, query.point);
      return scope.measure(query, facts.signalsFor(query));
    },
    decision: async (id) => facts.byId.get(id) ?? null,
    decisions: async (query) => facts.list(query),
    signalsOf: async (decision, reading = {}) => facts.signalsOf(decision, reading),
    signals: async (query) => facts.listSignals(query),
    labels: async (query) => listLabels(facts.labels, query),
    executions: async (query) => listExecutions(executions, query),
    overrides: async ({ since }) => countOverrides(executions, (id) => facts.byId.get(id) ?? null, since),
    multipleExposure: async (query) => multipleExposureOf(facts.decisions, query),
    counts: async () => ({ decisions: facts.decisions.length, signals: facts.signals.length }),
    clockEvidence: async (query) => clockEvidenceOf(facts.signals, query),
    arrivalDelays: async (query) => arrivalDelaysOf(facts.signals, query),
    dataProfile: async (query) => memoryDataProfile(facts.decisions, facts.signals, query),
    erase: async (whom) => facts.erase(whom),
    latest: async () => (facts.latest === -Infinity ? null : facts.latest),
    close: async () => {},
  };
}

/** Lists by key, made when first asked for. */
class Lists<Key, Item> {
  readonly #lists = new Map<Key, Item[]>();

  of(key: Key): Item[] {
    const found = this.#lists.get(key);
    if (found !== undefined) return found;
    const made: Item[] = [];
    this.#lists.set(key, made);
    return made;
  }

  /** Puts another item in place of each. */
  replace(other: (item: Item) => Item): void {
    for (const list of this.#lists.values()) list.forEach((item, i) => void (list[i] = other(item)));
  }

  /** Without making a list for a key that has none. */
  peek(key: Key): readonly Item[] {
    return this.#lists.get(key) ?? [];
  }
}

function withoutContext({ record, ...decision }: Decision): Decision {
  return record === undefined && Object.keys(decision.context).length === 0 ? decision : { ...decision, context: {} };
}

class MemoryFacts {
  readonly decisions: Decision[] = [];
  readonly byId = new Map<string, Decision>();
  /** Signals that name a decision, by type. */
  readonly naming = new Lists<string, Signal>();
  /** Signals that name none, by type. */
  readonly free = new Lists<string, Signal>();
  readonly #namingDecision = new Lists<string, Signal>();
  readonly #freeOfUnit = new Lists<string, Signal>();
  readonly #scopes = new Map<string, Map<string, DecisionScope>>();
  readonly signals: Signal[] = [];
  readonly labels: Label[] = [];
  latest = -Infinity;

  addDecision(decision: Decision): void {
    this.decisions.push(decision);
    const known = this.byId.get(decision.id);
    // Ids are unique within a source; between sources that share one, the answer must not depend on the order of loading.
    if (known === undefined || compareCodePoints(decision.source, known.source) < 0)
      this.byId.set(decision.id, decision);
    this.scope(decision.source, decision.point).add(decision);
    this.latest = Math.max(this.latest, decision.decidedAt);
  }

  addSignal(signal: Signal): void {
    if (signal.decisionId === null) {
      this.free.of(signal.type).push(signal);
      this.#freeOfUnit.of(signal.unitId).push(signal);
    } else {
      this.naming.of(signal.type).push(signal);
      this.#namingDecision.of(signal.decisionId).push(signal);
    }
    this.signals.push(signal);
    this.latest = Math.max(this.latest, signal.occurredAt);
  }

  /** Those that name a decision, and those that name none; of a label, each text whose reading is that one. */
  signalsFor(query: MeasureQuery): Parameters<DecisionScope["measure"]>[1] {
    const type = query.metric.signal;
    const read = labelSignals(this.labels, type, query.knownAt);
    const naming = read === null ? this.naming.of(type) : read.filter(({ decisionId }) => decisionId !== null);
    const free = read === null ? this.free.of(type) : read.filter(({ decisionId }) => decisionId === null);
    const delivered = isMachineMade(type) ? [...this.naming.of("delivered"), ...this.free.of("delivered")] : [];
    const ofType = isMachineMade(type) ? [...naming, ...free] : [];
    return { naming, free, isHuman: likelyHuman(query, { ofType, delivered }) };
  }

  erase({ persons, units }: Parameters<FactsStore["erase"]>[0]): void {
    const refs = new Set<string>(persons);
    const erasedUnits = new Set<string>([...persons, ...units]);
    const ofSignal = (signal: Signal): Signal =>
      signal.detail !== undefined && (refs.has(signal.detail.person ?? "") || erasedUnits.has(signal.unitId))
        ? { ...signal, detail: { ...signal.detail, properties: {} } }
        : signal;
    const ofDecision = (decision: Decision): Decision =>
      erasedUnits.has(decision.unitId) ? withoutContext(decision) : decision;
    for (const lists of [this.naming, this.free, this.#namingDecision, this.#freeOfUnit]) lists.replace(ofSignal);
    this.signals.forEach((signal, i) => void (this.signals[i] = ofSignal(signal)));
    this.decisions.forEach((decision, i) => void (this.decisions[i] = ofDecision(decision)));
    for (const [id, decision] of this.byId) this.byId.set(id, ofDecision(decision));
  }

  scope(source: string, point: string): DecisionScope {
    const points = this.#scopes.get(source) ?? new Map<string, DecisionScope>();
    this.#scopes.set(source, points);
    const scope = points.get(point) ?? new DecisionScope();
    points.set(point, scope);
    return scope;
  }

  list({ source, unitId, playbookVersion, cycle, knownAt, since, until, limit }: DecisionQuery): readonly Decision[] {
    return this.decisions
      .filter(
        (d) =>
          (knownAt === undefined || heardAt(d) <= knownAt) &&
          (source === undefined || d.source === source) &&
          (unitId === undefined || d.unitId === unitId) &&
          (playbookVersion === undefined || d.playbookVersion === playbookVersion) &&
          (cycle === undefined || d.cycle === cycle) &&
          (since === undefined || d.decidedAt > since) &&
          (until === undefined || d.decidedAt <= until),
      )
      .sort((a, b) => b.decidedAt - a.decidedAt || compareCodePoints(b.id, a.id))
      .slice(0, limit);
  }

  listSignals(query: SignalQuery): readonly Signal[] {
    const { source, type, unitId, since = -Infinity, until = Infinity, behind, limit } = query;
    const units = unitId === undefined ? [] : (mergedUnits(query).get(unitId) ?? [unitId]);
    return this.signals
      .filter(
        (s) =>
          (source === undefined || s.source === source) &&
          (type === undefined || s.type === type) &&
          (unitId === undefined || units.includes(s.unitId)),
      )
      .flatMap(reader(query))
      .filter(
        (s) => s.occurredAt > since && s.occurredAt <= until && (behind === undefined || byOccurrence(s, behind) < 0),
      )
      .toSorted((a, b) => byOccurrence(b, a))
      .slice(0, limit);
  }

  signalsOf(decision: Decision, reading: FactsReading): readonly Signal[] {
    const scope = this.scope(decision.source, decision.point);
    const { knownAt = Infinity } = reading;
    if (heardAt(decision) > knownAt) return [];
    const read = reader(reading);
    const naming = this.#namingDecision
      .peek(decision.id)
      .flatMap(read)
      .filter((s) => s.occurredAt >= decision.decidedAt);
    const units = mergedUnits(reading).get(decision.unitId) ?? [decision.unitId];
    const free = units
      .flatMap((unit) => this.#freeOfUnit.peek(unit))
      .flatMap(read)
      .filter((s) => scope.decisionOfUnitsAt(units, s.occurredAt, knownAt)?.id === decision.id);
    return [...naming, ...free].sort(byOccurrence);
  }
}

/** A signal as a reading has it: none where it was not known yet, with our time where its source's clock was off. */
function reader(reading: FactsReading): (signal: Signal) => readonly Signal[] {
  const knownAt: number = reading.knownAt ?? Infinity;
  const pieces = clockPieces(reading);
  return (signal) => {
    if (signal.receivedAt > knownAt) return [];
    const at = correctedOccurrence(signal, pieces);
    return [at === signal.occurredAt ? signal : { ...signal, occurredAt: at, occurredAtRaw: signal.occurredAt }];
  };
}

function byOccurrence(a: SignalPlace, b: SignalPlace): number {
  return (
    a.occurredAt - b.occurredAt ||
    (a.occurredAtRaw ?? a.occurredAt) - (b.occurredAtRaw ?? b.occurredAt) ||
    compareCodePoints(a.source, b.source) ||
    compareCodePoints(a.messageId, b.messageId)
  );
}
