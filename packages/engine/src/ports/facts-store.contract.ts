import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Decision } from "../decisions/decision.ts";
import { accountRef, actionId, changeId, decisionId, personRef, unitId } from "../ids.ts";
import { microsOf } from "../money.ts";
import { probability } from "@ratchet/stats";
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
import { specifyArrivals } from "./arrivals.contract.ts";
import { specifyAttribution, specifyLaw, type Subject } from "./attribution.contract.ts";
import { specifyDataProfile } from "./data-profile.contract.ts";
import { specifyReadings } from "./reading.contract.ts";
import { specifyEngagement } from "./engagement.contract.ts";
import { specifyErasing } from "./erasing.contract.ts";
import { specifyLabels } from "./labels.contract.ts";
import { specifyExposure } from "./exposure.contract.ts";
import { specifyExecutions } from "./executions.contract.ts";
import { specifySignalList } from "./signal-list.contract.ts";
import type { FactsStore } from "./facts-store.ts";

/** A store under test, and how it is closed and opened again on the same data. */
export interface OpenedFactsStore {
  readonly store: FactsStore;
  /** Absent where the driver keeps nothing; then `lacks.reopen` says why. */
  readonly reopen?: () => Promise<FactsStore>;
}

/** What a driver lacks, each with the reason; such tests are reported as skipped under it. */
export interface FactsStoreLacks {
  readonly reopen?: string;
}

const point = "email";
const plus = (ms: number) => instant(START_MS + ms);

/**
 * What every facts store promises, as tests. The store is opened once, empty; each test uses a source of its own.
 *
 * @param name - the driver, as the tests are titled.
 * @param open - gives an empty store.
 * @param lacks - what the driver cannot do, and why.
 */
export function specifyFactsStore(
  name: string,
  open: () => Promise<OpenedFactsStore>,
  lacks: FactsStoreLacks = {},
): void {
  describe(`facts store: ${name}`, () => {
    let opened: OpenedFactsStore;
    let store: FactsStore | null = null;
    const subject: Subject = {
      get store() {
        if (store === null) throw new Error("the store was not opened");
        return store;
      },
      set store(reopened) {
        store = reopened;
      },
      nextSegment: 1,
      load: async (items) => {
        const number = subject.nextSegment;
        subject.nextSegment += 1;
        await subject.store.load({ number, items });
        return number;
      },
    };
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => store?.close());

    specifyLoading(subject);
    specifyReading(subject);
    specifySignals(subject);
    specifySignalList(subject);
    specifyMeasuring(subject);
    specifyAttribution(subject);
    specifyLaw(subject);
    specifyArrivals(subject);
    specifyReadings(subject);
    specifyEngagement(subject);
    specifyLabels(subject);
    specifyErasing(subject);
    specifyDataProfile(subject);
    specifyExecutions(subject);
    specifyExposure(subject);
    describe.skipIf(lacks.reopen !== undefined)(
      `opened again${lacks.reopen === undefined ? "" : ` (lacking: ${lacks.reopen})`}`,
      () => {
        it("still has every fact, and still knows which segments it holds", async () => {
          if (opened.reopen === undefined) throw new Error("this driver neither opens again nor says why not");
          const made = exampleDecision("reopened", "d-1");
          const items = [decisionItem(made), signalItem(exampleSignal("reopened", "m-1"))];
          const number = await subject.load(items);
          const before = await subject.store.counts();
          subject.store = await opened.reopen();
          await subject.store.load({ number, items });
          expect(await subject.store.counts()).toEqual(before);
          expect(await subject.store.decisions({ source: "reopened", limit: 10 })).toEqual([made]);
        });
      },
    );
  });
}

function specifyLoading(subject: Subject): void {
  it("is empty at first", async () => {
    expect(await subject.store.counts()).toEqual({ decisions: 0, signals: 0 });
    expect(await subject.store.latest()).toBeNull();
    expect(await subject.store.decisions({ limit: 5 })).toEqual([]);
    const query = { source: "nobody", point, metric: exampleMetric("value", 0), watermark: plus(0) };
    expect(await subject.store.measure(query)).toEqual({ cells: [], censored: 0 });
  });

  it("counts a segment once, however often it is loaded, also at the same time", async () => {
    const before = await subject.store.counts();
    const items = [decisionItem(exampleDecision("twice", "d-1")), signalItem(exampleSignal("twice", "m-1"))];
    const number = await subject.load(items);
    await Promise.all([subject.store.load({ number, items }), subject.store.load({ number, items })]);
    await subject.store.load({ number, items });
    expect(await subject.store.counts()).toEqual({ decisions: before.decisions + 1, signals: before.signals + 1 });
  });

  it("knows its latest fact, by when it happened", async () => {
    await subject.load([
      decisionItem(exampleDecision("latest", "d-1", { decidedAt: plus(1_000_000) })),
      signalItem(exampleSignal("latest", "m-1", { occurredAt: plus(2_000_001), receivedAt: plus(9_000_000) })),
    ]);
    expect(await subject.store.latest()).toBe(START_MS + 2_000_001);
    await subject.load([decisionItem(exampleDecision("latest", "d-2", { decidedAt: plus(3_000_003) }))]);
    expect(await subject.store.latest()).toBe(START_MS + 3_000_003);
  });
}

