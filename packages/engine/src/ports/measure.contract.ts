import * as fc from "fast-check";
import { propensity } from "@ratchet/stats";
import type { Decision } from "../decisions/decision.ts";
import { actionId, decisionId, segmentId, unitId } from "../ids.ts";
import { microsOf } from "../money.ts";
import type { Measurement, MeasureQuery } from "../outcomes/cell.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import type { Signal } from "../signals/signal.ts";
import { instant } from "../time.ts";
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

/** The decision a signal belongs to at a source and point, word for word as the port defines it. */
function attributed(
  decisions: readonly Decision[],
  signal: Signal,
  source: string,
  point: string,
): Decision | undefined {
  const here = decisions.filter((d) => d.source === source && d.point === point && d.decidedAt <= signal.occurredAt);
  if (signal.decisionId !== null) return here.find((d) => d.id === signal.decisionId);
  return here
    .filter((d) => d.unitId === signal.unitId)
    .sort((a, b) => a.decidedAt - b.decidedAt || byBytes(a.id, b.id))
    .at(-1);
}

/** `FactsStore.measure`, from its definition, one decision after the other: slow and plain. */
export function measureByDefinition(
  decisions: readonly Decision[],
  signals: readonly Signal[],
  query: MeasureQuery,
): Measurement {
  const { source, point, metric, watermark } = query;
  const seen = decisions.filter((d) => d.source === source && d.point === point && d.decidedAt <= watermark);
  const whole = seen.filter((d) => d.record?.funnel.stages.every(({ removed }) => removed.length === 0) ?? true);
  const mature = whole.filter((d) => d.decidedAt + metric.windowMs <= watermark);
  const outcomes = mature.map((d) => {
    const counted = signals.filter(
      (s) =>
        s.type === metric.signal &&
        s.occurredAt <= watermark &&
        !(query.untrusted ?? []).includes(s.source) &&
        s.occurredAt <= d.decidedAt + metric.windowMs &&
        attributed(decisions, s, source, point) === d,
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
      n: group.length,
      nonZero: group.filter(({ y }) => y !== 0n).length,
      sum: Number(sum) / 1e6,
      sumSquares: Number(sumSquares) / 1e12,
    };
  });
  // Random facts differ in cycle, segment, action and propensity alone.
  cells.sort(
    (a, b) =>
      a.cycle - b.cycle ||
      byBytes(a.segment, b.segment) ||
      byBytes(a.action, b.action) ||
      (a.propensity ?? -1) - (b.propensity ?? -1),
  );
  return { cells, censored: whole.length - mature.length };
}

/** `FactsStore.signalsOf`, from its definition. */
export function signalsOfByDefinition(
  decisions: readonly Decision[],
  signals: readonly Signal[],
  decision: Decision,
): readonly Signal[] {
  return signals
    .filter((s) => attributed(decisions, s, decision.source, decision.point) === decision)
    .sort((a, b) => a.occurredAt - b.occurredAt || byBytes(a.source, b.source) || byBytes(a.messageId, b.messageId));
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
  /** A rule took a candidate away. */
  readonly limited: boolean;
}
interface SignalRecipe {
  readonly unit: string;
  readonly at: number;
  readonly amount: number | null;
  /** Which decision it names, counted from the first; null: none. */
  readonly names: number | null;
  readonly type: string;
}
interface QueryRecipe {
  readonly kind: MetricDefinition["kind"];
  readonly windowMs: number;
  readonly watermark: number;
}
const decisionRecipe: fc.Arbitrary<DecisionRecipe> = fc.record({
  unit: name,
  action: name,
  segment: name,
  at: ms,
  cycle: fc.integer({ min: 0, max: 2 }),
  point: fc.constantFrom("email", "email", "call"),
  propensity: fc.constantFrom(null, 0.1, 1 / 3, 1),
  limited: fc.constantFrom(false, false, true),
});
const signalRecipe: fc.Arbitrary<SignalRecipe> = fc.record({
  unit: name,
  at: ms,
  amount,
  // Every second one names none; some name a decision that does not exist.
  names: fc.option(fc.nat({ max: 45 }), { freq: 1 }),
  type: fc.constantFrom("visit", "visit", "visit", "reply"),
});
const queryRecipe: fc.Arbitrary<QueryRecipe> = fc.record({
  kind: fc.constantFrom("conversion", "value"),
  windowMs: fc.constantFrom(0, 1, 5, 10, 100),
  watermark: fc.integer({ min: 0, max: 130 }),
});

/** Histories of up to 40 decisions and 60 signals, loaded in random order, each with four queries. */
export function randomFacts(): fc.Arbitrary<RandomFacts> {
  const recipes = fc.record({
    decisions: fc.array(decisionRecipe, { minLength: 1, maxLength: 40, size: "max" }),
    signals: fc.array(signalRecipe, { maxLength: 60, size: "max" }),
    queries: fc.array(queryRecipe, { minLength: 4, maxLength: 4 }),
  });
  return recipes.chain(({ decisions, signals, queries }) =>
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
            queries: queries.map(({ kind, windowMs, watermark }) => ({
              source,
              point: "email",
              metric: exampleMetric(kind, windowMs),
              watermark: instant(START_MS + watermark),
            })),
          };
        },
      })),
  );
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
    ...(recipe.limited ? { record: exampleRecord(["long"]) } : {}),
  });
}

function signalOf(source: string, i: number, recipe: SignalRecipe): Signal {
  return exampleSignal(source, `m-${i}`, {
    type: recipe.type,
    unitId: unitId(`${source} ${recipe.unit}`),
    decisionId: recipe.names === null ? null : decisionId(decisionName(source, recipe.names)),
    value: recipe.amount === null ? null : microsOf(recipe.amount),
    occurredAt: instant(START_MS + recipe.at),
  });
}

/** Names whose order by UTF-16 unit differs from their order by code point. */
function decisionName(source: string, i: number): string {
  return `${source} ${i % 2 === 0 ? "😀" : "\uffed"} ${i}`;
}
