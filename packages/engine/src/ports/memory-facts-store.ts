import type { Decision } from "../decisions/decision.ts";
import type { Execution } from "../decisions/execution.ts";
import type { Signal } from "../signals/signal.ts";
import { compareCodePoints } from "./code-point-order.ts";
import { countOverrides, listExecutions } from "./memory-executions.ts";
import { DecisionScope } from "./memory-decision-scope.ts";
import type { DecisionQuery, FactsStore, SignalQuery } from "./facts-store.ts";

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
        else executions.push(item.execution);
      }
    },
    measure: async (query) => {
      const scope = facts.scope(query.source, query.point);
      const type = query.metric.signal;
      return scope.measure(query, { naming: facts.naming.of(type), free: facts.free.of(type) });
    },
    decision: async (id) => facts.byId.get(id) ?? null,
    decisions: async (query) => facts.list(query),
    signalsOf: async (decision) => facts.signalsOf(decision),
    signals: async (query) => facts.listSignals(query),
    executions: async (query) => listExecutions(executions, query),
    overrides: async ({ since }) => countOverrides(executions, (id) => facts.byId.get(id) ?? null, since),
    counts: async () => ({ decisions: facts.decisions.length, signals: facts.signals.length }),
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

  list({ source, unitId, playbookVersion, cycle, since, until, limit }: DecisionQuery): readonly Decision[] {
    return this.decisions
      .filter(
        (d) =>
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

  listSignals({ source, type, unitId, limit }: SignalQuery): readonly Signal[] {
    return this.signals
      .filter(
        (s) =>
          (source === undefined || s.source === source) &&
          (type === undefined || s.type === type) &&
          (unitId === undefined || s.unitId === unitId),
      )
      .toSorted(
        (a, b) =>
          b.occurredAt - a.occurredAt ||
          compareCodePoints(b.source, a.source) ||
          compareCodePoints(b.messageId, a.messageId),
      )
      .slice(0, limit);
  }

  signalsOf(decision: Decision): readonly Signal[] {
    const scope = this.scope(decision.source, decision.point);
    const naming = this.#namingDecision.peek(decision.id).filter((s) => s.occurredAt >= decision.decidedAt);
    const free = this.#freeOfUnit
      .peek(decision.unitId)
      .filter((s) => scope.decisionOfUnitAt(s.unitId, s.occurredAt)?.id === decision.id);
    return [...naming, ...free].sort(
      (a, b) =>
        a.occurredAt - b.occurredAt ||
        compareCodePoints(a.source, b.source) ||
        compareCodePoints(a.messageId, b.messageId),
    );
  }
}
