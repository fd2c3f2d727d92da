import * as fc from "fast-check";
import { probability, propensity } from "@ratchet/stats";
import type { Decision } from "../decisions/decision.ts";
import { actionId, decisionId, segmentId, unitId, type UnitId } from "../ids.ts";
import { microsOf } from "../money.ts";
import type { Measurement, MeasureQuery } from "../outcomes/cell.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import type { Signal } from "../signals/signal.ts";
import { FIRST_INSTANT, type ClockRow, type FactsReading } from "../signals/source-clock.ts";
import type { UnitMerge } from "../signals/unit-merge.ts";
import { instant, type Instant } from "../time.ts";
import {
  decisionItem,
  exampleDecision,
  exampleMetric,
  exampleRecord,
  exampleSignal,
  signalItem,
  START_MS,
} from "./example-facts.contract.ts";
import type { InboxItem } from "./state-store.ts";

/** By UTF-8 bytes, written another way than the code under test writes it. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Whether two units are one, by trying every way from one to the other: unlike the code under test, which keeps groups. */
function isOneUnit(a: UnitId, b: UnitId, { merges = [], knownAt }: FactsReading): boolean {
  const reached = new Set([a]);
  for (let size = 0; size < reached.size;) {
    size = reached.size;
    for (const { units, knownAt: at } of merges)
      if ((knownAt === undefined || at <= knownAt) && units.some((unit) => reached.has(unit)))
        for (const unit of units) reached.add(unit);
  }
  return reached.has(b);
}

/** The decision a signal belongs to at a source and point, word for word as the port defines it. */
function attributed(
  decisions: readonly Decision[],
  signal: Signal,
  { source, point }: Pick<MeasureQuery, "source" | "point">,
  reading: FactsReading,
): Decision | undefined {
  const here = decisions.filter((d) => d.source === source && d.point === point && d.decidedAt <= signal.occurredAt);
  if (signal.decisionId !== null) return here.find((d) => d.id === signal.decisionId);
  return here
    .filter((d) => isOneUnit(d.unitId, signal.unitId, reading))
    .sort((a, b) => a.decidedAt - b.decidedAt || byBytes(a.id, b.id))
    .at(-1);
}

/** What was known of a history, and with what times, word for word as the port defines it. */
function known(
  all: { readonly decisions: readonly Decision[]; readonly signals: readonly Signal[] },
  { clocks = [], knownAt }: FactsReading,
): { readonly decisions: readonly Decision[]; readonly signals: readonly Signal[] } {
  const inTime = (at: number): boolean => knownAt === undefined || at <= knownAt;
  return {
    decisions: all.decisions.filter((d) => inTime(d.receivedAt ?? d.decidedAt)),
    signals: all.signals
      .filter((s) => inTime(s.receivedAt))
      .map((s) => {
        const rows = clocks.filter((c) => inTime(c.knownAt) && c.source === s.source);
        const row = rows.findLast((c) => c.fromRaw <= s.occurredAt);
        // A source none of whose rows shifts anything is left as it is: such rows hold no `notBefore` that a shift had called for.
        if (row === undefined || rows.every(({ shiftMs }) => shiftMs === 0) || s.occurredAt === s.receivedAt) return s;
        const occurredAt = instant(Math.max(s.occurredAt + row.shiftMs, row.notBefore));
        return occurredAt === s.occurredAt ? s : { ...s, occurredAt, occurredAtRaw: s.occurredAt };
      }),
  };
}

/** Whether it was drawn from less than its segment's value, word for word as the cells' key is defined. */
const wasLimited = ({ record }: Decision): boolean =>
  record !== undefined && (record.lease !== null || !record.funnel.stages.every(({ removed }) => removed.length === 0));

