import { probability } from "@ratchet/stats";
import { expect, it } from "vitest";
import type { Decision } from "../decisions/decision.ts";
import { actionId, decisionId, unitId } from "../ids.ts";
import type { MeasureQuery } from "../outcomes/cell.ts";
import type { Signal } from "../signals/signal.ts";
import { FIRST_INSTANT } from "../signals/source-clock.ts";
import { instant } from "../time.ts";
import type { Subject } from "./attribution.contract.ts";
import {
  decisionItem,
  exampleClockRow,
  exampleDecision,
  exampleMetric,
  exampleSignal,
  signalItem,
  START_MS,
} from "./example-facts.contract.ts";

const plus = (ms: number) => instant(START_MS + ms);

/** How the same facts read as they were known at some time, under corrected clocks, and by how likely a person's doing they are. */
export function specifyReadings(subject: Subject): void {
  const measured = async (source: string, asked: Partial<MeasureQuery> = {}) =>
    subject.store.measure({
      source,
      point: "email",
      metric: exampleMetric("conversion", 100),
      watermark: plus(1_000),
      ...asked,
    });
  const converted = async (source: string, asked: Partial<MeasureQuery> = {}) =>
    (await measured(source, asked)).cells.flatMap((c) => (c.nonZero > 0 ? [c.action] : []));
  const made = (source: string, id: string, ms: number, told: Partial<Decision> = {}) =>
    decisionItem(
      exampleDecision(source, id, {
        unitId: unitId(`unit of ${source}`),
        action: actionId(id),
        decidedAt: plus(ms),
        ...told,
      }),
    );
  const visit = (source: string, id: string, told: Partial<Signal>) =>
    exampleSignal(source, id, { unitId: unitId(`unit of ${source}`), ...told });

  it("answers as known at a time alike whenever it is asked, whatever arrives later", async () => {
    const source = "as-known";
    const then = { knownAt: plus(500) };
    const first = visit(source, "in-time", { occurredAt: plus(15), receivedAt: plus(500) });
    await subject.load([made(source, "known-1", 10), made(source, "known-2", 200), signalItem(first)]);
    const before = JSON.stringify(await measured(source, then));
    expect(await converted(source, then)).toEqual(["known-1"]);
    const late = visit(source, "late", { occurredAt: plus(210), receivedAt: plus(501) });
    await subject.load([signalItem(late), made(source, "known-0", 12, { receivedAt: plus(600) })]);
    expect(JSON.stringify(await measured(source, then))).toBe(before);
    // The decision that was imported since takes the first visit, being the latest one before it.
    expect(await converted(source)).toEqual(["known-0", "known-2"]);
    expect(await converted(source, { knownAt: plus(501) })).toEqual(["known-1", "known-2"]);
    const listed = async (reading: object) =>
      (await subject.store.signals({ source, limit: 10, ...reading })).map(({ messageId }) => messageId);
    expect(await listed(then)).toEqual(["in-time"]);
    expect(await listed({})).toEqual(["late", "in-time"]);
    expect((await subject.store.decisions({ source, limit: 10, ...then })).map(({ id }) => id)).toEqual([
      "known-2",
      "known-1",
    ]);
    const known1 = await subject.store.decision(decisionId("known-1"));
    if (known1 === null) throw new Error("known-1 is not there");
    expect(await subject.store.signalsOf(known1, then)).toEqual([first]);
    expect(await subject.store.signalsOf(known1)).toEqual([]);
  });

  it("puts the events of a wrong clock into the windows where they belong, keeps their order, and tells what was said", async () => {
    const source = "wrong-clock";
    const sender = "wrong-clock-sender";
    const said = (id: string, ms: number, told: Partial<Signal> = {}) =>
      visit(source, id, { source: sender, occurredAt: plus(ms), receivedAt: plus(900), ...told });
    const ahead = exampleClockRow(sender, { fromRaw: FIRST_INSTANT, shiftMs: -300, knownAt: plus(950) });
    // By its own clock the visit comes 320 ms after the decision; it came 20 ms after. The undated one has our clock.
    const [visited, again] = [said("visited", 330), said("again", 331)];
    const undated = said("undated", 900);
    await subject.load([made(source, "skewed-1", 10), ...[visited, again, undated].map(signalItem)]);
    expect(await converted(source)).toEqual([]);
    expect(await converted(source, { clocks: [ahead] })).toEqual(["skewed-1"]);
    expect(await converted(source, { clocks: [ahead], knownAt: plus(949) })).toEqual([]);
    const corrected = (signal: Signal, ms: number) => ({
      ...signal,
      occurredAt: plus(ms),
      occurredAtRaw: signal.occurredAt,
    });
    const own = exampleDecision(source, "skewed-1", { unitId: unitId(`unit of ${source}`), decidedAt: plus(10) });
    expect(await subject.store.signalsOf(own, { clocks: [ahead] })).toEqual([
      corrected(visited, 30),
      corrected(again, 31),
      undated,
    ]);
    // A later row for the same times stands; one that clamps keeps the order that the raw times had.
    const clamped = { ...exampleClockRow(sender, { ...ahead, shiftMs: -320 }), notBefore: plus(12) };
    expect(await subject.store.signals({ source: sender, limit: 10, clocks: [ahead, clamped] })).toEqual([
      undated,
      corrected(again, 12),
      corrected(visited, 12),
    ]);
  });

  it("reads units that turned out to be one as one, once that was known, and tells what was told of each", async () => {
    const source = "merged";
    const [lead, contact, user] = ["lead", "contact", "user"].map((name) => unitId(`${name} of ${source}`));
    if (lead === undefined || contact === undefined || user === undefined) throw new Error("three units");
    const of = (unit: typeof lead, ms: number) =>
      visit(source, `of ${unit} at ${ms}`, { unitId: unit, occurredAt: plus(ms), receivedAt: plus(ms) });
    const told = [of(contact, 15), of(user, 25), of(lead, 35), of(lead, 250)];
    const decided = [
      made(source, `${source}-1`, 10, { unitId: lead }),
      made(source, `${source}-2`, 30, { unitId: contact }),
      made(source, `${source}-3`, 30, { unitId: user }),
      made(source, `${source}-4`, 200, { unitId: lead }),
    ];
    await subject.load([...decided, ...told.map(signalItem)]);
    const names = (...numbers: readonly number[]) => numbers.map((n) => `${source}-${n}`);
    // The lead's visit at 35 counts for its own decision at 10, and the others for none: their units had none before.
    expect(await converted(source)).toEqual(names(1, 4));
    // A chain of merges joins all three. Of the two decisions at 30 the greater id is the latest one.
    const merges = [
      { units: [contact, lead], knownAt: plus(300) },
      { units: [user, contact], knownAt: plus(400) },
    ] as const;
    expect(await converted(source, { merges })).toEqual(names(1, 3, 4));
    expect(await converted(source, { merges: merges.toReversed() })).toEqual(names(1, 3, 4));
    expect(await converted(source, { merges, knownAt: plus(399) })).toEqual(names(1, 2, 4));
    expect(await converted(source, { merges, knownAt: plus(299) })).toEqual(names(1, 4));
    const first = await subject.store.decision(decisionId(`${source}-1`));
    if (first === null) throw new Error("it is not there");
    expect(await subject.store.signalsOf(first, { merges })).toEqual([told[0], told[1]]);
    expect(await subject.store.signalsOf(first)).toEqual([told[2]]);
    const listed = (reading: object) => subject.store.signals({ unitId: user, limit: 9, ...reading });
    expect(await listed({ merges })).toEqual(told.toReversed());
    expect(await listed({ merges, knownAt: plus(399) })).toEqual([told[1]]);
  });

  it("passes over what a machine more likely did than the metric bears, and counts what does not say", async () => {
    const source = "machines";
    const metric = exampleMetric("conversion", 100);
    const opened = (id: string, d: string, human: number | null) =>
      signalItem(
        visit(source, id, {
          type: "opened",
          decisionId: decisionId(`${source}-${d}`),
          occurredAt: plus(20),
          ...(human === null
            ? {}
            : {
                detail: {
                  person: null,
                  account: null,
                  currency: null,
                  humanProbability: probability(human),
                  properties: {},
                },
              }),
        }),
      );
    await subject.load([
      ...["low", "half", "sure", "mute"].map((id) => made(source, `${source}-${id}`, 10)),
      opened("1", "low", 0.49),
      opened("2", "half", 0.5),
      opened("3", "sure", 0.99),
      opened("4", "mute", null),
    ]);
    const opens = { ...metric, signal: "opened" };
    const all = ["half", "low", "mute", "sure"].map((id) => `${source}-${id}`);
    expect(await converted(source, { metric: opens })).toEqual(all.filter((id) => !id.endsWith("low")));
    expect(await converted(source, { metric: { ...opens, humanProbabilityMin: 0 } })).toEqual(all);
    expect(await converted(source, { metric: { ...opens, humanProbabilityMin: 0.9 } })).toEqual([
      `${source}-mute`,
      `${source}-sure`,
    ]);
  });
}