function specifyReading(subject: Subject): void {
  it("gives decisions back whole", async () => {
    const source = "whole";
    const odd = exampleDecision(source, "d-odd 'q' \\n 😀", {
      unitId: unitId('Łódź "GmbH" \\'),
      context: {
        text: "tab\tquote'\\N",
        float: 0.1,
        tiny: 5e-324,
        big: -1e300,
        yes: false,
        none: null,
        lone: "\ud800",
      },
      propensity: null,
      changeId: changeId("c-1"),
      cohort: "holdout",
      playbookVersion: 0,
      rolloutShare: 1 / 3,
      cycle: 0,
      reasons: [],
      decidedAt: instant(Date.UTC(1900, 0, 1)),
    });
    const plain = exampleDecision(source, "d-plain", {
      decidedAt: instant(Date.UTC(2299, 11, 31)),
      receivedAt: plus(7),
      cohort: "business-as-usual",
      record: exampleRecord(),
    });
    await subject.load([decisionItem(odd), decisionItem(plain)]);
    expect(await subject.store.decisions({ source, limit: 10 })).toEqual([plain, odd]);
    expect(await subject.store.decision(odd.id)).toEqual(odd);
    expect(await subject.store.decision(decisionId("d-of-nobody"))).toBeNull();
  });

  it("lists the newest decisions first, of one unit, version or cycle where asked", async () => {
    const source = "listed";
    const made = (id: string, ms: number, told: Partial<Decision> = {}) =>
      exampleDecision(source, id, { decidedAt: plus(ms), ...told });
    await subject.load([
      decisionItem(made("b", 5)),
      decisionItem(made("a", 5)),
      decisionItem(made("c", 1, { unitId: unitId("u") })),
      decisionItem(made("d", 9, { playbookVersion: 7 })),
      decisionItem(made("e", 2, { cycle: 4, unitId: unitId("u") })),
    ]);
    const ids = async (query: object) =>
      (await subject.store.decisions({ source, limit: 10, ...query })).map((d) => d.id);
    expect(await ids({})).toEqual(["d", "b", "a", "e", "c"]);
    expect(await ids({ limit: 2 })).toEqual(["d", "b"]);
    expect(await ids({ unitId: unitId("u") })).toEqual(["e", "c"]);
    expect(await ids({ playbookVersion: 7 })).toEqual(["d"]);
    expect(await ids({ cycle: 4 })).toEqual(["e"]);
    expect(await ids({ limit: 0 })).toEqual([]);
    expect(await ids({ since: plus(1), until: plus(5) })).toEqual(["b", "a", "e"]);
  });
}

function specifySignals(subject: Subject): void {
  it("gives signals back whole, with what they told beside, or without", async () => {
    const decision = exampleDecision("whole-signals", "d-1", { unitId: unitId("whole signals") });
    const plain = exampleSignal("crm", "whole-1", { unitId: decision.unitId });
    const told: Signal = {
      ...exampleSignal("crm", "whole-2", { unitId: decision.unitId, value: microsOf(12_500_000) }),
      detail: {
        person: personRef("p_1"),
        account: accountRef("a_1"),
        currency: "EUR",
        humanProbability: probability(0.25),
        properties: { channel: "email", step: 3, "quote'\\\n": null, first: true },
      },
    };
    const timed: Signal = { ...plain, messageId: "whole-4", sentAt: instant(plain.occurredAt + 500) };
    const bare: Signal = {
      ...exampleSignal("crm", "whole-3", { unitId: decision.unitId }),
      detail: { person: null, account: null, currency: null, humanProbability: null, properties: {} },
    };
    await subject.load([
      decisionItem(decision),
      signalItem(plain),
      signalItem(told),
      signalItem(bare),
      signalItem(timed),
    ]);
    expect(await subject.store.signalsOf(decision)).toEqual([plain, told, bare, timed]);
  });
}