/** `FactsStore.measure`, from its definition, one decision after the other: slow and plain. */
export function measureByDefinition(
  allDecisions: readonly Decision[],
  allSignals: readonly Signal[],
  query: MeasureQuery,
): Measurement {
  const { source, point, metric, watermark } = query;
  const { decisions, signals } = known({ decisions: allDecisions, signals: allSignals }, query);
  const isVoid = (d: Decision): boolean =>
    (query.excluded ?? []).some(({ from, to }) => !(d.decidedAt > to || d.decidedAt + metric.windowMs < from));
  const seen = decisions.filter(
    (d) => d.source === source && d.point === point && d.decidedAt <= watermark && !isVoid(d),
  );
  const mature = seen.filter((d) => d.decidedAt + metric.windowMs <= watermark);
  const outcomes = mature.map((d) => {
    const counted = signals.filter(
      (s) =>
        s.type === metric.signal &&
        s.occurredAt <= watermark &&
        (s.detail?.humanProbability ?? 1) >= (metric.humanProbabilityMin ?? 0) &&
        !(query.untrusted ?? []).includes(s.source) &&
        s.occurredAt <= d.decidedAt + metric.windowMs &&
        attributed(decisions, s, query, query) === d,
    );
    const y =
      metric.kind === "conversion"
        ? counted.length > 0
          ? 1_000_000n
          : 0n
        : counted.reduce((sum, s) => sum + BigInt(s.value ?? 0), 0n);
    return { d, y };
  });
  const groups = new Map<string, { readonly d: Decision; readonly y: bigint }[]>();
  for (const outcome of outcomes) {
    const { d } = outcome;
    const key = JSON.stringify([
      d.cycle,
      d.fold,
      d.segment,
      d.cohort,
      d.playbookVersion,
      d.changeId,
      d.rolloutShare,
      d.action,
      d.propensity,
      wasLimited(d),
    ]);
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  const cells = [...groups.values()].flatMap((group) => {
    const key = group[0]?.d;
    if (key === undefined) return [];
    const { cycle, fold, segment, cohort, playbookVersion, changeId, rolloutShare, action, propensity } = key;
    const sum = group.reduce((total, { y }) => total + y, 0n);
    const sumSquares = group.reduce((total, { y }) => total + y * y, 0n);
    return {
      cycle,
      fold,
      segment,
      cohort,
      playbookVersion,
      changeId,
      rolloutShare,
      action,
      propensity,
      limited: wasLimited(key),
      n: group.length,
      nonZero: group.filter(({ y }) => y !== 0n).length,
      sum: Number(sum) / 1e6,
      sumSquares: Number(sumSquares) / 1e12,
    };
  });
  // Random facts differ in cycle, segment, action and propensity alone, and in whether a rule limited them.
  cells.sort(
    (a, b) =>
      a.cycle - b.cycle ||
      byBytes(a.segment, b.segment) ||
      byBytes(a.action, b.action) ||
      (a.propensity ?? -1) - (b.propensity ?? -1) ||
      Number(a.limited) - Number(b.limited),
  );
  return { cells, censored: seen.length - mature.length };
}

/** `FactsStore.signalsOf`, from its definition. */
export function signalsOfByDefinition(
  all: { readonly decisions: readonly Decision[]; readonly signals: readonly Signal[] },
  decision: Decision,
  reading: FactsReading,
): readonly Signal[] {
  const { decisions, signals } = known(all, reading);
  return signals
    .filter((s) => attributed(decisions, s, decision, reading) === decision)
    .sort(
      (a, b) =>
        a.occurredAt - b.occurredAt ||
        (a.occurredAtRaw ?? a.occurredAt) - (b.occurredAtRaw ?? b.occurredAt) ||
        byBytes(a.source, b.source) ||
        byBytes(a.messageId, b.messageId),
    );
}

/** A random history, its names made of a source so that histories in one store do not meet. */
export interface RandomFacts {
  readonly named: (source: string) => {
    readonly items: readonly InboxItem[];
    readonly decisions: readonly Decision[];
    readonly signals: readonly Signal[];
    readonly queries: readonly MeasureQuery[];
  };
}

// Few units, few times: ties, windows that touch and several decisions of one unit are then common. The names sort differently by
// UTF-16 unit and by code point.
const name = fc.constantFrom("a", "b", "\uffed", "😀");
const ms = fc.integer({ min: 0, max: 24 });
const amount = fc.oneof(
  fc.constantFrom(null, 0, 1, -1, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER),
  fc.integer({ min: -5_000_000, max: 500_000_000 }),
);
interface DecisionRecipe {
  readonly unit: string;
  readonly action: string;
  readonly segment: string;
  readonly at: number;
  readonly cycle: number;
  readonly point: string;
  readonly propensity: number | null;
  /** How long after it was made it was heard of; null: at once, as the engine's own. */
  readonly heardAfter: number | null;
  /** By what: a rule that took a candidate away, or a lease that had run out. */
  readonly limited: "rule" | "lease" | null;
}
interface SignalRecipe {
  readonly unit: string;
  readonly at: number;
  readonly amount: number | null;
  /** Which decision it names, counted from the first; null: none. */
  readonly names: number | null;
  readonly type: string;
  readonly heardAfter: number;
  readonly human: number | null;
}
interface ClockRecipe {
  readonly fromRaw: number;
  readonly shiftMs: number;
  readonly notBefore: number;
  readonly knownAt: number;
}
interface QueryRecipe {
  readonly kind: MetricDefinition["kind"];
  readonly windowMs: number;
  readonly watermark: number;
  /** null: with everything that is known. */
  readonly knownAt: number | null;
  readonly human: number | null;
  /** The first so many clock rows; null: raw times. */
  readonly clocks: number | null;
  /** The first so many merges. */
  readonly merges: number;
}
interface MergeRecipe {
  readonly units: readonly [string, string];
  readonly knownAt: number;
}
const decisionRecipe: fc.Arbitrary<DecisionRecipe> = fc.record({
  unit: name,
  action: name,
  segment: name,
  at: ms,
  cycle: fc.integer({ min: 0, max: 2 }),
  point: fc.constantFrom("email", "email", "call"),
  propensity: fc.constantFrom(null, 0.1, 1 / 3, 1),
  heardAfter: fc.constantFrom(null, null, 0, 10, 30),
  limited: fc.constantFrom(null, "lease", "rule"),
});
const signalRecipe: fc.Arbitrary<SignalRecipe> = fc.record({
  unit: name,
  at: ms,
  amount,
  // Every second one names none; some name a decision that does not exist.
  names: fc.option(fc.nat({ max: 45 }), { freq: 1 }),
  type: fc.constantFrom("visit", "visit", "visit", "reply"),
  // Heard in the millisecond in which it happened: it did not say when.
  heardAfter: fc.constantFrom(0, 1, 1, 20, -5),
  human: fc.constantFrom(null, 0.25, 0.5),
});
// Not such as the engine makes: stores need not know how rows come about to read them all alike.
const clockRecipe: fc.Arbitrary<ClockRecipe> = fc.record({
  fromRaw: fc.constantFrom(FIRST_INSTANT - START_MS, 0, 5, 12),
  shiftMs: fc.constantFrom(0, -10, 10, 3),
  notBefore: fc.constantFrom(FIRST_INSTANT - START_MS, 0, 9),
  knownAt: fc.integer({ min: 0, max: 40 }),
});
const queryRecipe: fc.Arbitrary<QueryRecipe> = fc.record({
  kind: fc.constantFrom("conversion", "value"),
  windowMs: fc.constantFrom(0, 1, 5, 10, 100),
  watermark: fc.integer({ min: 0, max: 130 }),
  knownAt: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 40 })),
  human: fc.constantFrom(null, 0.25, 0.5, 1),
  clocks: fc.constantFrom(null, 1, 2, 4),
  merges: fc.constantFrom(0, 0, 1, 2, 3),
});
// Also of a unit with itself, of two that are one already, and of one of which there are no facts.
const mergeRecipe: fc.Arbitrary<MergeRecipe> = fc.record({
  units: fc.tuple(fc.oneof(name, fc.constant("nobody")), name),
  knownAt: fc.integer({ min: 0, max: 40 }),
});

