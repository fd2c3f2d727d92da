import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Decision } from "../decisions/decision.ts";
import { actionId, decisionId, unitId } from "../ids.ts";
import { microsOf } from "../money.ts";
import type { Signal } from "../signals/signal.ts";
import { instant } from "../time.ts";
import {
  decisionItem,
  exampleDecision,
  exampleMetric,
  exampleSignal,
  signalItem,
  START_MS,
} from "./example-facts.contract.ts";
import type { FactsStore } from "./facts-store.ts";
import { measureByDefinition, randomFacts, signalsOfByDefinition } from "./measure.contract.ts";
import type { InboxItem } from "./state-store.ts";

const point = "email";
const plus = (ms: number) => instant(START_MS + ms);

/** The store of the suite that runs, and loading under the next free segment number. */
export interface Subject {
  store: FactsStore;
  nextSegment: number;
  readonly load: (items: readonly InboxItem[]) => Promise<number>;
}

/** Which signals count for which decision, rule by rule. */
export function specifyAttribution(subject: Subject): void {
  const converted = async (source: string, windowMs: number, watermark = 1_000) => {
    const { cells, censored } = await subject.store.measure({
      source,
      point,
      metric: exampleMetric("conversion", windowMs),
      watermark: plus(watermark),
    });
    return {
      converted: cells.flatMap((c) => Array.from({ length: c.nonZero }, () => c.action)),
      n: cells.reduce((n, c) => n + c.n, 0),
      censored,
    };
  };
  // Attribution is by unit whoever sent the signal, so every test has a unit of its own.
  const unitOf = (source: string) => unitId(`unit of ${source}`);
  const made = (source: string, id: string, ms: number, told: Partial<Decision> = {}) =>
    decisionItem(
      exampleDecision(source, id, { unitId: unitOf(source), action: actionId(id), decidedAt: plus(ms), ...told }),
    );
  const visit = (source: string, ms: number, told: Partial<Signal> = {}) =>
    signalItem(
      exampleSignal(source, `m-${ms}-${told.decisionId ?? ""}${told.type ?? ""}`, {
        unitId: unitOf(source),
        occurredAt: plus(ms),
        ...told,
      }),
    );

  it("counts a signal at both ends of the window, and none outside", async () => {
    const source = "window";
    const naming = (id: string, ms: number) => visit(source, ms, { decisionId: decisionId(`${source}-${id}`) });
    await subject.load([
      ...["a", "b", "c", "d"].map((id) => made(source, `${source}-${id}`, 100)),
      naming("a", 99),
      naming("b", 100),
      naming("c", 110),
      naming("d", 111),
    ]);
    expect(await converted(source, 10)).toEqual({ converted: ["window-b", "window-c"], n: 4, censored: 0 });
  });

  it("gives a signal that names no decision to the unit's latest one, and of several at one time to the greatest id", async () => {
    const source = "unit";
    await subject.load([
      made(source, "d-1", 10),
      made(source, "d-2", 20),
      made(source, "d-\uffed", 20),
      made(source, "d-😀", 20),
      visit(source, 25),
    ]);
    expect((await converted(source, 50)).converted).toEqual(["d-😀"]);
    await subject.load([visit(source, 19)]);
    expect((await converted(source, 50)).converted).toEqual(["d-1", "d-😀"]);
  });

  it("does not hand a signal on to an earlier decision when the latest one's window is over", async () => {
    const source = "no-fallback";
    await subject.load([made(source, "d-1", 10, { rolloutShare: 1 }), made(source, "d-2", 20), visit(source, 26)]);
    expect((await converted(source, 5)).converted).toEqual([]);
  });

  it("finds decisions and signals whichever was loaded first", async () => {
    const source = "late";
    await subject.load([visit(source, 30), visit(source, 31, { decisionId: decisionId("late-1") })]);
    await subject.load([made(source, "late-2", 20)]);
    await subject.load([made(source, "late-1", 10)]);
    expect((await converted(source, 100)).converted).toEqual(["late-1", "late-2"]);
  });

  it("looks at its own source, point, unit and signal type alone", async () => {
    const source = "alone";
    await subject.load([
      made(source, "d-1", 10),
      made(source, "d-elsewhere", 12, { point: "call" }),
      made(`${source}-other`, "d-other", 12, { unitId: unitOf(source) }),
      visit(source, 15, { type: "reply" }),
      visit(source, 16, { unitId: unitId("globex") }),
      visit(source, 17, { decisionId: decisionId("d-elsewhere") }),
    ]);
    expect(await converted(source, 50)).toEqual({ converted: [], n: 1, censored: 0 });
    await subject.load([visit("another sender", 18, { unitId: unitOf(source) })]);
    expect((await converted(source, 50)).converted).toEqual(["d-1"]);
  });

  it("calls decisions whose window is still open censored, never zero, and looks at nothing after the watermark", async () => {
    const source = "censored";
    await subject.load([
      made(source, "d-1", 10),
      made(source, "d-2", 11),
      made(source, "d-3", 21),
      visit(source, 20, { decisionId: decisionId("d-1") }),
    ]);
    expect(await converted(source, 10, 20)).toEqual({ converted: ["d-1"], n: 1, censored: 1 });
    expect(await converted(source, 10, 19)).toEqual({ converted: [], n: 0, censored: 2 });
    expect(await converted(source, 0, 11)).toEqual({ converted: [], n: 2, censored: 0 });
  });

  it("counts nothing that an untrusted source says, whatever its name", async () => {
    const source = "trusting";
    const decision = exampleDecision(source, "trusted-1", { unitId: unitId("trusted unit") });
    const said = (by: string, id: string) =>
      signalItem(exampleSignal(by, id, { unitId: decision.unitId, value: microsOf(1_000_000) }));
    await subject.load([
      decisionItem(decision),
      said("crm-trust", "1"),
      said('a "seller", \\n', "2"),
      said("rep", "3"),
    ]);
    const sum = async (untrusted: readonly string[]) => {
      const query = {
        source,
        point: "email",
        metric: exampleMetric("value", 0),
        watermark: instant(START_MS),
        untrusted,
      };
      return (await subject.store.measure(query)).cells[0]?.sum;
    };
    expect(await sum([])).toBe(3);
    expect(await sum(["rep", 'a "seller", \\n'])).toBe(1);
    expect(await sum(["crm-trust", "rep", "nobody", 'a "seller", \\n'])).toBe(0);
  });

  it("lists the signals of a decision in order of time, without a window", async () => {
    const source = "signals-of";
    const first = exampleDecision(source, `${source}-1`, { unitId: unitOf(source), decidedAt: plus(10) });
    const second = exampleDecision(source, `${source}-2`, { unitId: unitOf(source), decidedAt: plus(20) });
    const signal = (messageId: string, ms: number, told: Partial<Signal> = {}) =>
      exampleSignal(source, messageId, { unitId: unitOf(source), occurredAt: plus(ms), ...told });
    const late = signal("late", 10_000_000, { decisionId: first.id, value: microsOf(-5), type: "opportunity_won" });
    const [own, other, before] = [signal("own", 15), signal("other", 20), signal("before", 9)];
    await subject.load([decisionItem(first), decisionItem(second), ...[late, own, other, before].map(signalItem)]);
    expect(await subject.store.signalsOf(first)).toEqual([own, late]);
    expect(await subject.store.signalsOf(second)).toEqual([other]);
  });
}

/** All rules together, against their definition, on random facts. */
export function specifyLaw(subject: Subject): void {
  it("measures random facts as the definition says, to the last bit, in whatever order they were loaded", async () => {
    let history = 0;
    await fc.assert(
      fc.asyncProperty(randomFacts(), async (facts) => {
        history += 1;
        const { items, queries, decisions, signals } = facts.named(`law-${history}`);
        await subject.load(items);
        for (const query of queries) {
          expect(await subject.store.measure(query)).toEqual(measureByDefinition(decisions, signals, query));
        }
        for (const [i, decision] of decisions.slice(0, 2).entries()) {
          const { clocks, merges, knownAt } = queries[i] ?? {};
          const reading = {
            ...(clocks === undefined ? {} : { clocks }),
            ...(merges === undefined ? {} : { merges }),
            ...(knownAt === undefined ? {} : { knownAt }),
          };
          expect(await subject.store.signalsOf(decision, reading)).toEqual(
            signalsOfByDefinition({ decisions, signals }, decision, reading),
          );
        }
      }),
      { numRuns: 20, seed: 20_260_301, endOnFailure: true },
    );
  }, 120_000);
}