function specifyMeasuring(subject: Subject): void {
  it("reduces decisions to cells: how many, how many with an outcome, and exact sums", async () => {
    const source = "cells";
    const [long, short] = [actionId("long"), actionId("short")];
    const paid = (id: string, d: string, micros: number) =>
      signalItem(exampleSignal(source, id, { decisionId: decisionId(d), value: microsOf(micros) }));
    await subject.load([
      ...["s-1", "s-2", "s-3"].map((id) => decisionItem(exampleDecision(source, id, { action: short }))),
      decisionItem(exampleDecision(source, "l-1", { action: long, propensity: null })),
      paid("1", "s-1", 1_500_000),
      paid("2", "s-1", 500_000),
      paid("3", "s-2", -1_000_000),
      paid("4", "s-3", 0),
      paid("5", "s-unknown", 9_000_000),
    ]);
    const { cells, censored } = await subject.store.measure({
      source,
      point,
      metric: exampleMetric("value", 0),
      watermark: plus(0),
    });
    expect(censored).toBe(0);
    expect(
      cells.map(({ action, propensity, n, nonZero, sum, sumSquares }) => ({
        action,
        propensity,
        n,
        nonZero,
        sum,
        sumSquares,
      })),
    ).toEqual([
      { action: long, propensity: null, n: 1, nonZero: 0, sum: 0, sumSquares: 0 },
      { action: short, propensity: 0.5, n: 3, nonZero: 2, sum: 1, sumSquares: 5 },
    ]);
    const converted = await subject.store.measure({
      source,
      point,
      metric: exampleMetric("conversion", 0),
      watermark: plus(0),
    });
    expect(converted.cells.map((c) => [c.n, c.nonZero, c.sum, c.sumSquares])).toEqual([
      [1, 0, 0, 0],
      [3, 3, 3, 3],
    ]);
  });

  it("adds amounts of any size exactly, in any order", async () => {
    const source = "exact";
    const most = Number.MAX_SAFE_INTEGER;
    const amounts = [most, most, most, 1, -most, -most, -most];
    await subject.load([
      ...["d-1", "d-2"].map((id) => decisionItem(exampleDecision(source, id))),
      ...amounts.map((micros, i) =>
        signalItem(exampleSignal(source, `${i}`, { decisionId: decisionId("d-1"), value: microsOf(micros) })),
      ),
      ...[most, most].map((micros, i) =>
        signalItem(exampleSignal(source, `d-2-${i}`, { decisionId: decisionId("d-2"), value: microsOf(micros) })),
      ),
    ]);
    const { cells } = await subject.store.measure({
      source,
      point,
      metric: exampleMetric("value", 0),
      watermark: plus(0),
    });
    const total = BigInt(most) * 2n;
    expect(cells.map(({ sum, sumSquares }) => [sum, sumSquares])).toEqual([
      [Number(total + 1n) / 1e6, Number(total * total + 1n) / 1e12],
    ]);
  });

  it("sorts cells by their keys and leaves none out", async () => {
    const source = "sorted";
    const told: Partial<Decision>[] = [
      { cycle: 2 },
      { cycle: 10 },
      { fold: 0 },
      { cohort: "control" },
      { cohort: "holdout" },
      { playbookVersion: 12 },
      { changeId: changeId("c-9") },
      { rolloutShare: 0.01 },
      { rolloutShare: 1 },
      { action: actionId("\uffed") },
      { action: actionId("😀") },
      { propensity: null },
      { record: exampleRecord(["long"]) },
    ];
    await subject.load(told.map((t, i) => decisionItem(exampleDecision(source, `d-${i}`, t))));
    const { cells } = await subject.store.measure({
      source,
      point,
      metric: exampleMetric("value", 0),
      watermark: plus(0),
    });
    expect(
      cells.map((c) => [
        c.cycle,
        c.fold,
        c.cohort,
        c.playbookVersion,
        c.changeId,
        c.rolloutShare,
        c.action,
        c.propensity,
        c.limited,
      ]),
    ).toEqual([
      [1, 0, "candidate", 3, null, 0.25, "short", 0.5, false],
      [1, 2, "candidate", 3, null, 0.01, "short", 0.5, false],
      [1, 2, "candidate", 3, null, 0.25, "short", null, false],
      [1, 2, "candidate", 3, null, 0.25, "short", 0.5, true],
      // By code point: U+FFED comes before U+1F600, although its UTF-16 unit is the greater one.
      [1, 2, "candidate", 3, null, 0.25, "\uffed", 0.5, false],
      [1, 2, "candidate", 3, null, 0.25, "😀", 0.5, false],
      [1, 2, "candidate", 3, null, 1, "short", 0.5, false],
      [1, 2, "candidate", 3, "c-9", 0.25, "short", 0.5, false],
      [1, 2, "candidate", 12, null, 0.25, "short", 0.5, false],
      [1, 2, "control", 3, null, 0.25, "short", 0.5, false],
      [1, 2, "holdout", 3, null, 0.25, "short", 0.5, false],
      [2, 2, "candidate", 3, null, 0.25, "short", 0.5, false],
      [10, 2, "candidate", 3, null, 0.25, "short", 0.5, false],
    ]);
  });
}