/** Histories of up to 40 decisions and 60 signals, loaded in random order, each with four queries. */
export function randomFacts(): fc.Arbitrary<RandomFacts> {
  const recipes = fc.record({
    decisions: fc.array(decisionRecipe, { minLength: 1, maxLength: 40, size: "max" }),
    signals: fc.array(signalRecipe, { maxLength: 60, size: "max" }),
    queries: fc.array(queryRecipe, { minLength: 4, maxLength: 4 }),
    clocks: fc
      .array(clockRecipe, { minLength: 4, maxLength: 4 })
      .map((rows) => rows.toSorted((a, b) => a.fromRaw - b.fromRaw)),
    merges: fc.array(mergeRecipe, { minLength: 3, maxLength: 3 }),
  });
  return recipes.chain(({ decisions, signals, queries, clocks, merges }) =>
    fc
      .shuffledSubarray([...decisions.keys(), ...signals.map((_, i) => decisions.length + i)], {
        minLength: decisions.length + signals.length,
      })
      .map((order) => ({
        named: (source) => {
          const made = decisions.map((recipe, i) => decisionOf(source, i, recipe));
          const heard = signals.map((recipe, i) => signalOf(source, i, recipe));
          const items = [...made.map(decisionItem), ...heard.map(signalItem)];
          return {
            items: order.flatMap((i) => items[i] ?? []),
            decisions: made,
            signals: heard,
            queries: queries.map(({ kind, windowMs, watermark, knownAt, human, clocks: rows, merges: joined }) => ({
              source,
              point: "email",
              metric: { ...exampleMetric(kind, windowMs), ...(human === null ? {} : { humanProbabilityMin: human }) },
              watermark: instant(START_MS + watermark),
              // Every third query leaves a stretch of three out.
              ...(watermark % 3 === 0 ? { excluded: [stretch(watermark % 20)] } : {}),
              ...(knownAt === null ? {} : { knownAt: instant(START_MS + knownAt) }),
              ...(rows === null ? {} : { clocks: clocks.slice(0, rows).map((recipe) => clockOf(source, recipe)) }),
              ...(joined === 0 ? {} : { merges: merges.slice(0, joined).map((recipe) => mergeOf(source, recipe)) }),
            })),
          };
        },
      })),
  );
}

function stretch(from: number): { readonly from: Instant; readonly to: Instant } {
  return { from: instant(START_MS + from), to: instant(START_MS + from + 3) };
}

function decisionOf(source: string, i: number, recipe: DecisionRecipe): Decision {
  return exampleDecision(source, decisionName(source, i), {
    point: recipe.point,
    unitId: unitId(`${source} ${recipe.unit}`),
    action: actionId(recipe.action),
    segment: segmentId(`all/s=${recipe.segment}`),
    cycle: recipe.cycle,
    propensity: recipe.propensity === null ? null : propensity(recipe.propensity),
    decidedAt: instant(START_MS + recipe.at),
    ...(recipe.heardAfter === null ? {} : { receivedAt: instant(START_MS + recipe.at + recipe.heardAfter) }),
    ...recordOf(recipe),
  });
}

function signalOf(source: string, i: number, recipe: SignalRecipe): Signal {
  return exampleSignal(source, `m-${i}`, {
    type: recipe.type,
    unitId: unitId(`${source} ${recipe.unit}`),
    decisionId: recipe.names === null ? null : decisionId(decisionName(source, recipe.names)),
    value: recipe.amount === null ? null : microsOf(recipe.amount),
    occurredAt: instant(START_MS + recipe.at),
    receivedAt: instant(START_MS + recipe.at + recipe.heardAfter),
    ...(recipe.human === null ? {} : { detail: { ...NOTHING_MORE, humanProbability: probability(recipe.human) } }),
  });
}

function recordOf({ limited }: DecisionRecipe): Pick<Decision, "record"> {
  if (limited === null) return {};
  return { record: limited === "rule" ? exampleRecord(["long"]) : { ...exampleRecord(), lease: "it ran out" } };
}

const NOTHING_MORE = { person: null, account: null, currency: null, properties: {} };

function clockOf(source: string, { fromRaw, shiftMs, notBefore, knownAt }: ClockRecipe): ClockRow {
  const at = instant(START_MS + knownAt);
  return {
    source,
    fromRaw: instant(START_MS + fromRaw),
    shiftMs,
    notBefore: instant(START_MS + notBefore),
    knownAt: at,
    estimate: { basis: "sent", shiftMs, uncertaintyMs: 0, n: 20, heardFrom: at, heardBefore: at },
  };
}

function mergeOf(source: string, { units: [one, other], knownAt }: MergeRecipe): UnitMerge {
  return {
    units: [unitId(`${source} ${one}`), unitId(`${source} ${other}`)],
    knownAt: instant(START_MS + knownAt),
  };
}

/** Names whose order by UTF-16 unit differs from their order by code point. */
function decisionName(source: string, i: number): string {
  return `${source} ${i % 2 === 0 ? "😀" : "\uffed"} ${i}`;
}
